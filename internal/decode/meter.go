package decode

import (
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/yamldoc"
)

// A meter stops decoding before it allocates more than a text is worth; see
// yamldoc.Room. Values that were not read from a text are not metered.
type meter struct {
	room int
	on   bool
	out  bool
}

func meterOf(n *yamldoc.Node) meter { return meter{room: n.Room(), on: n.Room() > 0} }

// spend takes from what may be allocated, and reports whether something is left.
func (m *meter) spend(bytes int) bool {
	if m.on {
		m.room -= bytes
		m.out = m.room < 0
	}
	return !m.out
}

// problems returns how many problems can be reported of a value.
func (m *meter) problems() int {
	if !m.on {
		return MaxProblems
	}
	return min(MaxProblems, m.room/costProblem)
}

// What decoding, copying and checking allocate, measured, rounded up.
const (
	costValue   = 32
	costEntry   = 300 // of a map of strings
	costProblem = 1000
	costMap     = 900 // kept as it was written
	costField   = 160
	costText    = 8 // for a byte

	costCompiledValue = 480 // of a patch
	costCompiledMap   = 500
	costPatch         = 4000 // whatever it holds
	compiledKinds     = 4    // where a patch is compiled for many kinds
)

// costKept is what keeping a value as it was written takes.
func costKept(n *yamldoc.Node) int {
	sum := costValue + costText*len(n.Text)
	if n.Kind == yamldoc.Map {
		sum += costMap
	}
	for i := range n.Fields {
		sum += costField + costText*len(n.Fields[i].Key) + costKept(n.Fields[i].Value)
	}
	for _, item := range n.Items {
		sum += costField + costKept(item)
	}
	return sum
}

// costCompiled is what it takes to make a patch of a value, which is what types do
// that read their own JSON.
func costCompiled(n *yamldoc.Node) int {
	sum := costPatch + costCompiledParts(n)
	target := n.Get("target")
	if target == nil {
		return sum
	}
	parsing := 0
	if text := n.Get("patch"); text != nil && text.Kind == yamldoc.String {
		bytes, values := yamldoc.Estimate([]byte(text.Text))
		parsing = bytes
		sum += values * costCompiledValue
	}
	if kind := target.Get("kind"); kind == nil || strings.Trim(strings.ToLower(kind.Text), "abcdefghijklmnopqrstuvwxyz") != "" {
		sum *= compiledKinds
	}
	for i := range target.Fields {
		parsing += costExpression(target.Fields[i].Value.Text)
	}
	return parsing + sum
}

// costExpression is what it takes to compile a regular expression. Go limits what
// repetitions multiply out to; classes of Unicode are long.
func costExpression(text string) int {
	const plain, repetition, class = 3 << 10, 256 << 10, 48 << 10
	sum := plain + 200*len(text) + class*strings.Count(text, `\`)
	if strings.Contains(text, "{") {
		sum += repetition
	}
	if strings.Contains(text, "(?") {
		sum += class
	}
	return sum
}

func costCompiledParts(n *yamldoc.Node) int {
	sum := costCompiledValue + costText*len(n.Text)
	if n.Kind == yamldoc.Map {
		sum += costCompiledMap
	}
	for i := range n.Fields {
		sum += costText*len(n.Fields[i].Key) + costCompiledParts(n.Fields[i].Value)
	}
	for _, item := range n.Items {
		sum += costCompiledParts(item)
	}
	return sum
}

// OriginTooDense is the origin of the problem that a document holds too much for
// its size.
const OriginTooDense = "too-dense"

func tooDense() *field.Error {
	e := field.Invalid(nil, field.OmitValueType{}, "the document has too many values for its size; split it, or write it with fewer and longer values")
	e.Field = ""
	return e.WithOrigin(OriginTooDense)
}
