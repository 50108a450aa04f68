package decode

import (
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/kinds"
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
	costEntry   = 600 // of a map of strings, which are checked
	costProblem = 1700
	costElement = 1000 // of a list of structures, which are checked
	costMap     = 900  // kept as it was written
	costField   = 160
	costText    = 8 // for a byte

	costCompiledValue = 210 // of a strategic merge
	costCompiledMap   = 320
	costPatch         = 1300 // whatever it holds
	costOperation     = 1600
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
	if n.Get("op") != nil {
		return costOfOperation(n)
	}
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
	for i := range target.Fields {
		parsing += costExpression(target.Fields[i].Value.Text)
	}
	kinds, looking := kindsOf(target)
	return parsing + looking + sum*kinds
}

var emitted = kinds.Patchable() // read only

// kindsOf returns for how many kinds a patch is compiled, or more, and what finding
// that out took.
func kindsOf(target *yamldoc.Node) (kinds, took int) {
	kind := target.Get("kind")
	if kind == nil || kind.Text == "" {
		return len(emitted), 0
	}
	const short = 100
	switch text := kind.Text; {
	case regexp.QuoteMeta(text) == text:
		return 1, 0
	case len(text) > short || strings.ContainsAny(text, `\{`):
		return len(emitted), 0 // the expression may be expensive
	}
	took = costExpression(kind.Text)
	expression, err := regexp.Compile("^(?:" + kind.Text + ")$")
	if err != nil {
		return 1, took // which is a problem
	}
	for _, k := range emitted {
		if expression.MatchString(k.Kind) {
			kinds++
		}
	}
	return max(kinds, 1), took
}

func costOfOperation(n *yamldoc.Node) int {
	sum := costOperation
	for i := range n.Fields {
		f := &n.Fields[i]
		sum += costField + costText*len(f.Key) + costText*len(f.Value.Text)
		if f.Key == "value" {
			sum += 2 * costKept(f.Value)
		}
	}
	return sum
}

// costExpression is what it takes to compile a regular expression. Go limits what
// repetitions multiply out to; classes of Unicode are long.
func costExpression(text string) int {
	const literal, plain, repetition, class = 300, 3 << 10, 256 << 10, 48 << 10
	if regexp.QuoteMeta(text) == text {
		return literal
	}
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
