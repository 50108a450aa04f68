package yaml_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	yamlv3 "go.yaml.in/yaml/v3"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/flinktarget/flinktarget/internal/yaml"
)

// readSigs reads as Kubernetes tools do (a YAML 1.1 reader, then JSON).
func readSigs(text []byte) (any, error) {
	j, err := sigsyaml.YAMLToJSONStrict(text)
	if err != nil {
		return nil, err
	}
	return readJSON(j)
}

func readJSON(j []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(j))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	return normal(v)
}

// readV3 reads as tools on go-yaml v3 do (mostly YAML 1.2).
func readV3(text []byte) (any, error) {
	var v any
	if err := yamlv3.Unmarshal(text, &v); err != nil {
		return nil, err
	}
	return normal(v)
}

// normal makes one form of the number types of all readers and of trees: int64
// where the number is whole and fits exactly, else float64. Empty collections of
// any kind become one kind each.
func normal(v any) (any, error) {
	switch t := v.(type) {
	case nil, bool, string, int64:
		return v, nil
	case int:
		return int64(t), nil
	case uint64:
		return float64(t), nil
	case float64:
		if t == math.Trunc(t) && math.Abs(t) < 1<<53 {
			return int64(t), nil
		}
		return t, nil
	case json.Number:
		if i, err := strconv.ParseInt(t.String(), 10, 64); err == nil {
			return i, nil
		}
		f, err := t.Float64()
		if err != nil {
			return nil, err
		}
		return normal(f)
	case []any:
		out := make([]any, len(t))
		for i := range t {
			e, err := normal(t[i])
			if err != nil {
				return nil, err
			}
			out[i] = e
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(t))
		for k := range t {
			e, err := normal(t[k])
			if err != nil {
				return nil, err
			}
			out[k] = e
		}
		return out, nil
	default:
		return nil, fmt.Errorf("a reader returned a %T", v)
	}
}

// assertReads writes v and reads it back with both readers.
func assertReads(t *testing.T, v any) []byte {
	t.Helper()
	text, err := yaml.Append(nil, v)
	if err != nil {
		t.Fatalf("%#v: %v", v, err)
	}
	want, err := normal(v)
	if err != nil {
		t.Fatal(err)
	}
	got, err := readV3(text)
	if err != nil {
		t.Fatalf("yaml/v3: %v\n%s", err, text)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("yaml/v3 reads another tree (-want +got):\n%s\n%s", d, text)
	}

	// This reader returns JSON, in which floats below 1e21 have no exponent and so
	// look like integers; hence what is wanted is made by way of JSON too.
	j, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	want, err = readJSON(j)
	if err != nil {
		t.Fatal(err)
	}
	got, err = readSigs(text)
	if err != nil {
		t.Fatalf("sigs.k8s.io/yaml: %v\n%s", err, text)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("sigs.k8s.io/yaml reads another tree (-want +got):\n%s\n%s", d, text)
	}
	return text
}

// What the type repository of YAML 1.1 and the core schema of YAML 1.2 say about
// plain scalars that are not strings.
var retyped = []*regexp.Regexp{
	regexp.MustCompile(`^(~|null|Null|NULL|=|<<)?$`),
	regexp.MustCompile(`^(y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$`),
	regexp.MustCompile(`^[-+]?(0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(:[0-5]?[0-9])+)$`),
	regexp.MustCompile(`^[-+]?(([0-9][0-9_]*)?\.[0-9._]*([eE][-+][0-9]+)?|[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*|\.(inf|Inf|INF))$`),
	regexp.MustCompile(`^\.(nan|NaN|NAN)$`),
	regexp.MustCompile(`^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+|$)`),
	regexp.MustCompile(`^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$`),
	regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`),
}

// assertNotRetyped checks that s, if it was written plain, is a string to every
// reader that keeps to the specifications.
func assertNotRetyped(t *testing.T, s string) {
	t.Helper()
	text, err := yaml.Append(nil, s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	plain := strings.TrimSuffix(string(text), "\n")
	if plain != s {
		return
	}
	for _, re := range retyped {
		if re.MatchString(plain) {
			t.Fatalf("%q is plain, but matches %s", s, re)
		}
	}
	if strings.ContainsAny(plain[:1], " ,[]{}#&*!|>'\"%@`") || strings.HasPrefix(plain, "---") ||
		strings.HasPrefix(plain, "...") || strings.TrimSpace(plain) != plain {
		t.Fatalf("%q is plain, but its ends mean something", s)
	}
}

// pieces of nasty strings; a string is made of several of them.
var pieces = []string{
	"a", "b", "yes", "No", "null", "~", "true", "1", "0", "9", "e3", ".", "..", "-", "--", "---", "+", "_", "0x", "0o", "0b", ",",
	":", ": ", " :", "#", " #", "# ", "?", "? ", "- ", "!", "&a", "*a", "|", ">", "%", "@", "`", "'", "''", "\"", "\\", "\\n",
	"{", "}", "[", "]", "$", "${X}", "=", "<<", " ", "  ", "\t", "\n", "\n\n", "\n ", "\n  ", " \n", "\n\t", "\r", "\r\n", "\x00", "\x1b", "\x7f",
	"\u0080", "\u0085", "\u00a0", "\u2028", "\u2029", "\ufeff", "\ufffd", "\ufffe", "\U0001fffe", "\u200b", "\u202e", "é", "日本", "🚀", "\u3000",
	"2001-01-01", "12:30:45", ".inf", ".NaN", "word", "key: value", "- item", "...", "\n...\n", "\n---\n", "\n# no comment", "\n- x", "\nk: v",
}

type generator struct{ *rand.Rand }

func (g generator) text() string {
	var b strings.Builder
	for range g.IntN(7) {
		b.WriteString(pieces[g.IntN(len(pieces))])
	}
	return b.String()
}

func (g generator) scalar() any {
	switch g.IntN(12) {
	case 0:
		return nil
	case 1:
		return g.IntN(2) == 0
	case 2:
		return int64(g.Uint64()) >> g.IntN(64)
	case 3:
		for {
			if f := math.Float64frombits(g.Uint64()); !math.IsNaN(f) && !math.IsInf(f, 0) {
				return f
			}
		}
	case 4:
		return float64(g.IntN(1000)) / []float64{1, 2, 3, 8, 1e6, 1e-18}[g.IntN(6)]
	case 5:
		return pieces[g.IntN(len(pieces))]
	case 6:
		return strings.Repeat(g.text(), 1+g.IntN(200))
	default:
		return g.text()
	}
}

func (g generator) tree(depth int) any {
	if depth == 0 {
		return g.scalar()
	}
	switch g.IntN(5) {
	case 0, 1:
		m := map[string]any{}
		for range g.IntN(6) {
			k := g.text()
			if g.IntN(40) == 0 {
				k = strings.Repeat(k+"k", 1+g.IntN(1200))
			}
			m[k] = g.tree(depth - 1)
		}
		return m
	case 2, 3:
		s := []any{}
		for range g.IntN(5) {
			s = append(s, g.tree(depth-1))
		}
		return s
	default:
		return g.scalar()
	}
}

func TestRandomTreesReadBack(t *testing.T) {
	const seed = 7
	t.Logf("seed %d", seed)
	g := generator{rand.New(rand.NewPCG(seed, 0))}
	for range 1500 {
		assertReads(t, g.tree(1+g.IntN(5)))
	}
}

func TestRandomStringsReadBack(t *testing.T) {
	const seed = 8
	t.Logf("seed %d", seed)
	g := generator{rand.New(rand.NewPCG(seed, 0))}
	for range 80 {
		var batch []any
		for range 100 {
			s := g.text()
			assertNotRetyped(t, s)
			batch = append(batch, s, map[string]any{s: s}, []any{s}, map[string]any{"k": []any{map[string]any{s: []any{s}}}})
		}
		assertReads(t, batch)
	}
}

// Every string of up to four characters that numbers, times and words are made of.
func TestShortStringsAreNotRetyped(t *testing.T) {
	alphabet := "019-+._:eExobyYnN~=<"
	var grow func(s string, more int)
	grow = func(s string, more int) {
		assertNotRetyped(t, s)
		if more == 0 {
			return
		}
		for _, c := range alphabet {
			grow(s+string(c), more-1)
		}
	}
	grow("", 4)
}

func FuzzText(f *testing.F) {
	for _, p := range pieces {
		f.Add(p)
		f.Add("a\n" + p)
		f.Add(p + "\nb\n")
	}
	f.Add(strings.Repeat("long key ", 200))
	f.Add("\xff")
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			for _, v := range []any{s, []any{s}, map[string]any{s: nil}} {
				assertFails(t, v, "not UTF-8")
			}
			return
		}
		assertNotRetyped(t, s)
		assertReads(t, s)
		text := assertReads(t, []any{
			s, map[string]any{s: s}, map[string]any{"k": s, "l": []any{s, []any{s}}, s + "x": map[string]any{s: s}},
		})
		for _, r := range string(text) {
			if r != '\n' && r != '\t' && r < ' ' || r >= 0x7f && r <= 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff {
				t.Fatalf("%U written as itself", r)
			}
		}
	})
}
