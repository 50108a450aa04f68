package yaml_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/yaml"
)

func TestPlainStrings(t *testing.T) {
	for _, c := range []struct{ text, reason string }{
		{"a", "a letter that is no boolean"},
		{"flink-job", "an ordinary label"},
		{"app.kubernetes.io/name", "a qualified name"},
		{"c0ffee00-6a4e-4a1c-8f0e-2f7b6a1d9b55", "a UUID"},
		{"6f2d7a3e-3a0c-4a55-9d2e-0c6a7f6f3f10", "a UUID that starts with a digit"},
		{"500m", "a quantity"},
		{"1Gi", "a quantity"},
		{"10s", "a duration"},
		{"1.20.4-scala_2.12-java17", "a tag"},
		{"https://example.com:8081/a?b=c&d#e", "colons and # inside a word"},
		{"$(POD_IP)", "a reference to a variable"},
		{"${VAR}", "braces that do not come first"},
		{"-Dfoo=bar", "an option"},
		{"--job-id", "a long option"},
		{"a b  c", "blanks inside"},
		{"it's", "a quote inside"},
		{`say "x"`, "double quotes inside"},
		{`a\b`, "a backslash is nothing without quotes"},
		{"a, b; c", "a comma outside flow collections"},
		{"café 日本語 🚀", "characters beyond ASCII"},
		{"~/flink", "a tilde that is not alone"},
		{"==", "not the default value"},
		{"<<<", "not the merge key"},
		{"yess", "not a boolean"},
		{"/opt/flink", "a path"},
		{".jar", "a suffix"},
		{"1e3x", "an exponent with letters behind"},
		{"2001-job-a", "a year, and no month"},
		{"2001-01-x", "a month, and no day"},
		{"20010101-job", "too many digits for a year"},
	} {
		assertStyle(t, c.text, c.text, c.reason)
	}
}

func TestQuotedStrings(t *testing.T) {
	for _, c := range []struct{ text, reason string }{
		{"", "null otherwise"},
		{"y", "YAML 1.1 boolean"}, {"n", "YAML 1.1 boolean"}, {"on", "YAML 1.1 boolean"}, {"Off", "YAML 1.1 boolean"},
		{"yes", "YAML 1.1 boolean"}, {"No", "YAML 1.1 boolean"}, {"TRUE", "boolean"}, {"false", "boolean"},
		{"yES", "no boolean by the specification; for readers that ignore case"},
		{"~", "null"}, {"null", "null"}, {"Null", "null"}, {"NULL", "null"},
		{"=", "YAML 1.1 default value"}, {"<<", "merge key"},
		{"0", "integer"}, {"1", "integer"}, {"+1", "integer"}, {"-1", "integer"}, {"0755", "octal in YAML 1.1"},
		{"0o7", "octal in YAML 1.2"}, {"0x1F", "hexadecimal"}, {"-0X1f", "hexadecimal"}, {"0b11", "binary in YAML 1.1"},
		{"1_000", "integer in YAML 1.1"}, {"1,000", "integer in YAML 1.0"}, {"0x1p-2", "hexadecimal float in Go"},
		{"12:30:45", "base 60 in YAML 1.1"}, {"190:20:30.15", "base 60 float"}, {"1:30", "base 60"},
		{"1e3", "float in YAML 1.2"}, {"1E+3", "float"}, {"1.5", "float"}, {"1.", "float"}, {".5", "float"}, {"-.5e-3", "float"},
		{"2E", "a quantity, but half an exponent"}, {"._", "float to some readers of YAML 1.1"},
		{".inf", "infinity"}, {"-.INF", "infinity"}, {"+.Inf", "infinity"}, {".NaN", "NaN"}, {"NaN", "NaN in JSON readers"},
		{"-Infinity", "infinity in JSON readers"}, {"inf", "infinity in C"},
		{"2001-01-01", "date"}, {"2001-1-1", "date"}, {"2001-12-14t21:59:43.10-05:00", "time"},
		{"2001-12-14 21:59:43.10 -5", "time"}, {"1.17.2", "no number; yet too close to one"}, {"10.0.0.1", "likewise"},
		{" a", "leading blank is lost"}, {"a ", "trailing blank is lost"}, {" ", "only a blank"},
		{"a: b", "a mapping"}, {"a:", "a mapping"}, {": a", "a mapping"}, {"a #b", "a comment"}, {"#a", "a comment"},
		{"- a", "a list"}, {"-", "a list"}, {"? a", "an explicit key"}, {"?", "an explicit key"}, {":", "a mapping"},
		{"---", "a document marker"}, {"--- a", "a document marker"}, {"...", "a document marker"}, {"... a", "a document marker"},
		{"-- a", "an option needs a letter"}, {"!a", "a tag"}, {"&a", "an anchor"}, {"*a", "an alias"}, {"|", "a block"}, {">", "a folded block"},
		{"%a", "a directive"}, {"@a", "reserved"}, {"`a", "reserved"}, {"'a'", "quotes"}, {"[a]", "a list"}, {"{a}", "a mapping"},
		{"]", "end of a list"}, {"}", "end of a mapping"}, {",", "flow separator"},
		{"12345678-1234-1234-1234-123456789012", "a UUID without letters: digits and signs only"},
	} {
		assertStyle(t, c.text, `"`+c.text+`"`, c.reason)
	}
}

func TestEscapedAndSingleQuotedStrings(t *testing.T) {
	for _, c := range []struct{ text, want, reason string }{
		{`{"a":"b"}`, `'{"a":"b"}'`, "JSON reads better in single quotes"},
		{`[^\d"']+: x`, `'[^\d"'']+: x'`, "in them, only the single quote is doubled"},
		{`"`, `'"'`, "a lone quote"},
		{`''"`, `'''''"'`, "several"},
		{"a\tb", `"a\tb"`, "a tab could be lost"},
		{"\"\t\\", `"\"\t\\"`, "both quotes and a tab"},
		{"a\rb\r\n", `"a\rb\r\n"`, "readers turn CR into LF"},
		{"\x00\x1b\x7f", `"\u0000\u001b\u007f"`, "control characters"},
		{"\u0080\u0085\u00a0", `"\u0080\u0085\u00a0"`, "C1, next line, no-break space"},
		{"a\u2028b\u2029", `"a\u2028b\u2029"`, "line breaks in YAML 1.1"},
		{"\ufeffa", `"\ufeffa"`, "byte order mark"},
		{"a\u200bb\u202ec\u2066", `"a\u200bb\u202ec\u2066"`, "invisible, or turning the text around"},
		{"\ufffe\U0001ffff", `"\ufffe\U0001ffff"`, "no characters"},
		{"é\u0085日🚀", `"é\u0085日🚀"`, "only what must be is escaped"},
		{"\n", `"\n"`, "a block of nothing"},
		{"\n\n\n", `"\n\n\n"`, "likewise"},
		{"\ta\nb", `"\ta\nb"`, "a tab where the indent is"},
		{"a\n\tb", `"a\n\tb"`, "also in a later line"},
		{"a\n  ", `"a\n  "`, "a last line of blanks"},
		{"a\n \t\n", `"a\n \t\n"`, "likewise"},
		{"a\nb\u2028", `"a\nb\u2028"`, "blocks have no escapes"},
	} {
		assertStyle(t, c.text, c.want, c.reason)
	}
}

func TestBlocks(t *testing.T) {
	for _, c := range []struct{ text, want, reason string }{
		{"a\nb\n", "|\n  a\n  b\n", "one line feed at the end"},
		{"a\nb", "|-\n  a\n  b\n", "none"},
		{"a\nb\n\n\n", "|+\n  a\n  b\n\n\n", "several"},
		{"a\n", "|\n  a\n", "one line"},
		{"\n\na\n", "|\n\n\n  a\n", "empty lines first"},
		{"a\n\n\nb\n", "|\n  a\n\n\n  b\n", "empty lines carry no indent"},
		{"  a\nb", "|2-\n    a\n  b\n", "leading blanks: the indent must be told"},
		{"\n a\n", "|2\n\n   a\n", "also after empty lines"},
		{"   \na\n\n", "|2+\n     \n  a\n\n", "a first line of blanks"},
		{"a  \n   \nb\n", "|\n  a  \n     \n  b\n", "blanks at the ends of lines are content"},
		{"a: b # c\n- d\n---\n...\n# e\n", "|\n  a: b # c\n  - d\n  ---\n  ...\n  # e\n", "nothing in a block means anything"},
		{"a\tb\n\"c\" 'd' \\e\n", "|\n  a\tb\n  \"c\" 'd' \\e\n", "tabs inside lines, quotes and backslashes"},
		{"é\n日本語 🚀\n", "|\n  é\n  日本語 🚀\n", "beyond ASCII"},
	} {
		for _, tree := range []any{map[string]any{"k": c.text}, []any{c.text}} {
			got, err := yaml.Append(nil, tree)
			assert.NilError(t, err)
			assert.Equal(t, string(got)[strings.IndexByte(string(got), ' ')+1:], c.want, c.reason)
			assertReads(t, tree)
		}
	}
}

// assertStyle checks how s is written as a value; as a key it is the same.
func assertStyle(t *testing.T, s, want, reason string) {
	t.Helper()
	tree := map[string]any{s: s}
	got, err := yaml.Append(nil, tree)
	assert.NilError(t, err)
	assert.Equal(t, string(got), want+": "+want+"\n", "%q: %s", s, reason)
	assertReads(t, tree)
	assertReads(t, s)
	assertNotRetyped(t, s)
}
