package flink

import (
	"fmt"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/internal/lazyregexp"
)

// IsJVMOptions reports whether key holds options of the JVMs of a cluster.
func IsJVMOptions(key string) bool {
	key, ok := strings.CutPrefix(key, "env.java.")
	switch strings.TrimPrefix(key, "default-") {
	case "opts", "opts.all", "opts.jobmanager", "opts.taskmanager":
		return ok
	}
	return false
}

// JVMOptions finds what becomes of options of the JVM. The start script strips one double
// quote at each end (config.sh), has a shell evaluate "echo OPTIONS" and splits what that
// prints at blanks (flink-console.sh). env are variables whose values are known. The
// problem, if any, says why the JVM would not start or why it would lose options; changed
// says what is replaced though it starts.
//
// Checked against the scripts of 1.18.1, 1.20.5 and 2.2.1 (testdata/jvmoptions.jsonl).
func JVMOptions(v Version, key, value string, env map[string]string) (problem *Problem, changed []string) {
	s := &shell{env: env}
	if v.Major > 1 && strings.ContainsAny(value, "\t\r\n") {
		return &Problem{Reason: "the start script reads one line: it contains a line break or a tab",
			Cure: "separate options by blanks (in YAML, by >- instead of > or |)"}, nil
	}
	s.evaluate(strings.Join(strings.Fields(scriptValue(v, key, value)), " "))
	if s.failed == "" {
		s.checkWords(strings.Fields(s.out.String()))
	}
	if s.failed != "" {
		return &Problem{Reason: "a shell evaluates the options once more: " + s.failed, Cure: s.cure}, nil
	}
	return nil, s.changed
}

// scriptValue is what the start script makes of a value before the shell evaluates it.
// BashJavaUtils prints the file as YAML from 2.0, and quotes what it has to. The default
// options stand before those of env.java.opts.all, which keep their quote at the
// beginning then.
func scriptValue(v Version, key, value string) string {
	value = strings.Trim(value, " ")
	if v.Major > 1 && value != "" && (strings.ContainsAny(value[:1], `"'#,[]{}&*!|>%@`+"`") ||
		strings.Contains(value, ": ") || strings.Contains(value, " #") || strings.HasSuffix(value, ":")) {
		value = "'" + strings.ReplaceAll(value, "'", "''") + "'"
	}
	isDefault, isAll := strings.Contains(key, "default"), !strings.HasSuffix(key, "manager")
	if v.before("1.18") || !isAll && (isDefault || v.before("1.19")) {
		value = strings.TrimPrefix(value, `"`)
	}
	if !isDefault {
		value = strings.TrimSuffix(value, `"`)
	}
	return value
}

// unknown stands for a value that is not known here.
const unknown = "\x00"

// A shell evaluates a text as bash does, without running anything.
type shell struct {
	env     map[string]string
	out     strings.Builder
	changed []string
	failed  string
	cure    string
}

func (s *shell) fail(cure, format string, args ...any) {
	if s.failed == "" {
		s.failed, s.cure = fmt.Sprintf(format, args...), cure
	}
}

func (s *shell) change(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(s.changed, text) {
		s.changed = append(s.changed, text)
	}
}

// A shellToken is one for a shell; quotes, commands and ${ may lack their end.
var shellToken = lazyregexp.New("(?s)^(?:'[^']*'?|\\\\.?|`[^`]*`?|\\$\\([^)]*\\)?|\\$\\{[^}]*\\}?|" +
	"\\$[A-Za-z_][A-Za-z0-9_]*|\\$[0-9$?!#@*'\"-]|.)")

func (s *shell) evaluate(text string) {
	double, previous := false, byte(' ')
	for text != "" && s.failed == "" {
		token := shellToken().FindString(text)
		c := token[0]
		if double && c == '\'' {
			token = "'"
		}
		text = text[len(token):]
		if !double && strings.IndexByte(`'"`, c) >= 0 && !strings.Contains(` ='"`, string(previous)) {
			s.change("quotes are removed")
		}
		switch {
		case c == '"':
			double = !double
		case double && c == '\\' && !escapes('"', token[1:]):
			s.out.WriteString(token)
		case double || !s.unquoted(token, text, previous):
			s.special(token)
		}
		previous = c
	}
	if double {
		s.fail("close it or remove it; one at the very end is always stripped",
			"a double quote is not closed, and all options are lost")
	}
}

// unquoted evaluates what means something without quotes only.
func (s *shell) unquoted(token, rest string, previous byte) bool {
	const cure = "put the option in single quotes"
	switch c := token[0]; {
	case c == '\'':
		s.out.WriteString(s.inner(token))
	case strings.IndexByte(";&|<>", c) >= 0:
		s.fail(cure, "what follows %q is not an option", token)
	case c == '(' || c == ')':
		s.fail(cure, "all options are lost at %q", token)
	case c == '#' && previous == ' ':
		s.fail("remove it", "what follows # is a comment")
	case c == '{' && braces(rest):
		s.change("{} is expanded into several words")
		s.out.WriteString(token)
	default:
		return false
	}
	return true
}

// special evaluates what means the same in double quotes and without.
func (s *shell) special(token string) {
	switch c := token[0]; {
	case c == '\\':
		s.change(`\ is removed: write \\ or use single quotes`)
		s.out.WriteString(token[1:])
	case c == '`', strings.HasPrefix(token, "$("):
		s.inner(token)
		s.change("a command is run: use single quotes if it is not one")
		s.out.WriteString(unknown)
	case c != '$' || len(token) == 1:
		s.out.WriteString(token)
	default:
		name := token[1:]
		if name[0] == '{' {
			name = s.inner(token)
		} else if strings.IndexByte(letters+"_", name[0]) < 0 {
			s.change("$%s is replaced: write \\$ or use single quotes", name)
		}
		value, ok := s.env[name]
		if !ok {
			value = unknown
		}
		s.out.WriteString(value)
	}
}

// inner returns what is between the ends of a token, if it has both.
func (s *shell) inner(token string) string {
	begin := token[:1]
	if begin == "$" {
		begin = token[:2]
	}
	ends := map[string]string{"'": "'", "`": "`", "$(": ")", "${": "}"}
	inner, closed := strings.CutSuffix(token[len(begin):], ends[begin])
	if !closed {
		s.fail("close it or remove it", "%s is not closed, and all options are lost", begin)
	}
	return inner
}

// braces reports whether a brace has an end and a comma or a range before it.
func braces(rest string) bool {
	inner, _, ok := strings.Cut(rest, "}")
	return ok && !strings.Contains(inner, " ") && (strings.Contains(inner, ",") || strings.Contains(inner, ".."))
}

// withArgument are the options of the launcher whose argument is the next word.
var withArgument = strings.Fields("-cp -classpath --class-path -p --module-path --upgrade-module-path --add-modules " +
	"--enable-native-access --limit-modules --add-reads --add-exports --add-opens --patch-module")

// checkWords finds the first word that the JVM takes for the class to run.
func (s *shell) checkWords(words []string) {
	for i, word := range words {
		switch {
		case strings.HasPrefix(word, "-") || strings.HasPrefix(word, "@") || strings.HasPrefix(word, unknown):
		case i > 0 && slices.Contains(withArgument, words[i-1]):
			if strings.ContainsAny(word, "*?[") {
				s.change("%s is replaced by the files that it matches", word)
			}
		default:
			s.fail("options cannot contain blanks, in quotes or not, nor begin with anything but -",
				"Java takes %q for the class to run", strings.ReplaceAll(word, unknown, "…"))
		}
	}
}
