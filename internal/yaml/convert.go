package yaml

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"

	yamlv3 "go.yaml.in/yaml/v3"
)

// below is where a value is: in how many maps and lists, and below how many bytes of keys.
type below struct{ depth, keys int }

func (b below) key(name string) below { return below{b.depth + 1, b.keys + len(name)} }

// maxKeys bounds the paths of values, which messages quote. YAML allows as much for a key.
const maxKeys = 1024

// convert turns the YAML library's nodes into ours: aliases expanded, merge keys
// applied, scalars resolved. open holds the aliases that are being expanded.
func (p *parser) convert(n *yamlv3.Node, in below, open []*yamlv3.Node) *Node {
	pos := p.pos(n.Line, n.Column)
	if !p.within(pos, in) {
		return &Node{Pos: pos}
	}
	switch n.Kind {
	case yamlv3.AliasNode:
		for _, a := range open {
			if a == n.Alias {
				p.fail(pos, "the alias contains itself")
				return &Node{Pos: pos}
			}
		}
		out := *p.convert(n.Alias, in, append(open, n.Alias))
		out.Pos = pos
		return &out
	case yamlv3.SequenceNode:
		p.tag(n, pos, "!!seq")
		out := &Node{Kind: List, Pos: pos, Items: make([]*Node, 0, len(n.Content))}
		for _, item := range n.Content {
			out.Items = append(out.Items, p.convert(item, in.key(""), open))
		}
		return out
	case yamlv3.MappingNode:
		p.tag(n, pos, "!!map")
		return p.mapping(n, pos, in, open)
	default:
		return p.scalar(n, pos)
	}
}

// within counts values and depth, and reports each limit once.
func (p *parser) within(pos Place, in below) bool {
	if p.full {
		return false
	}
	p.values++
	switch {
	case p.values > p.limits.Values:
		p.fail(pos, "the document has more than %d values (aliases are counted each time they are used)", p.limits.Values)
		p.full = true
	case in.keys > maxKeys:
		p.fail(pos, "the keys that lead to a value have more than %d bytes together", maxKeys)
		p.full = true
	case in.depth > p.limits.Nesting:
		p.fail(pos, "maps and lists are nested more than %d deep", p.limits.Nesting)
		p.full = true
	}
	return !p.full
}

// text returns the text of a scalar, counted each time that an alias repeats it.
func (p *parser) text(n *yamlv3.Node, pos Place) string {
	p.bytes += len(n.Value)
	p.signs += signs(n.Value)
	if !p.full && (p.bytes > p.limits.Bytes || p.signs > p.limits.Signs) {
		p.fail(pos, "the document is too long with its aliases, which are counted each time they are used")
		p.full = true
	}
	return n.Value
}

// unsupportedTag does not name the tag, which may be a password that begins with !.
const unsupportedTag = "tags are not supported; write the value without one, or in quotes if it begins with !"

// tag refuses explicit tags other than the one that the value has anyway.
func (p *parser) tag(n *yamlv3.Node, pos Place, want string) {
	if n.Style&yamlv3.TaggedStyle != 0 && n.ShortTag() != want {
		p.fail(pos, unsupportedTag)
	}
}

func (p *parser) mapping(n *yamlv3.Node, pos Place, in below, open []*yamlv3.Node) *Node {
	out := &Node{Kind: Map, Pos: pos, Fields: make([]Field, 0, len(n.Content)/2)}
	seen := &keys{in: out}
	var merged []*Node
	for i := 0; i+1 < len(n.Content) && !p.full; i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		keyPos := p.pos(key.Line, key.Column)
		if key.Kind == yamlv3.ScalarNode && key.ShortTag() == "!!merge" {
			merged = append(merged, p.mergeSources(value, keyPos, in, open)...)
			continue
		}
		name, ok := p.key(key, keyPos)
		v := p.convert(value, in.key(name), open)
		if v.Kind == Null && v.Text == "" {
			v.Pos = keyPos // nothing is written: there is no better place
		}
		if !ok {
			continue
		}
		p.field(seen, Field{Key: name, Pos: keyPos, Value: v})
	}
	// An earlier source wins over a later one, the map's own keys over all.
	for _, source := range merged {
		for _, f := range source.Fields {
			if seen.find(f.Key) == nil {
				seen.add(f)
			}
		}
	}
	return out
}

// field adds a field to a map that does not have it yet.
func (p *parser) field(seen *keys, f Field) {
	if first := seen.find(f.Key); first != nil {
		p.fail(f.Pos, "the key %q stands twice in one map, first at %d:%d", clip(f.Key), first.Pos.line, first.Pos.column)
		return
	}
	seen.add(f)
}

// keys finds the fields of a map that is being filled. Few are searched one by
// one, which costs no memory.
type keys struct {
	in    *Node
	index map[string]int
}

func (k *keys) find(key string) *Field {
	if k.index != nil {
		if i, ok := k.index[key]; ok {
			return &k.in.Fields[i]
		}
		return nil
	}
	for i := range k.in.Fields {
		if k.in.Fields[i].Key == key {
			return &k.in.Fields[i]
		}
	}
	return nil
}

// fewFields are searched without an index.
const fewFields = 16

func (k *keys) add(f Field) {
	k.in.Fields = append(k.in.Fields, f)
	if k.index == nil && len(k.in.Fields) > fewFields {
		k.index = make(map[string]int, cap(k.in.Fields))
		for i := range k.in.Fields {
			k.index[k.in.Fields[i].Key] = i
		}
	} else if k.index != nil {
		k.index[f.Key] = len(k.in.Fields) - 1
	}
}

func (p *parser) mergeSources(value *yamlv3.Node, pos Place, in below, open []*yamlv3.Node) []*Node {
	v := p.convert(value, in.key(""), open)
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

func (p *parser) key(n *yamlv3.Node, pos Place) (string, bool) {
	if n.Kind == yamlv3.AliasNode {
		n = n.Alias
	}
	if n.Kind != yamlv3.ScalarNode {
		p.fail(pos, "a key must be a string, not a map or a list")
		return "", false
	}
	if n.ShortTag() != "!!str" && n.ShortTag() != "!!timestamp" {
		if n.Value == "" {
			p.fail(pos, `a key must be a string; write "" for the empty key`)
		} else {
			p.fail(pos, "the key %s is not a string; write %q", clip(n.Value), clip(n.Value))
		}
		return "", false
	}
	return p.text(n, pos), true
}

// base60 are YAML 1.1's base 60 integers, such as 12:30:45.
var base60 = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$`)
})

func (p *parser) scalar(n *yamlv3.Node, pos Place) *Node {
	out := &Node{Kind: String, Pos: pos, Text: p.text(n, pos)}
	const quoted = yamlv3.SingleQuotedStyle | yamlv3.DoubleQuotedStyle | yamlv3.LiteralStyle | yamlv3.FoldedStyle
	out.Quoted = n.Style&quoted != 0
	tag := n.ShortTag()
	if n.Style&yamlv3.TaggedStyle != 0 && tag != "!!str" {
		p.fail(pos, unsupportedTag)
		return out
	}
	if tag == "!!str" && (out.Quoted || n.Style&yamlv3.TaggedStyle != 0) {
		return out
	}
	p.resolve(out, tag)
	return out
}

// resolve makes of a plain scalar what its tag says.
func (p *parser) resolve(n *Node, tag string) {
	switch tag {
	case "!!null":
		n.Kind = Null
	case "!!bool":
		n.setBool(strings.EqualFold(n.Text, "true"))
	case "!!int":
		p.integer(n)
	case "!!float":
		p.float(n)
	case "!!merge":
		p.fail(n.Pos, "<< is YAML's merge key; quote it where it is a value")
	default: // !!str, and !!timestamp, which JSON does not have
		n.Ambiguous = ambiguous(n.Text)
	}
}

// ambiguous reports whether YAML 1.1 takes a string for something else: a boolean, or
// a number with the base of 60.
func ambiguous(text string) bool {
	switch text {
	case "y", "Y", "n", "N", "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF":
		return true
	}
	return text != "" && strings.IndexByte("+-123456789", text[0]) >= 0 && strings.IndexByte(text, ':') > 0 && base60().MatchString(text)
}

func (p *parser) integer(n *Node) {
	i, err := strconv.ParseInt(strings.ReplaceAll(n.Text, "_", ""), 0, 64)
	if err != nil {
		p.fail(n.Pos, "an integer does not fit into 64 bits; quote it if it is a string")
		return
	}
	n.setInt(i)
}

func (p *parser) float(n *Node) {
	f, err := strconv.ParseFloat(strings.ReplaceAll(n.Text, "_", ""), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		p.fail(n.Pos, "NaN, infinities and numbers beyond 64 bits do not exist in JSON; quote it if it is a string")
		return
	}
	n.setFloat(f)
	if i, err := strconv.ParseInt(n.Text, 10, 64); err == nil {
		n.setInt(i)
	} else if strings.Trim(n.Text, "+-0123456789_") == "" {
		// An integer beyond 64 bits, which the YAML library resolves to a rounded float.
		p.fail(n.Pos, "an integer does not fit into 64 bits; quote it if it is a string")
	}
}

// clip keeps messages short whatever the input.
func clip(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "…"
	}
	return s
}
