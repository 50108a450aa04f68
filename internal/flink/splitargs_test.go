package flink_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/flink"
)

func TestSplitArgs(t *testing.T) {
	for _, c := range []struct {
		in     string
		want   []string
		reason string
	}{
		{"", nil, "no word"},
		{" \t\n", nil, "blanks alone make no word"},
		{"a b", []string{"a", "b"}, "one blank"},
		{"  a \n\t b  ", []string{"a", "b"}, "runs of blanks; a YAML block scalar has line breaks"},
		{"--input s3://b/p --n 3", []string{"--input", "s3://b/p", "--n", "3"}, "what users write"},
		{`'a b' "c d"`, []string{"a b", "c d"}, "both quotes"},
		{`a'b'"c"d`, []string{"abcd"}, "quotes within a word"},
		{`'' ""`, []string{"", ""}, "empty words"},
		{`a''`, []string{"a"}, "an empty quote adds nothing"},
		{`'a\b"c'`, []string{`a\b"c`}, "all is literal in single quotes"},
		{`"a'b"`, []string{"a'b"}, "a single quote is literal in double quotes"},
		{`"\"\\\$\` + "`" + `"`, []string{`"\$` + "`"}, "the four escapes of double quotes"},
		{`"\n\a"`, []string{`\n\a`}, "any other backslash in double quotes stays"},
		{`\a\ b\'\"\\`, []string{`a b'"\`}, "a backslash escapes anything outside quotes"},
		{"a\\\nb", []string{"ab"}, "a backslash joins lines"},
		{"\"a\\\nb\"", []string{"ab"}, "also in double quotes"},
		{"'a\\\nb'", []string{"a\\\nb"}, "but not in single quotes"},
		{"a \\\n b", []string{"a", "b"}, "a continued line"},
		{"$HOME ${X} $(ls) `ls` *.jar ~ # a;b|c&",
			[]string{"$HOME", "${X}", "$(ls)", "`ls`", "*.jar", "~", "#", "a;b|c&"},
			"nothing is expanded, and nothing is an operator or a comment"},
		{"é 日本", []string{"é", "日本"}, "bytes above ASCII are not blanks"},
		{"a\r b", []string{"a\r", "b"}, "a carriage return is no blank of a shell"},
		{"a\u00a0b", []string{"a\u00a0b"}, "nor is a no-break space"},
	} {
		got, err := flink.SplitArgs(c.in)
		assert.NilError(t, err, c.reason)
		assert.DeepEqual(t, got, c.want)
	}
}

// offset returns the byte that an error names.
func offset(t *testing.T, err error) int {
	t.Helper()
	reason, text, ok := strings.Cut(err.Error(), " at byte ")
	at, bad := strconv.Atoi(text)
	assert.Assert(t, ok && bad == nil && reason != "", "%v", err)
	return at
}

func TestSplitArgsErrors(t *testing.T) {
	for _, c := range []struct {
		in     string
		offset int
		reason string
	}{
		{`a 'b c`, 2, "unclosed single quote"},
		{`a b"c`, 3, "unclosed double quote"},
		{`"a\"`, 0, "the last quote is escaped"},
		{`'a' 'b`, 4, "the second quote"},
		{`a \`, 2, "nothing after the backslash"},
		{`"a\`, 0, "in an open quote, the quote is at fault"},
		{"ab\x00c", 2, "no program argument can hold NUL"},
		{"'b\x00c'", 2, "nor in quotes"},
	} {
		_, err := flink.SplitArgs(c.in)
		assert.Assert(t, err != nil, c.reason)
		assert.Equal(t, offset(t, err), c.offset, c.reason)
	}
}

// quoteWord writes word in one of the ways that a shell reads back as word.
func quoteWord(r *rand.Rand, word string) string {
	switch r.IntN(3) {
	case 0:
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	case 1:
		return `"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`, `$`, `\$`, "`", "\\`").Replace(word) + `"`
	}
	var b strings.Builder
	for _, c := range []byte(word) {
		if c == '\n' {
			b.WriteString("'\n'")
		} else {
			b.Write([]byte{'\\', c})
		}
	}
	return b.String() + "''"
}

func TestSplitArgsReadsBackWhatWasQuoted(t *testing.T) {
	r := seeded(t)
	for range 3000 {
		var words, quoted []string
		for range r.IntN(5) {
			word := strings.ReplaceAll(randomText(r, 6), "\x00", "")
			words, quoted = append(words, word), append(quoted, quoteWord(r, word))
		}
		got, err := flink.SplitArgs(strings.Join(quoted, pick(r, " ", "\n", "\t ", " \\\n")))
		assert.NilError(t, err)
		assert.DeepEqual(t, got, words)
	}
}

func FuzzSplitArgs(f *testing.F) {
	for _, s := range []string{"", "a b", `'a' "b\"" \c`, "a\\\nb", `"`, `\`, "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		words, err := flink.SplitArgs(s)
		if err != nil {
			at := offset(t, err)
			assert.Assert(t, at >= 0 && at < len(s))
			return
		}
		total := 0
		for i, word := range words {
			words[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
			total += len(word)
		}
		assert.Assert(t, total <= len(s), "splitting invents nothing")
		again, err := flink.SplitArgs(strings.Join(words, " "))
		assert.NilError(t, err)
		assert.Equal(t, len(again), len(words), "quoting what was split gives the same words")
	})
}
