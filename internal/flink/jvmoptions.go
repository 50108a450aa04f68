package flink

import (
	"fmt"
	"slices"
	"strings"
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
	if v.StrictYAML && strings.ContainsAny(value, "\t\r\n") {
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
	if v.StrictYAML && value != "" && (strings.ContainsAny(value[:1], `"'#,[]{}&*!|>%@`+"`") ||
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
	text    string // what is left
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

// take returns the first n bytes of what is left.
func (s *shell) take(n int) string {
	head := s.text[:n]
	s.text = s.text[n:]
	return head
}

// until takes what stands before an end, and the end.
func (s *shell) until(end, what string) string {
	i := strings.Index(s.text, end)
	if i < 0 {
		s.fail("close it or remove it", "%s is not closed, and all options are lost", what)
		i = len(s.text) - len(end)
	}
	return strings.TrimSuffix(s.take(max(0, i)+len(end)), end)
}

func (s *shell) evaluate(text string) {
	s.text = text
	previous := byte(' ')
	for s.text != "" && s.failed == "" {
		c := s.take(1)[0]
		switch {
		case c == '\'' || c == '"':
			if !strings.Contains(` ='"`, string(previous)) {
				s.change("quotes are removed")
			}
			if c == '\'' {
				s.out.WriteString(s.until("'", "a single quote"))
			} else {
				s.double()
			}
		case strings.IndexByte(";&|<>", c) >= 0:
			s.fail("put the option in single quotes", "what follows %q is not an option", string(c))
		case c == '(' || c == ')':
			s.fail("put the option in single quotes", "all options are lost at %q", string(c))
		case c == '#' && previous == ' ':
			s.fail("remove it", "what follows # is a comment")
		case c == '{' && braces(s.text):
			s.change("{} is expanded into several words")
			s.out.WriteByte(c)
		default:
			s.special(c)
		}
		previous = c
	}
}

// double evaluates what is in double quotes.
func (s *shell) double() {
	for s.failed == "" {
		if s.text == "" {
			s.fail("close it or remove it; one at the very end is always stripped",
				"a double quote is not closed, and all options are lost")
			return
		}
		switch c := s.take(1)[0]; {
		case c == '"':
			return
		case c == '\\' && !escapes('"', s.text):
			s.out.WriteByte(c)
		default:
			s.special(c)
		}
	}
}

// special evaluates a character that means the same in double quotes and without.
func (s *shell) special(c byte) {
	switch {
	case c == '\\':
		s.change(`\ is removed: write \\ or use single quotes`)
		if s.text != "" {
			s.out.WriteString(s.take(1))
		}
	case c == '`':
		s.until("`", "a backtick")
		s.change("a command is run: use single quotes if it is not one")
		s.out.WriteString(unknown)
	case c == '$' && s.text != "":
		s.expand()
	default:
		s.out.WriteByte(c)
	}
}

// expand evaluates what begins with $.
func (s *shell) expand() {
	const first = letters + "_"
	switch c := s.text[0]; {
	case c == '(':
		s.until(")", "$(")
		s.change("a command is run: use single quotes if it is not one")
		s.out.WriteString(unknown)
	case c == '{':
		s.take(1)
		s.variable(s.until("}", "${"))
	case strings.IndexByte(first, c) >= 0:
		s.variable(s.take(len(s.text) - len(strings.TrimLeft(s.text, first+"0123456789"))))
	case strings.IndexByte("0123456789$?!#@*-'\"", c) >= 0:
		s.change("$%s is replaced: write \\$ or use single quotes", string(c))
		s.out.WriteString(unknown)
		s.take(1)
	default:
		s.out.WriteByte('$')
	}
}

func (s *shell) variable(name string) {
	value, ok := s.env[name]
	if !ok {
		value = unknown
	}
	s.out.WriteString(value)
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
