package decode

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/yamldoc"
)

// Bounds of the text of a quantity. apimachinery writes out all digits of the number:
// 1e99999999 would take it hours. The greatest quantity of Kubernetes has 19 digits.
const (
	maxQuantityLength   = 64
	maxQuantityExponent = 2 // digits
)

// ParseQuantity is the only way from text to a quantity: resource.ParseQuantity with
// bounds on its argument.
func ParseQuantity(text string) (resource.Quantity, error) {
	text = strings.TrimSpace(text) // as apimachinery does for JSON
	if len(text) > maxQuantityLength || exponentDigits(text) > maxQuantityExponent {
		return resource.Quantity{}, fmt.Errorf("a quantity has at most %d characters and an exponent from -99 to 99", maxQuantityLength)
	}
	return resource.ParseQuantity(text)
}

// exponentDigits counts the digits of a decimal exponent, as in 1e-06, without
// leading zeros; 0 if there is none: E and Ei are units.
func exponentDigits(text string) int {
	i := strings.IndexAny(text, "eE")
	if i < 0 {
		return 0
	}
	exponent := text[i+1:]
	if exponent != "" && (exponent[0] == '+' || exponent[0] == '-') {
		exponent = exponent[1:]
	}
	if strings.Trim(exponent, "0123456789") != "" {
		return 0
	}
	return len(strings.TrimLeft(exponent, "0"))
}

// quantity takes a quantity as a string or a number. Null is left to the type, as
// in apimachinery: it means 0.
func (d *decoder) quantity(n *yamldoc.Node, dst *resource.Quantity) {
	switch n.Kind {
	case yamldoc.Null:
		return
	case yamldoc.String, yamldoc.Int, yamldoc.Float:
		text := n.Text
		if n.Kind != yamldoc.String {
			text = string(n.AppendJSON(nil)) // 0x10 is 16
		}
		q, err := ParseQuantity(text)
		if err != nil {
			d.fail(n, field.Invalid(d.at(), d.shown(n), err.Error()), OriginType)
		}
		*dst = q
		return
	}
	d.mismatch(n, "a quantity such as 500m or 2Gi")
}
