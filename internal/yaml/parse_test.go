package yaml_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

func TestParseValues(t *testing.T) {
	cases := []struct {
		name, reason, text string
		want               any
	}{
		{"octal", "kubectl reads defaultMode: 0644 as octal", "m: 0644", tree.Map{"m": int64(420)}},
		{"yaml 1.2 octal", "0o is YAML 1.2's octal", "m: 0o644", tree.Map{"m": int64(420)}},
		{"underscores", "YAML 1.1 digits may be grouped", "m: 1_000", tree.Map{"m": int64(1000)}},
		{"date", "JSON has no dates: the text stays", "d: 2026-11-23", tree.Map{"d": "2026-11-23"}},
		{"yes", "YAML 1.2 has no yes", "d: yes", tree.Map{"d": "yes"}},
		{"big integer", "above 2^53 nothing is rounded", "n: 9007199254740993", tree.Map{"n": int64(9007199254740993)}},
		{"anchor", "an alias is a copy of its anchor", "a: &x [1]\nb: *x", tree.Map{"a": []any{int64(1)}, "b": []any{int64(1)}}},
		{"merge key", "own keys win over merged ones", "a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}",
			tree.Map{"a": tree.Map{"k": int64(1), "l": int64(2)}, "b": tree.Map{"k": int64(3), "l": int64(2)}}},
		{"merge list", "earlier sources win over later ones", "a: &x {k: 1}\nb: &y {k: 2, l: 2}\nc: {<<: [*x, *y]}",
			tree.Map{"a": tree.Map{"k": int64(1)}, "b": tree.Map{"k": int64(2), "l": int64(2)}, "c": tree.Map{"k": int64(1), "l": int64(2)}}},
		{"CRLF", "Windows line ends are not content", "a: x\r\nb: y\r\n", tree.Map{"a": "x", "b": "y"}},
		{"BOM", "editors put it before the first document", "\ufeffa: x", tree.Map{"a": "x"}},
		{"JSON", "JSON is YAML", `{"a": {"b": [1.5, null, true]}}`, tree.Map{"a": tree.Map{"b": []any{1.5, nil, true}}}},
		{"empty key", "log4jLoggers calls the root logger so", `"": INFO`, tree.Map{"": "INFO"}},
		{"str tag", "an explicit string is a string", "a: !!str 1.10", tree.Map{"a": "1.10"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			docs, problems := yaml.Parse("f.yaml", []byte(c.text))
			assert.Equal(t, len(problems), 0, "%s: %v", c.reason, problems)
			assert.Equal(t, len(docs), 1)
			assert.DeepEqual(t, docs[0].Value(), c.want)
		})
	}
}

func TestParseRefuses(t *testing.T) {
	many := strings.Repeat
	aliases := func(of string, n int) string { return "[&a " + of + many(",*a", n) + "]" }
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for i := 'b'; i < 'j'; i++ {
		prev := string(i - 1)
		bomb += string(i) + ": &" + string(i) + " [" + strings.TrimSuffix(strings.Repeat("*"+prev+",", 10), ",") + "]\n"
	}
	cases := []struct {
		name, reason, text string
		line, column       int
	}{
		{"duplicate key", "one of the two would be lost", "a: 1\nb:\n  c: 1\n  c: 2\n", 4, 3},
		{"YAML bomb", "aliases are bounded", bomb, 0, 0},
		{"deep nesting", "recursion is bounded", strings.Repeat("[", 1000) + strings.Repeat("]", 1000), 1, 102},
		{"self alias", "it has no finite value", "a: &a [*a]", 0, 0},
		{"not UTF-8", "text would be replaced in silence", "a: b\nc: \xff", 2, 4},
		{"delete", "the YAML library knows no place", "{a: 1,\n\"b\": \"x\u007f\"}", 2, 8},
		{"no character", "JSON may have it", "{a: 1,\n\"b\": \"\uffff\"}", 2, 7},
		{"UTF-16", "it is read as UTF-8 nowhere else", "\xff\xfea\x00", 1, 1},
		{"carriage return", "it is a line end for few readers", "a: b\rc: d", 1, 5},
		{"NUL", "YAML forbids it", "a: \x00", 1, 4},
		{"next line", "YAML 1.1 reads a blank, YAML 1.2 the character", "{a: \"x\u0085y\"}", 1, 7},
		{"line separator", "YAML 1.1 drops blanks behind it", "{a: \"x\u2028 y\"}", 1, 7},
		{"huge integer", "it would be rounded", "a: 9223372036854775808", 1, 4},
		{"NaN", "JSON has none", "a: .nan", 1, 4},
		{"infinity", "JSON has none", "a: [-.inf]", 1, 5},
		{"number as key", "JSON keys are strings", "a:\n  1: x", 2, 3},
		{"null as key", "JSON keys are strings", "? \n: x", 0, 0},
		{"map as key", "JSON keys are strings", "{a: b}: c", 1, 1},
		{"tag", "local tags mean something elsewhere", "a: !secret x", 1, 4},
		{"binary tag", "it would be decoded elsewhere", "a: !!binary aGk=", 1, 4},
		{"unknown alias", "a password may begin with *", "a: b\nc: [*secret]", 2, 5},
		{"tab", "YAML forbids it as indentation", "a:\n\tb: c", 2, 2},
		{"directive", "tags it declares would change values", "%TAG ! tag:x,2026:\n---\na: b", 1, 1},
		{"cut flow map", "the text is not whole", "a: {b", 0, 0},
		{"too long", "documents are bounded", "a: " + strings.Repeat("x", 1<<20), 1, 1},
		{"too many signs", "tiny values take hundreds of bytes each", "[" + many("a,", 200_000) + "]", 1, 1},
		{"too many values", "and so do those that aliases repeat", aliases("["+many("1,", 1000)+"]", 100), 1, 1606},
		{"a text that aliases repeat", "patches as texts are parsed each time", aliases(many("x", 50_000), 100), 1, 2},
		{"signs that aliases repeat", "in such a text they are values", aliases("'"+many("x,", 20_000)+"'", 10), 1, 2},
		{"signs in escapes", "the text has them, however they are written", `"` + many(`\x2c`, 200_001) + `"`, 1, 1},
		{"a long path", "messages quote the keys that lead to a value",
			"{? " + many("a", 1000) + "\n: {" + many("b", 24) + ": {c: d}}}", 2, 34},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			docs, problems := yaml.Parse("f.yaml", []byte(c.text))
			assert.Assert(t, len(problems) > 0, c.reason)
			assert.Assert(t, docs[0] == nil, "nothing half-read")
			p := problems[0].Pos
			assert.Equal(t, p.File, "f.yaml")
			assert.Assert(t, p.Line > 0 && p.Column > 0, "%v", p)
			if c.line > 0 {
				assert.Equal(t, [2]int{p.Line, p.Column}, [2]int{c.line, c.column}, problems[0].Message)
			}
			assert.Assert(t, !strings.Contains(problems[0].Message, "secret"), "a tag or the name of an alias may be a password")
		})
	}
}

func TestStream(t *testing.T) {
	text := "# comment only\n---\na: 1\n--- # next\nb: [\n---\nc: |\n  text\n  --- not a marker\n...\n\n---\n--- {d: 4}\n"
	docs, problems := yaml.Parse("s.yaml", []byte(text))
	assert.Equal(t, len(problems), 1, "a broken document does not hide the others: %v", problems)
	var got []any
	for _, d := range docs {
		if d == nil {
			got = append(got, "broken")
			continue
		}
		got = append(got, d.Value())
	}
	assert.DeepEqual(t, got, []any{
		tree.Map{"a": int64(1)}, "broken", tree.Map{"c": "text\n--- not a marker\n"}, tree.Map{"d": int64(4)},
	})
	assert.Equal(t, docs[2].Get("c").Pos.String(), "s.yaml:7:4")
	assert.Equal(t, docs[3].Get("d").Pos.String(), "s.yaml:13:9")
}

func TestLocate(t *testing.T) {
	docs, _ := yaml.Parse("", []byte("spec:\n  conf:\n    a.b: x\n    a: {b: y}\n  list:\n  - name: n\n"))
	for path, want := range map[string]string{
		"spec.conf[a.b]":       "3:10",
		"spec.conf.a.b":        "3:10", // the longest key wins
		"spec.conf[a].b":       "4:12",
		"spec.list[0].name":    "6:11",
		"spec.list[0].missing": "6:5",
		"spec.list[7]":         "6:3",
		"other":                "1:1",
		"":                     "1:1",
	} {
		assert.Equal(t, docs[0].Locate(path).String(), want, path)
	}
}

func TestFromTree(t *testing.T) {
	v := tree.Map{"a": []any{nil, true, int64(1), 1.5, "x"}, "m": tree.Map{}}
	assert.Equal(t, cmp.Diff(any(v), yaml.FromTree(v).Value()), "")
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a: b", "--- &a\n*a", "a: &x {<<: *x}", "\t", "%YAML 1.2", "? [a]\n: b", "- - - x", "\xfe\xff\x00a", "{<<: [{a: 1}, x]}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		docs, problems := yaml.Parse("f", data)
		for _, d := range docs {
			if d == nil {
				if len(problems) == 0 {
					t.Fatal("a document was dropped without a problem")
				}
				continue
			}
			if _, err := tree.FromJSON(tree.JSON(d.Value())); err != nil {
				t.Fatalf("not a tree: %v", err)
			}
		}
	})
}

func TestThousandDuplicates(t *testing.T) {
	_, problems := yaml.Parse("f", []byte("a: 1\n"+strings.Repeat("a: some text that is longer than an array of tiny values\n", 3000)))
	assert.Equal(t, len(problems), 1001, "the last one says that there are others")
}

// What follows the end of a document is not passed over, as the YAML library does.
func TestTextAfterTheEnd(t *testing.T) {
	for text, place := range map[string]string{
		"{\"a\": 1}\n{\"a\": 2}\n":  "f:2:1", // JSON, a document a line
		"{a: b}\nc: d\n":            "f:2:1",
		"{a: b}\n\n  # c\n  {c: d}": "f:4:3",
		"x: 1\n---\n[a] # b\n- b":   "f:4:1",
		"{a: b} xyz":                "f:1:1",
		"{a: b}}":                   "f:1:1",
		"[{}]0":                     "f:1:1",
		"'a' b":                     "f:1:1",
		"&x [a] b":                  "f:1:1",
	} {
		_, problems := yaml.Parse("f", []byte(text))
		assert.Assert(t, len(problems) == 1, "%q: %v", text, problems)
		assert.Equal(t, problems[0].Pos.String(), place, "%q: %v", text, problems)
	}
	for _, text := range []string{"[a] # c\n# d\n", "{a: b}\n\n# x\n", "{a: b}\n...\n", "{a: b}\n--- \n"} {
		_, problems := yaml.Parse("f", []byte(text))
		assert.Assert(t, len(problems) == 0, "%q: %v", text, problems)
	}
}

// What separates nothing is not counted: texts may have as many of these as they like.
func TestSigns(t *testing.T) {
	for text, legal := range map[string]bool{
		"a-b ": true, "a#b ": true, "--x ": true, "a,b ": false, "a:b ": false, "- a\n": false, "-\n": false,
		"a #\n": false, "#\n": false, "a?": false, "a*": false, "b&": false,
	} {
		for n := range 2 {
			_, problems := yaml.Parse("f", []byte("a: |\n  "+strings.Repeat(text, 199_999+n)))
			refused := len(problems) == 1 && strings.Contains(problems[0].Message, "at most 200000 are read: split it")
			assert.Equal(t, refused, n > 0 && !legal, "%q: %v", text, problems)
		}
	}
}
