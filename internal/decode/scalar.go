package decode

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/yaml"
)

func (d *decoder) text(n *yaml.Node, dst reflect.Value, wire string) {
	switch n.Kind {
	case yaml.Null:
		return
	case yaml.String:
		if n.Ambiguous && wire != "scalar" {
			d.retyped(n)
			return
		}
		dst.SetString(n.Text)
		return
	case yaml.Int, yaml.Float:
		if wire != "" {
			dst.SetString(n.Text)
			return
		}
	case yaml.Bool:
		if wire == "scalar" {
			dst.SetString(n.Text)
			return
		}
	default:
		d.mismatch(n, "a string, not a "+n.Kind.String())
		return
	}
	d.retyped(n)
}

// retyped reports a scalar that looks like a string to its author, and like
// something else to a YAML reader.
func (d *decoder) retyped(n *yaml.Node) {
	what := n.Kind.String()
	if n.Ambiguous {
		what = "boolean or number by some YAML readers"
	}
	value, quoted := clip(n.Text), fmt.Sprintf("%q", clip(n.Text))
	if d.hidden() {
		value, quoted = "the value", "it in quotes"
	}
	d.fail(n, field.Invalid(d.at(), field.OmitValueType{},
		fmt.Sprintf("%s is read as a %s; a string is wanted: write %s", value, what, quoted)), OriginRetyped)
}

// clip keeps messages short whatever the input.
func clip(s string) string {
	const longest = 40
	if len(s) <= longest {
		return s
	}
	return strings.ToValidUTF8(s[:longest], "") + "…"
}

func (d *decoder) boolean(n *yaml.Node, dst reflect.Value) {
	if n.Kind == yaml.Null {
		return
	}
	b, ok := n.Value().(bool)
	if !ok {
		d.mismatch(n, "a boolean: true or false, without quotes")
		return
	}
	dst.SetBool(b)
}

func (d *decoder) integer(n *yaml.Node, dst reflect.Value) {
	if n.Kind == yaml.Null {
		return
	}
	var i int64
	ok := false
	switch v := n.Value().(type) {
	case int64:
		i, ok = v, true
	case float64: // 2.0 is the integer 2 in JSON
		const limit = 1 << 53
		ok = v > -limit && v < limit && v == float64(int64(v))
		i = int64(v)
	}
	switch {
	case !ok:
		want := "a whole number"
		if n.Kind == yaml.String {
			want += ", without quotes"
		}
		d.mismatch(n, want)
	case dst.OverflowInt(i):
		d.mismatch(n, fmt.Sprintf("a number of at most %d bits", dst.Type().Bits()))
	default:
		dst.SetInt(i)
	}
}

func (d *decoder) float(n *yaml.Node, dst reflect.Value) {
	switch v := n.Value().(type) {
	case nil:
	case int64:
		dst.SetFloat(float64(v))
	case float64:
		dst.SetFloat(v)
	default:
		d.mismatch(n, "a number, without quotes")
	}
}

// decimal is what YAML and people write for a decimal number. 010 is not among it:
// it is 10 to people, and 8 to YAML.
var decimal = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?$`)
})

// number takes a number as it is written, quoted or not.
func (d *decoder) number(n *yaml.Node, dst *json.Number) {
	switch n.Kind {
	case yaml.Null:
		return
	case yaml.Int, yaml.Float, yaml.String:
		if decimal().MatchString(n.Text) && len(n.Text) <= 40 {
			*dst = json.Number(jsonNumber(n.Text))
			return
		}
	}
	d.mismatch(n, "a decimal number such as 1 or 0.5")
}

// jsonNumber writes a decimal number as JSON does, which has no "+1", ".5" or "1.".
func jsonNumber(s string) string {
	s = strings.TrimPrefix(s, "+")
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	if strings.HasPrefix(s, ".") {
		s = "0" + s
	}
	if whole, exponent, ok := strings.Cut(s, "."); ok && (exponent == "" || exponent[0] == 'e' || exponent[0] == 'E') {
		s = whole + exponent
	}
	return sign + s
}

// bytes takes base64, as encoding/json does.
func (d *decoder) bytes(n *yaml.Node, dst reflect.Value) {
	if n.Kind == yaml.Null {
		return
	}
	raw, err := base64.StdEncoding.DecodeString(n.Text)
	if n.Kind != yaml.String || err != nil {
		d.fail(n, field.Invalid(d.at(), field.OmitValueType{}, "expected base64 text"), OriginType)
		return
	}
	dst.SetBytes(raw)
}
