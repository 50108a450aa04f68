package decode

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/lazyregexp"
	"github.com/flinktarget/flinktarget/internal/secrets"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

func (d *decoder) text(n *yaml.Node, dst reflect.Value, wire string) {
	switch {
	case n.Kind == yaml.Map, n.Kind == yaml.List:
		d.is(n, yaml.String)
	case n.Kind == yaml.Float && n.Ambiguous:
		d.fail(n, field.Invalid(d.at(), field.OmitValueType{},
			"must be a string, not a fraction: write it in quotes, or use Parse, which reads it as it is written"),
			OriginRetyped)
	case wire == "scalar",
		wire == "number" && (n.Kind == yaml.Int || n.Kind == yaml.Float),
		n.Kind == yaml.String && !n.Ambiguous:
		dst.SetString(n.Text)
	default:
		d.retyped(n)
	}
}

// retyped reports a scalar that looks like a string to its author, and like
// something else to a YAML reader.
func (d *decoder) retyped(n *yaml.Node) {
	what := n.Kind.String()
	if n.Ambiguous {
		what = "boolean or number by some YAML readers"
	}
	value := secrets.Clip(n.Text, longest)
	quoted := fmt.Sprintf("%q", value)
	if d.hidden() {
		value, quoted = "the value", "it in quotes"
	}
	d.fail(n, field.Invalid(d.at(), field.OmitValueType{},
		fmt.Sprintf("%s is read as a %s, and must be a string: write %s", value, what, quoted)), OriginRetyped)
}

func (d *decoder) boolean(n *yaml.Node, dst reflect.Value) {
	if b, ok := n.Value().(bool); ok {
		dst.SetBool(b)
	} else {
		d.mismatch(n, "a boolean: true or false, without quotes")
	}
}

func (d *decoder) integer(n *yaml.Node, dst reflect.Value) {
	i, ok := n.Value().(int64)
	if f, isFloat := n.Value().(float64); isFloat { // 2.0 is the integer 2 in JSON
		const limit = 1 << 53
		i, ok = int64(f), f > -limit && f < limit && f == float64(int64(f))
	}
	switch {
	case !ok && n.Kind == yaml.String:
		d.mismatch(n, "a whole number, without quotes")
	case !ok:
		d.mismatch(n, "a whole number")
	case dst.OverflowInt(i):
		d.mismatch(n, fmt.Sprintf("a number of at most %d bits", dst.Type().Bits()))
	default:
		dst.SetInt(i)
	}
}

// decimal is what YAML and people write for a decimal number. 010 is not among it:
// it is 10 to people, and 8 to YAML.
var decimal = lazyregexp.New(`^[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?$`)

// number takes a number as it is written, quoted or not.
func (d *decoder) number(n *yaml.Node, dst *json.Number) {
	switch n.Kind {
	case yaml.Null:
		return
	case yaml.Int, yaml.Float, yaml.String:
		if len(n.Text) <= longest && decimal().MatchString(n.Text) {
			*dst = json.Number(jsonNumber(n.Text))
			return
		}
	}
	hint := "a decimal number such as 1 or 0.5"
	if strings.HasSuffix(n.Text, "m") {
		hint += ", which is 500m in Kubernetes"
	}
	d.mismatch(n, hint)
}

// jsonNumber writes a decimal number as JSON does, which has no "+1", ".5" or "1.".
func jsonNumber(s string) string {
	whole, fraction, _ := strings.Cut(strings.TrimLeft(s, "+-"), ".")
	if whole == "" {
		whole = "0"
	}
	if fraction != "" && fraction[0] != 'e' && fraction[0] != 'E' {
		fraction = "." + fraction
	}
	if s[0] == '-' {
		whole = "-" + whole
	}
	return whole + fraction
}

// maxQuantityLength bounds the text of a quantity, hugeExponent finds exponents of more than
// two digits; E and Ei are units. apimachinery writes out all digits of the number: 1e99999999
// would take it hours. The greatest quantity of Kubernetes has 19 digits.
const maxQuantityLength = 64

var hugeExponent = lazyregexp.New(`[eE]\s*[-+]?0*[1-9][0-9]{2}`)

// CheckQuantity bounds the text of a quantity. Every text passes here before
// apimachinery sees it.
func CheckQuantity(text string) error {
	if len(text) > maxQuantityLength || strings.ContainsAny(text, "eE") && hugeExponent().MatchString(text) {
		return fmt.Errorf("a quantity has at most %d characters and an exponent from -99 to 99", maxQuantityLength)
	}
	return nil
}

// quantity is resource.Quantity, by its methods: who imports this package only for
// DeploymentTargets does not link that.
type quantity interface {
	json.Unmarshaler
	CmpInt64(int64) int
}

func (d *decoder) quantity(n *yaml.Node, u quantity) {
	if err := CheckQuantity(n.Text); err != nil { // maps and lists have no text
		d.fail(n, field.Invalid(d.at(), d.shown(n), err.Error()), OriginType)
		return
	}
	d.unmarshaler(n, u)
}
