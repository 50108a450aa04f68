package decode_test

import (
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// Errors of a validation about what could not be decoded say nothing new.
func TestResourceLeavesOutWhatWasNotDecoded(t *testing.T) {
	for at, said := range map[string]bool{
		"count": false, "count.a": false, "count[0]": false, "counts": true, "coun": true,
		"labels": false, "labels[a]": false, "labels[ab]": true, "labels[a].b": false, "label": true, "": true,
	} {
		var got sample
		problems := decode.Resource(node(t, "count: x\nlabels: {a: 1}"), &got, false, func(sample) field.ErrorList {
			return field.ErrorList{{Type: field.ErrorTypeInvalid, Field: at, Detail: "validated"}}
		})
		assert.Equal(t, len(problems) == 3, said, "%s: %v", at, problems)
	}
}

func TestProblemsAreBounded(t *testing.T) {
	for n, want := range map[int]int{998: 999, 999: 1000, 1000: 1001, 2000: 1001} {
		var got sample
		problems := decode.Resource(yaml.FromTree(map[string]any{"count": "x"}), &got, false, func(sample) field.ErrorList {
			var errs field.ErrorList
			for i := range n {
				errs = append(errs, field.Invalid(field.NewPath(fmt.Sprint("f", i)), i, "wrong"))
			}
			return errs
		})
		assert.Equal(t, len(problems), want)
		assert.Equal(t, problems[want-1].Rule == decode.OriginTooMany, want > decode.MaxProblems)
		syntax := decode.Syntax(make([]yaml.Problem, n))
		assert.Equal(t, len(syntax), min(n, 1001))
		assert.Equal(t, syntax[len(syntax)-1].Rule == decode.OriginTooMany, n > decode.MaxProblems)
		for _, p := range syntax {
			assert.Equal(t, p.Field, "", "it is about the text, not about a field")
		}
	}
	for _, n := range []int{400, 401} {
		long := []flinktarget.Problem{{Field: strings.Repeat("x", n)}}
		assert.Equal(t, decode.Invalid("", long...).Problems[0].Field, strings.Repeat("x", 400)+strings.Repeat("…", n-400))
		assert.Equal(t, len(long[0].Field), n, "what is handed in stays")
	}
}

// Problems are in the order of their places; that there are more stands at the end. What
// is not about a resource of its own is about the one that was read, if that has no secret.
func TestInvalid(t *testing.T) {
	at := func(file string, line, column int, field string) flinktarget.Problem {
		e := decode.TooMany()
		e.Field = field
		if field != "more" {
			e.Origin = "x"
		}
		return decode.Problem(yaml.Position{File: file, Line: line, Column: column}, e)
	}
	own := at("", 0, 0, "1")
	own.Resource = "own"
	var got []string
	for _, p := range decode.Invalid("read", at("", 0, 0, "more"), at("b", 1, 1, "5"), at("a", 2, 1, "4"),
		at("a", 1, 2, "3"), at("a", 1, 1, "2\n"), own).Problems {
		got = append(got, p.Resource+" "+p.Field+" "+p.Position.String())
	}
	assert.DeepEqual(t, got, []string{"own 1 ", `read 2\n a:1:1`, "read 3 a:1:2", "read 4 a:2:1", "read 5 b:1:1", "read more "})
	assert.Equal(t, decode.Invalid("password=x", at("", 0, 0, "1")).Problems[0].Resource, "")
	assert.Equal(t, decode.Invalid(strings.Repeat("x", 401), own, at("", 0, 0, "1")).Problems[1].Resource,
		strings.Repeat("x", 400)+"…")
}

func TestMessages(t *testing.T) {
	at := field.NewPath("spec", "a")
	for _, c := range []struct {
		reason string
		e      *field.Error
		want   string
	}{
		{"of a value", field.Invalid(at, "x", "is wrong"), `spec.a: Invalid value: "x": is wrong`},
		{"no field", field.Invalid(nil, field.OmitValueType{}, "is wrong"), "is wrong"},
		{"an error that says nothing", field.Invalid(at, field.OmitValueType{}, ""), "spec.a: Invalid value"},
		{"an error without a word of its own", field.Duplicate(at, "x"), `spec.a: Duplicate value: "x"`},
		{"nothing was there to quote", field.Invalid(at, nil, "is null"), "spec.a: is null"},
		{"what is missing has no value", field.Required(at, "write it"), "spec.a: required: write it"},
		{"what is forbidden has one nobody wants",
			&field.Error{Type: field.ErrorTypeForbidden, Field: "spec.a", BadValue: "x", Detail: "not here"},
			"spec.a: not here"},
		{"words of a missing field that has a value",
			&field.Error{Type: field.ErrorTypeRequired, Field: "spec.a", BadValue: "x", Detail: "write it"},
			"spec.a: required: write it"},
	} {
		assert.Equal(t, decode.Problem(yaml.Position{}, c.e).String(), c.want, c.reason)
	}
}

// Values are shown, but for what may be a secret, and not at length.
func TestWhatIsShown(t *testing.T) {
	for text, shown := range map[string]bool{
		"count: w72639": true, "flag: 72639": true, "labels: {a: 72639}": true, "labels: {password: 72639}": false,
		"names: [--parallelism, 72639]": true, "names: [--token, 72639]": false, "names: [72639, --token]": true, "names: [--token, a, 72639]": true,
		"labels: [72639]": false, "labels: w72639": true, "cpu: w72639": true,
	} {
		var got sample
		problems := decode.Into(node(t, text), nil, &got)
		assert.Equal(t, len(problems), 1, text)
		assert.Equal(t, strings.Contains(problems[0].Message, "72639"), shown, "%s: %v", text, problems[0])
	}
	for text, shown := range map[string]bool{
		"{name: PARALLELISM, value: 72639}": true, "{name: TOKEN, value: 72639}": false, "{value: 72639}": true,
	} {
		problems := decode.Check[corev1.EnvVar](node(t, text), nil)
		assert.Equal(t, len(problems), 1, text)
		assert.Equal(t, strings.Contains(problems[0].Message, "72639"), shown, "%s: %v", text, problems[0])
	}
	for _, n := range []int{40, 41} {
		var got sample
		problems := decode.Into(node(t, "count: "+strings.Repeat("x", n)), nil, &got)
		assert.Assert(t, strings.HasPrefix(problems[0].Message,
			"Invalid value: \""+strings.Repeat("x", 40)+strings.Repeat("…", n-40)+"\""), problems[0].Message)
	}
}

func TestNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"1": "1", "1.50": "1.50", "-1": "-1", "+1": "1", "-.5": "-0.5", "+.5": "0.5", "1.": "1", "-1.": "-1", "1.e3": "1e3", "1.E3": "1E3", "1.5e3": "1.5e3", "1.5E-3": "1.5E-3",
		"0." + strings.Repeat("1", 38): "0." + strings.Repeat("1", 38),
		"0." + strings.Repeat("1", 39): "", "1e1000": "", "01": "", ".": "", "1 ": "",
	} {
		var got sample
		problems := decode.Into(node(t, "cpu: '"+text+"'"), nil, &got)
		assert.Equal(t, string(got.CPU), want, text)
		assert.Equal(t, len(problems) == 0, want != "", "%s: %v", text, problems)
	}
	for text, want := range map[string]int32{"2.0": 2, "-2.0": -2, "2147483647": 2147483647, "2147483648": 0, "2.5": 0, "1e300": 0, "-1e300": 0, "9007199254740992.0": 0} {
		var got sample
		problems := decode.Into(node(t, "count: "+text), nil, &got)
		assert.Equal(t, len(problems) == 0, want != 0, "%s: %v", text, problems)
		assert.Assert(t, want == 0 || *got.Count == want, text)
	}
}
