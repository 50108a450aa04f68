package yaml_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// Python's json.dumps and other writers of ASCII write characters beyond 16 bits so.
func TestSurrogatePairs(t *testing.T) {
	for reason, c := range map[string]struct{ text, want string }{
		"a pair":               {`{"a": "Rocket \ud83d\ude80"}`, "Rocket 🚀"},
		"in upper case":        {`{"a": "\uD83D\uDE80"}`, "🚀"},
		"several":              {`{"a": "\ud83d\ude80\ud83d\ude80 \ud800\udc00"}`, "🚀🚀 𐀀"},
		"the last":             {`{"a": "\udbff\udfff"}`, "\U0010ffff"},
		"a backslash":          {`{"a": "\\ud83d"}`, `\ud83d`},
		"a backslash and pair": {`{"a": "\\\ud83d\ude80"}`, `\🚀`},
		"a quote":              {`{"a": "\ud83d\ude80\"\\"}`, `🚀"\`},
		"neighbours":           {`{"a": "\u00e9\ud7ff\ue000\ud83d\ude80é🚀"}`, "é\ud7ff\ue000🚀é🚀"},
		"line ends of YAML":    {"{\"a\": \"\u0085 \u2028 \u2029\"}", "\u0085 \u2028 \u2029"},
		"what YAML escapes":    {"{\"a\": \"\u007f\u0080\u009f\ufeff\ufffe\uffff\"}", "\u007f\u0080\u009f\ufeff\ufffe\uffff"},
		"no character alone":   {"{\"a\": \"\uffff\"}", "\uffff"},
		"slashes":              {`{"a": "https:\/\/h\\/\/\ud83d\ude80"}`, `https://h\//🚀`},
		"others alone":         {`{"a": "\u00e9 🚀"}`, "é 🚀"},
	} {
		docs, problems := yaml.Parse("f", []byte(c.text))
		assert.Assert(t, len(problems) == 0, "%s: %v", reason, problems)
		assert.Equal(t, docs[0].Get("a").Text, c.want, reason)
	}
	text := "--- {\"\\ud83d\\ude80\":1,\"é\": [\"\\ud83d\\ude80\", \"\\ud83d\\ude80\" ,2]}\n"
	docs, problems := yaml.Parse("f", []byte(text))
	assert.Assert(t, len(problems) == 0, "%v", problems)
	root := docs[0]
	assert.Equal(t, root.Fields[0].Key, "🚀")
	for path, want := range map[string]string{"🚀": "f:1:21", "é": "f:1:28", "é[1]": "f:1:45", "é[2]": "f:1:61"} {
		assert.Equal(t, root.Locate(path).String(), want, path)
	}
}

// What encoding/json reads as U+FFFD is refused.
func TestHalfSurrogatePairs(t *testing.T) {
	for text, place := range map[string]string{
		`{"a": "\ud83d"}`:                              "f:1:8",
		`{"a": "\ude80"}`:                              "f:1:8",
		`{"é": "\ude80\ud83d"}`:                        "f:1:8",
		`{"a": "\ud83d\ud83d\ude80"}`:                  "f:1:8",
		`{"a": "\ud83d\n\ude80"}`:                      "f:1:8",
		`{"a": "\ud83d\\ude80"}`:                       "f:1:8",
		`{"a": "\ud83d\u00e9"}`:                        "f:1:8",
		"{\"a\": \"\\ud83d\\ude80\",\n\"\\uDFFF\": 1}": "f:2:2",
		"a: \"\\ud83d\\ude80\"":                        "f:1:1", // of YAML the library says no more
	} {
		docs, problems := yaml.Parse("f", []byte(text))
		assert.Assert(t, len(problems) == 1 && docs[0] == nil, "%s: %v", text, problems)
		assert.Equal(t, problems[0].Pos.String(), place, text)
		message := problems[0].Message
		assert.Assert(t, strings.Contains(message, "surrogate") && strings.Contains(message, "the character itself"), message)
	}
}

// Random JSON is what encoding/json reads, and every value stands where it stands in a
// text of the same length without pairs.
func TestSurrogatesAgainstEncodingJSON(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		text := randomJSON(r, 4)
		want, err := tree.FromJSON([]byte(text))
		assert.NilError(t, err)
		docs, problems := yaml.Parse("f", []byte(text))
		assert.Assert(t, len(problems) == 0, "%s: %v", text, problems)
		assert.Equal(t, cmp.Diff(docs[0].Value(), want), "", text)
		plain, _ := yaml.Parse("f", []byte(strings.NewReplacer(`\\`, `\\`, `\ud83d\ude80`, `\u00e9\u00e9`, `\/`, `\t`).Replace(text)))
		assert.DeepEqual(t, placesOf(docs[0]), placesOf(plain[0]))
	}
}

func placesOf(n *yaml.Node) []string {
	out := []string{n.Pos.String()}
	for _, f := range n.Fields {
		out = append(append(out, f.Pos.String()), placesOf(f.Value)...)
	}
	for _, item := range n.Items {
		out = append(out, placesOf(item)...)
	}
	return out
}

// randomJSON returns a map or a list.
func randomJSON(r *rand.Rand, depth int) string {
	blank := func() string { return [...]string{"", "", " ", "\n", "\t"}[r.IntN(5)] }
	text := func() string {
		var b strings.Builder
		for range r.IntN(5) {
			pieces := [...]string{`\/`, `\ud83d\ude80`, `\ud83d\ude80`, `\\`, `\"`, `\n`, `\u00e9`, "é", "🚀", "a", "u", " "}
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		return `"` + b.String() + `"`
	}
	var parts []string
	isMap := r.IntN(2) == 0
	for i := range r.IntN(4) {
		part := text()
		if depth > 0 && r.IntN(2) == 0 {
			part = randomJSON(r, depth-1)
		}
		if isMap {
			key, _ := json.Marshal(i)
			part = `"` + string(key) + text()[1:] + strings.TrimSuffix(blank(), "\n") + ":" + part
		}
		parts = append(parts, blank()+part+blank())
	}
	if isMap {
		return "{" + strings.Join(parts, ",") + "}"
	}
	return "[" + strings.Join(parts, ",") + "]"
}
