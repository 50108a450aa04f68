package schema_test

import (
	"reflect"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/schema"
)

type settings struct {
	Mode   string            `json:"mode" enum:"ON,OFF" case:"any" also:"NO" default:"ON"`
	Count  *int32            `json:"count" min:"1" default:"4"`
	Name   string            `json:"name" format:"short" required:"a name"`
	Limits *limits           `json:"limits" default:"{\"high\": 7}"`
	Words  map[string]string `json:"words" default:"{}"`
	Hidden string
}

type limits struct {
	Low  int32 `json:"low" default:"2"`
	High int32 `json:"high"`
}

func TestDefaults(t *testing.T) {
	got := schema.Defaults(reflect.TypeFor[settings]()).Interface().(settings)
	four := int32(4)
	want := settings{Mode: "ON", Count: &four, Limits: &limits{Low: 2, High: 7}, Words: map[string]string{}}
	assert.DeepEqual(t, got, want)
}

type outer struct {
	inlined `json:",inline"`
	Own     string `json:"own"`
}

type inlined struct {
	Theirs string `json:"theirs"`
}

func TestFieldsOfInlinedStructs(t *testing.T) {
	fields := schema.Fields(reflect.TypeFor[outer]())
	assert.DeepEqual(t, schema.Names(fields), []string{"theirs", "own"})
	v := reflect.ValueOf(outer{inlined{"a"}, "b"})
	assert.Equal(t, v.FieldByIndex(fields[0].Index).String(), "a")
	assert.Equal(t, v.FieldByIndex(fields[1].Index).String(), "b")
}
