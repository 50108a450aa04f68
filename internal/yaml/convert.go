package yaml

import (
	"math"
	"slices"
	"strconv"
	"strings"

	yamlv3 "go.yaml.in/yaml/v3"

	"github.com/flinktarget/flinktarget/internal/lazyregexp"
	"github.com/flinktarget/flinktarget/internal/secrets"
)

// longest is how much of a key a message shows.
const longest = 40

// below is where a value is: in how many maps and lists, and below how many bytes of keys.
type below struct{ depth, keys int }

func (b below) key(name string) below { return below{b.depth + 1, b.keys + len(name)} }

// convert turns the YAML library's nodes into ours: aliases expanded, merge keys
// applied, scalars resolved. open holds the aliases that are being expanded.
func (p *parser) convert(n *yamlv3.Node, in below, open ...*yamlv3.Node) *Node {
	out := &Node{Pos: p.pos(n.Line, n.Column)}
	if !p.within(out.Pos, in) {
		return out
	}
	switch n.Kind {
	case yamlv3.AliasNode:
		if slices.Contains(open, n.Alias) {
			p.fail(out.Pos, "the alias contains itself")
			return out
		}
		*out = *p.convert(n.Alias, in, append(open, n.Alias)...)
		out.Pos = p.pos(n.Line, n.Column)
	case yamlv3.SequenceNode:
		p.tag(n, out.Pos, "!!seq")
		out.Kind, out.Items = List, make([]*Node, 0, len(n.Content))
		for _, item := range n.Content {
			out.Items = append(out.Items, p.convert(item, in.key(""), open...))
		}
	case yamlv3.MappingNode:
		p.tag(n, out.Pos, "!!map")
		p.mapping(out, n, in, open)
	default:
		p.scalar(out, n)
	}
	return out
}

// within counts values and depth, and stops at each limit.
func (p *parser) within(pos Position, in below) bool {
	switch p.values++; {
	case p.full:
	case p.values > MaxValues:
		p.stop(pos, "the document has more than %d values (aliases are counted each time they are used)", MaxValues)
	case in.keys > MaxKeys:
		p.stop(pos, "the keys that lead to a value have more than %d bytes together", MaxKeys)
	case in.depth > MaxNesting:
		p.stop(pos, "maps and lists are nested more than %d deep", MaxNesting)
	}
	return !p.full
}

// text returns the text of a scalar, counted each time that an alias repeats it.
func (p *parser) text(n *yamlv3.Node, pos Position) string {
	p.bytes += len(n.Value)
	p.signs += signs(n.Value)
	if !p.full && (p.bytes > MaxBytes || p.signs > MaxSigns) {
		p.stop(pos, "the document is too long with its aliases, which are counted each time they are used")
	}
	return n.Value
}

// unsupportedTag does not name the tag, which may be a password that begins with !.
const unsupportedTag = "tags are not supported; write the value without one, or in quotes if it begins with !"

// tag refuses explicit tags other than the one that the value has anyway.
func (p *parser) tag(n *yamlv3.Node, pos Position, want string) {
	if n.Style&yamlv3.TaggedStyle != 0 && n.ShortTag() != want {
		p.fail(pos, unsupportedTag)
	}
}

func (p *parser) mapping(out *Node, n *yamlv3.Node, in below, open []*yamlv3.Node) {
	out.Kind, out.Fields = Map, make([]Field, 0, len(n.Content)/2)
	index := make(map[string]int)
	var merged []*Node
	for i := 0; i+1 < len(n.Content) && !p.full; i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		pos := p.pos(key.Line, key.Column)
		if key.Kind == yamlv3.ScalarNode && key.ShortTag() == "!!merge" {
			merged = append(merged, p.mergeSources(value, pos, in, open)...)
			continue
		}
		name, ok := p.key(key, pos)
		v := p.convert(value, in.key(name), open...)
		if v.Kind == Null && v.Text == "" {
			v.Pos = pos // nothing is written: there is no better place
		}
		if first, twice := index[name]; !ok {
			continue
		} else if twice {
			at := out.Fields[first].Pos
			p.fail(pos, "the key %q stands twice in one map, first at %d:%d",
				secrets.Clip(name, longest), at.Line, at.Column)
			continue
		}
		index[name] = len(out.Fields)
		out.Fields = append(out.Fields, Field{Key: name, Pos: pos, Value: v})
	}
	// An earlier source wins over a later one, the map's own keys over all.
	for _, source := range merged {
		for _, f := range source.Fields {
			if _, ok := index[f.Key]; !ok {
				index[f.Key] = len(out.Fields)
				out.Fields = append(out.Fields, f)
			}
		}
	}
}

func (p *parser) mergeSources(value *yamlv3.Node, pos Position, in below, open []*yamlv3.Node) []*Node {
	v := p.convert(value, in.key(""), open...)
	sources := []*Node{v}
	if v.Kind == List {
		sources = v.Items
	}
	for _, s := range sources {
		if s.Kind != Map && !p.full {
			p.fail(pos, "the merge key << takes a map or a list of maps, not a %s", s.Kind)
			return nil
		}
	}
	return sources
}

func (p *parser) key(n *yamlv3.Node, pos Position) (string, bool) {
	if n.Kind == yamlv3.AliasNode {
		n = n.Alias
	}
	switch tag := n.ShortTag(); {
	case n.Kind != yamlv3.ScalarNode:
		p.fail(pos, "a key must be a string, not a map or a list")
	case tag == "!!str", tag == "!!timestamp":
		return p.text(n, pos), true
	case n.Value == "":
		p.fail(pos, `a key must be a string; write "" for the empty key`)
	default:
		shown := secrets.Clip(n.Value, longest)
		p.fail(pos, "the key %s is not a string; write %q", shown, shown)
	}
	return "", false
}

// base60 are YAML 1.1's base 60 integers, such as 12:30:45.
var base60 = lazyregexp.New(`^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$`)

func (p *parser) scalar(out *Node, n *yamlv3.Node) {
	const quoted = yamlv3.SingleQuotedStyle | yamlv3.DoubleQuotedStyle | yamlv3.LiteralStyle | yamlv3.FoldedStyle
	out.Kind, out.Text, out.Quoted = String, p.text(n, out.Pos), n.Style&quoted != 0
	tag, tagged := n.ShortTag(), n.Style&yamlv3.TaggedStyle != 0
	switch {
	case tagged && tag != "!!str":
		p.fail(out.Pos, unsupportedTag)
	case tagged, out.Quoted && tag == "!!str":
	case tag == "!!null":
		out.Kind = Null
	case tag == "!!bool":
		out.Kind, out.scalar = Bool, strings.EqualFold(n.Value, "true")
	case tag == "!!int":
		i, err := strconv.ParseInt(strings.ReplaceAll(n.Value, "_", ""), 0, 64)
		out.Kind, out.scalar = Int, i
		if err != nil {
			p.fail(out.Pos, tooManyBits)
		}
	case tag == "!!float":
		p.float(out)
	case tag == "!!merge":
		p.fail(out.Pos, "<< is YAML's merge key; quote it where it is a value")
	default: // !!str, and !!timestamp, which JSON does not have
		out.Ambiguous = ambiguous(n.Value)
	}
}

// ambiguous reports whether YAML 1.1 takes a string for something else: a boolean, or
// a number with the base of 60.
func ambiguous(text string) bool {
	switch text {
	case "y", "Y", "n", "N", "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF":
		return true
	}
	return strings.IndexByte(text, ':') > 0 && base60().MatchString(text)
}

const tooManyBits = "an integer does not fit into 64 bits; quote it if it is a string"

func (p *parser) float(n *Node) {
	f, err := strconv.ParseFloat(strings.ReplaceAll(n.Text, "_", ""), 64)
	n.Kind, n.scalar = Float, f
	switch i, notInt := strconv.ParseInt(n.Text, 10, 64); {
	case err != nil || math.IsNaN(f) || math.IsInf(f, 0):
		p.fail(n.Pos, "NaN, infinities and numbers beyond 64 bits do not exist in JSON; quote it if it is a string")
	case notInt == nil:
		n.Kind, n.scalar = Int, i
	case strings.Trim(n.Text, "+-0123456789_") == "":
		p.fail(n.Pos, tooManyBits) // the YAML library rounds it
	}
}
