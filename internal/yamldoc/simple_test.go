package yamldoc

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/hostile"
)

// byLibrary reads a text as if it were not JSON.
func byLibrary(text []byte) (*Node, []Problem) {
	p := &parser{limits: DefaultLimits}
	doc, err := decode(text)
	if err != nil {
		p.syntax(text, err)
		return nil, p.problems
	}
	return p.convert(doc.Content[0], below{}, nil), p.problems
}

// checkSimple holds what is read without the library against what that reads, and
// reports whether it is read so at all.
func checkSimple(t *testing.T, text []byte) bool {
	t.Helper()
	p := &parser{limits: DefaultLimits}
	if !p.legalText(text) {
		return false
	}
	got := p.readSimple(text)
	if got == nil {
		return false
	}
	want, problems := byLibrary(text)
	assert.DeepEqual(t, p.problems, problems)
	if len(problems) == 0 {
		assert.Equal(t, dump(got), dump(want), "%q", text)
	}
	return true
}

// dump writes everything that a node says.
func dump(n *Node) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %v %v %q %v", n.Kind, n.Pos, n.Quoted, n.Ambiguous, n.Text, n.bits)
	for _, f := range n.Fields {
		fmt.Fprintf(&b, "\n%q %s: %s", f.Key, f.Pos, dump(f.Value))
	}
	for _, item := range n.Items {
		b.WriteString("\n- " + dump(item))
	}
	return b.String()
}

func TestJSON(t *testing.T) {
	read := 0
	for _, text := range []string{
		`{}`, ` [ ] `, "{\n\t\"a\":\t1\r\n}", `{"a":{"a":[[],{},"",0]}}`, `{"a": 1, "b": 2, "a": 3}`, `{"<<": {"a": 1}, "": null}`,
		`["é", {"日本": "語"}, "x"]`, `["\ud83d\ude00"]`, `["\u00e9\n\t\"\\\b\f\r\u0000\uffff\ufeff"]`, "[\"\U0001F600\", 1]",
		`[0, -0, 1.5, 1e3, 1E+2, -0.0, 9223372036854775807, 9223372036854775808, 1e400, 01, 1., .5, +1, 0x10, 1_000, -]`,
		`[9007199254740993.0, 1e-5, 123456789012345678901234567890.5]`, `["\/"]`, `[true, false, null, True, ~, yes, y, NaN]`,
		`{"a": "# no comment"} # a comment`, `{"a": 1,}`, `[1,,2]`, `{"a"}`, `{a: 1}`, `{'a': 1}`, `{"a" : 1}`, "{\"a\"\n: 1}", `{"a":1} x`, `["a" "b"]`, `{"a": "b: c, [d]"}`,
		"[\"a\x7f\"]", "[\"\u0085\"]", "[\"\u2028\"]", "[\"a\nb\"]", "[\"tab\tin text\"]", `{"` + strings.Repeat("k", 1100) + `": 1}`, `{"k": "` + strings.Repeat("v", 5000) + `"}`,
		`[["a", "y", "12:30:45", "0o7", "1e3", "null"]]`, "\t{}", `"text"`, `12`, strings.Repeat("[", 100) + strings.Repeat("]", 100), strings.Repeat("[", 102) + strings.Repeat("]", 102),
		"   {\"a\":1,\n\"b\":[\n1\n,\n2]}\n\n", "[1, 2\n]\n", "{\"a\": 1\n,\"b\": 2}", "[\n]", "{\n\n}", `{"a":"\q"}`, `{"a":"\u12"}`, `{"a`, `{"a":`, `[`, `{`, `[1`,
		"---", "--- ~", "--- a", "---\ta", "...", "... a", "[a,\n--- b]", "[a,\n... ]", "---a", "-- a", "....",
	} {
		if checkSimple(t, []byte(text)) {
			read++
		}
	}
	assert.Assert(t, read >= 20, "%d texts were read", read)
	for _, text := range hostile.Texts() {
		checkSimple(t, text)
	}
	for _, g := range hostile.Growings() {
		checkSimple(t, g.Text(30))
	}
	rng := rand.New(rand.NewPCG(1, 1))
	read = 0
	texts := 30_000
	if hostile.RaceDetector() {
		texts = 3000
	}
	for range texts {
		text := []byte(randomJSON(rng, 4))
		if rng.IntN(2) == 0 { // and something is wrong with it
			const signs = "\x00 \n\t\r\"\\{}[],:#-+0aé'*&!|>%@~"
			text[rng.IntN(len(text))] = signs[rng.IntN(len(signs))]
		}
		if checkSimple(t, text) {
			read++
		}
	}
	assert.Assert(t, read > texts/3, "%d random texts were read", read)
}

func randomJSON(r *rand.Rand, depth int) string {
	blank := func() string { return [...]string{"", "", " ", "\n", "  ", "\n ", "\t"}[r.IntN(7)] }
	scalar := func() string {
		return [...]string{"0", "-1", "12.5", "1e9", "true", "false", "null", `""`, `"a"`, `"a b: c"`, `"é\n"`, `"\u00e9"`, `"0"`, `"y"`, `"- x"`, `"#"`, "-0.0", "1E-2", `"日"`, `"\\"`}[r.IntN(20)]
	}
	kind := r.IntN(3)
	if depth == 4 {
		kind = 1 + r.IntN(2)
	}
	if depth == 0 || kind == 0 {
		return scalar()
	}
	var parts []string
	for range r.IntN(4) {
		part := blank() + randomJSON(r, depth-1) + blank()
		if kind == 1 {
			part = blank() + [...]string{`"a"`, `"b"`, `"c d"`, `"é"`, `""`, `"1"`, `"\n"`}[r.IntN(7)] + [...]string{"", " "}[r.IntN(2)] + ":" + part
		}
		parts = append(parts, part)
	}
	if kind == 1 {
		return "{" + strings.Join(parts, ",") + blank() + "}"
	}
	return "[" + strings.Join(parts, ",") + blank() + "]"
}

// lines are what random documents are made of.
var lines = []string{
	"a:", "b: c", "c: d e", "- x", "- a: b", "- - c", "- - d: e", "d: {e: f}", "d: {e: {f: g}, h: [i, j]}", "d: [1, 2]", "d: []", "d: {}", "e: |", "e: |-", "e: |+", "- |",
	"text here", "text: # nothing", "# comment", "", "", "   ", "g: 'it''s'", `h: "q\n\u00e9"`, "i: 1.20", "j: yes", "k: ~", "l: https://h/a.jar?x=y#z", "- {a: b, c: [d]}", "m: a # c",
	"n: a#b", "o: -1", "o: +1.5", "p: - x", "q : r", `"r": s`, "'t': u", `"v" : w`, "v: 0x1F", "w: 012", "w: 0o17", "x: 1_000", "x: 1e3", "y: on", "y: 12:30:45", "y: 2020-01-01", "y: .5", "y: .inf",
	"z: {", "z: [", "}", "]", ", b: c", "b: c,", "b,", "aa: a: b", "bb: 'x", `bb: "x`, "cc: &x y", "dd: *x", "ee: !!str z", "ff: >", "ff: >-", "gg: |2", "hh: é", "é: ü # ö", "ii: [a, b]: c", "? x", ": y",
	"-", "- ", "--", "-a", "- -a", "jj:k", "kk:  l  ", "<<: {a: b}", "ll: <<", "mm: {a: b, <<: c}", "nn: {a: }", "oo: {a}", "pp: [a: b]", "qq: [a,]", "rr: [a,,b]", "ss: {a: b,}", `tt: {"a":b}`, `tt: {"a":"b"}`,
	"uu: {a:b}", "vv: [a, # c", "d]", "ww: 'a' b", "xx: a'b", "yy: %a", "zz: @a", "1: a", "true: a", "null: b", "~: c", "a b: c", "a, b: c", "[a]: b", "{a: b}: c", "\tb: c", "a:\tb", "a: b\t", "b: [a\t, b]", "- # c", "a: {b: 'c', d: \"e\"} # f",
	"a: b:c", "a: b:", "a: :b", "a: ?b", "a: -", "a: 9223372036854775808", "a: 1e400", "a: {b: -, c: d}", "a: [-1, --, -x]", "a: x{y}", "a: x, y", "a: [b?c]", "a: b?c", "a: {b: c:?}", "a: [b, ?]", "a: [-?]", "a: [x y, 'z']", "a: [x#y, z #w", "]", "long" + strings.Repeat("g", 1010) + ": a",
}

// Random documents, and the files that are around.
func TestSimpleAgainstTheLibrary(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	simple, legal, documents := 0, 0, 100_000
	if hostile.RaceDetector() {
		documents = 10_000 // nothing here runs at once, and it takes twenty times as long
	}
	for range documents {
		if checkSimple(t, randomYAML(rng)) {
			simple++
		}
	}
	assert.Assert(t, simple > documents/10, "%d documents were simple", simple)
	simple = 0
	for _, dir := range []string{"../testdata/valid/*", "../testdata/refused/*", "../../render/testdata/scenarios/*.yaml", "../versus/testdata/*.yaml", "../merge/testdata/bench/*.yaml", "../../examples/*/*.yaml"} {
		files, err := filepath.Glob(dir)
		assert.NilError(t, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			assert.NilError(t, err)
			for c := range split(text) {
				if isBlank(c.text) {
					continue
				}
				if legal++; checkSimple(t, c.text) {
					simple++
				}
			}
		}
	}
	assert.Assert(t, simple > legal*3/4, "%d of %d documents are simple", simple, legal)
}

// Nesting up to the limit, and a level beyond, whatever is the innermost value.
func TestSimpleNesting(t *testing.T) {
	limit, read := DefaultLimits.Nesting, 0
	for n := limit - 2; n <= limit+2; n++ {
		var keys strings.Builder
		for i := range n {
			keys.WriteString(strings.Repeat(" ", i) + "a:\n")
		}
		inner := strings.Repeat(" ", n)
		for _, text := range []string{
			keys.String(), keys.String() + inner + "b", keys.String() + inner + "b:", keys.String() + inner + "- b", keys.String() + inner[1:] + "- b",
			strings.Repeat("- ", n) + "a", strings.Repeat("- ", n) + "a:", strings.Repeat("[", n) + strings.Repeat("]", n), strings.Repeat("{a: ", n) + "b" + strings.Repeat("}", n),
		} {
			if checkSimple(t, []byte(text)) {
				read++
			}
		}
	}
	assert.Assert(t, read >= 20, "%d texts were read", read)
}

func randomYAML(r *rand.Rand) []byte {
	var b strings.Builder
	indent := 0
	for range 1 + r.IntN(7) {
		b.WriteString(strings.Repeat(" ", indent))
		b.WriteString(lines[r.IntN(len(lines))])
		if r.IntN(30) > 0 {
			b.WriteByte('\n')
		}
		switch r.IntN(6) {
		case 0, 1:
			indent += 2
		case 2:
			indent = max(0, indent-2)
		case 3:
			indent = r.IntN(5)
		}
	}
	return []byte(b.String())
}

func FuzzSimple(f *testing.F) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 30 {
		f.Add([]byte(randomJSON(rng, 4)))
		f.Add(randomYAML(rng))
	}
	f.Add([]byte(strings.Join(lines, "\n")))
	f.Fuzz(func(t *testing.T, text []byte) {
		for c := range split(text) {
			checkSimple(t, c.text)
		}
	})
}
