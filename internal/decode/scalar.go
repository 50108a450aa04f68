package decode

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"regexp"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/yamldoc"
)

func (d *decoder) text(n *yamldoc.Node, path *field.Path, dst reflect.Value, wire string) {
	switch n.Kind {
	case yamldoc.Null:
		return
	case yamldoc.String:
		if n.Ambiguous && wire != "scalar" {
			d.retyped(n, path)
			return
		}
		dst.SetString(n.Text)
		return
	case yamldoc.Int, yamldoc.Float:
		if wire != "" {
			dst.SetString(n.Text)
			return
		}
	case yamldoc.Bool:
		if wire == "scalar" {
			dst.SetString(n.Text)
			return
		}
	default:
		d.mismatch(n, path, "a string, not a "+n.Kind.String())
		return
	}
	d.retyped(n, path)
}

// retyped reports a scalar that looks like a string to its author, and like
// something else to a YAML reader.
func (d *decoder) retyped(n *yamldoc.Node, path *field.Path) {
	what := n.Kind.String()
	if n.Ambiguous {
		what = "boolean or number by some YAML readers"
	}
	d.fail(n, field.Invalid(path, field.OmitValueType{},
		fmt.Sprintf("%s is read as a %s; a string is wanted: write %q", clip(n.Text), what, clip(n.Text))), OriginRetyped)
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

func (d *decoder) integer(n *yamldoc.Node, path *field.Path, dst reflect.Value) {
	if n.Kind == yamldoc.Null {
		return
	}
	i, ok := n.Value().(int64)
	if f, isFloat := n.Value().(float64); isFloat && f == float64(int64(f)) {
		i, ok = int64(f), true // 2.0 is the integer 2 in JSON
	}
	switch {
	case !ok:
		want := "a whole number"
		if n.Kind == yamldoc.String {
			want += ", without quotes"
		}
		d.mismatch(n, path, want)
	case dst.OverflowInt(i):
		d.mismatch(n, path, fmt.Sprintf("a number of at most %d bits", dst.Type().Bits()))
	default:
		dst.SetInt(i)
	}
}

func (d *decoder) float(n *yamldoc.Node, path *field.Path, dst reflect.Value) {
	switch v := n.Value().(type) {
	case nil:
	case int64:
		dst.SetFloat(float64(v))
	case float64:
		dst.SetFloat(v)
	default:
		d.mismatch(n, path, "a number, without quotes")
	}
}

var decimal = regexp.MustCompile(`^[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?$`)

// number takes a number as it is written, quoted or not.
func (d *decoder) number(n *yamldoc.Node, path *field.Path, dst reflect.Value) {
	switch n.Kind {
	case yamldoc.Null:
	case yamldoc.Int, yamldoc.Float, yamldoc.String:
		if !decimal.MatchString(n.Text) || len(n.Text) > 40 {
			d.mismatch(n, path, "a decimal number such as 1 or 0.5")
			return
		}
		dst.SetString(n.Text)
	default:
		d.mismatch(n, path, "a decimal number such as 1 or 0.5")
	}
}

// bytes takes base64, as encoding/json does.
func (d *decoder) bytes(n *yamldoc.Node, path *field.Path, dst reflect.Value) {
	if n.Kind == yamldoc.Null {
		return
	}
	raw, err := base64.StdEncoding.DecodeString(n.Text)
	if n.Kind != yamldoc.String || err != nil {
		d.fail(n, field.Invalid(path, field.OmitValueType{}, "expected base64 text"), OriginType)
		return
	}
	dst.SetBytes(raw)
}
