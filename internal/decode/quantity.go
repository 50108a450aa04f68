package decode

import (
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// Bounds of the text of a quantity. apimachinery writes out all digits of the number:
// 1e99999999 would take it hours. The greatest quantity of Kubernetes has 19 digits.
const (
	maxQuantityLength   = 64
	maxQuantityExponent = 2 // digits
)

// CheckQuantity bounds the text of a quantity. Every text passes here before
// apimachinery sees it.
func CheckQuantity(text string) error {
	if len(text) > maxQuantityLength || exponentDigits(text) > maxQuantityExponent {
		return fmt.Errorf("a quantity has at most %d characters and an exponent from -99 to 99", maxQuantityLength)
	}
	return nil
}

// exponentDigits counts the digits of a decimal exponent, as in 1e-06, without
// leading zeros; 0 if there is none: E and Ei are units.
func exponentDigits(text string) int {
	i := strings.IndexAny(text, "eE")
	if i < 0 {
		return 0
	}
	exponent := strings.TrimSpace(text[i+1:])
	if exponent != "" && (exponent[0] == '+' || exponent[0] == '-') {
		exponent = exponent[1:]
	}
	if strings.Trim(exponent, "0123456789") != "" {
		return 0
	}
	return len(strings.TrimLeft(exponent, "0"))
}

// quantity is resource.Quantity, by its methods: who imports this package only for
// DeploymentTargets does not link that.
type quantity interface {
	json.Unmarshaler
	CmpInt64(int64) int
}

func (d *decoder) quantity(n *yaml.Node, u quantity) {
	text := n.Text
	if n.Kind != yaml.String {
		text = string(tree.JSON(n.Value()))
	}
	if err := CheckQuantity(text); err != nil && n.Kind != yaml.Map && n.Kind != yaml.List {
		d.fail(n, field.Invalid(d.at(), d.shown(n), err.Error()), OriginType)
		return
	}
	d.unmarshaler(n, u)
}
