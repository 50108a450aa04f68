package decode

import (
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/lazyregexp"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

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
