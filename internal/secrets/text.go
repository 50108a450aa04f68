package secrets

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/internal/lazyregexp"
)

// shapes are what is a secret whatever is around it: the first group of a pattern, which
// needs one of these signs to be there.
var shapes = []struct {
	signs   []string
	pattern func() *regexp.Regexp
}{
	{[]string{"@"}, userInfo},
	{[]string{"@"}, token},
	{[]string{"PRIVATE KEY"},
		lazyregexp.New(`((?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----|$))`)},
	{[]string{"="}, // signed URIs
		lazyregexp.New(`(?:^|[?&;\s"'])(?i:sig|signature|x-amz-\w+|x-goog-\w+)=([^&\s"'<>]+)`)},
	{[]string{"AKIA", "ASIA", "gh", "glpat-", "xox", "eyJ"}, // cloud providers, forges, identity providers
		lazyregexp.New(`\b((?:AKIA|ASIA)[A-Z0-9]{16}|gh[a-z]_\w{20,}|glpat-[\w-]{16,}|xox[a-z]-[\w-]{10,}|` +
			`eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*)`)},
}

// hints are in every name of a secret.
var hints = []string{"pass", "pwd", "secret", "token", "credential", "key", "auth", "cookie", "jaas", "dockerconfig",
	"connection", "-u", "--proxy-user"}

// hasOne reports whether a text has one of these.
func hasOne(text string, signs []string) bool {
	return slices.ContainsFunc(signs, func(sign string) bool { return strings.Contains(text, sign) })
}

var (
	// userInfo is a password in a URI, which may have slashes.
	userInfo = lazyregexp.New(`://([^\s"'<>@:/]*:[^\s"'<>]+)@`)
	// token is what stands alone in front of a host. For some schemes it is no secret.
	token      = lazyregexp.New(`(?i)\b(?:https?|ftps?|amqps?|rediss?|s3|s3a|git\+https)://([^\s"'<>@:/?#]+)@`)
	references = lazyregexp.New(`^[^:]*:(?:\$\{[^{}]*\}|\$\([^()]*\))$`)

	// A key and what separates it from its value, in properties, YAML, JSON, command lines.
	assignment = lazyregexp.New(`["']?([A-Za-z_$][\w.$/-]*)["']?[ \t]*[:=][ \t]*`)
	argument   = lazyregexp.New(`(?:^|[\s"'\[,])(--?[A-Za-z][\w.-]*)["']?(?:[ \t,]+|\s*-\s+)["']?([^\s"',\]]+)`)
	// The name of an entry of a list, its value, and what is between two entries.
	entryName   = lazyregexp.New(`<(?:name|key)>\s*([^<\s]+)|["']?\b(?:name|key|id)["']?\s*[:=]\s*["']?([\w./-]+)`)
	entryValue  = lazyregexp.New(`(?:<value>\s*|["']?\bvalue["']?[ \t]*[:=][ \t]*)`)
	entryBounds = lazyregexp.New(`[{}]|(?m:^[ \t]*-[ \t])|</?(?:property|entry|item|param)\b|/>`)
	element     = lazyregexp.New(`<([\w.:-]+)(?:\s[^<>]*[^<>/]|\s*)>\s*([^<]+)`)
	named       = lazyregexp.New(`<\w+\s[^<>]*\b(?:name|key|id)\s*=\s*["']([^"']+)["'](?:[^<>]*[^<>/])?>\s*([^<]+)`)
	quotes      = lazyregexp.New(`(?s)^(?:"(?:[^"\\]|\\.)*"|'[^']*')`)
	block       = lazyregexp.New(`^(?:[|>][-+0-9]*)?[ \t]*(?:#[^\n]*)?(?:\n|$)`)

	credentials  = lazyregexp.New(`^(?:-u|-U|--user|--proxy-user)$`)
	userPassword = lazyregexp.New(`^[^:\s]+:.*[^0-9]`) // the ids of a user and a group are none
)

// shaped returns where a text has what is a secret by its shape.
func shaped(text string) (spans [][2]int) {
	for _, shape := range shapes {
		if !hasOne(text, shape.signs) {
			continue // which is much faster
		}
		for _, m := range shape.pattern().FindAllStringSubmatchIndex(text, -1) {
			if !references().MatchString(text[m[2]:m[3]]) {
				spans = append(spans, [2]int{m[2], m[3]})
			}
		}
	}
	return spans
}

// found returns where a text has secrets, sorted.
func found(text string) [][2]int {
	spans := shaped(text)
	if !hasOne(strings.ToLower(text), hints) {
		return spans
	}
	value := func(name string, from int) {
		to := valueEnd(text, from)
		from += len(strings.TrimRight(block().FindString(text[from:]), "\n"))
		if !harmless(name, strings.Trim(text[from:to], " \t\n\r\"',;")) {
			spans = append(spans, [2]int{from, to})
		}
	}
	for _, m := range assignment().FindAllStringSubmatchIndex(text, -1) {
		if name := text[m[2]:m[3]]; Key(name) && !(refers(name) && block().MatchString(text[m[1]:])) &&
			!strings.HasPrefix(text[m[1]:], "//") { // the scheme of a URI
			value(name, m[1])
		}
	}
	for _, expression := range [...]func() *regexp.Regexp{argument, element, named} {
		for _, m := range expression().FindAllStringSubmatchIndex(text, -1) {
			if isSecret(text[m[2]:m[3]], text[m[4]:m[5]]) {
				spans = append(spans, [2]int{m[4], m[5]})
			}
		}
	}
	entries(text, value)
	slices.SortFunc(spans, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return spans
}

// entries finds the values that stand beside their names, before or after them.
func entries(text string, value func(name string, from int)) {
	var bounds [][]int
	for _, m := range entryName().FindAllStringSubmatchIndex(text, -1) {
		at := max(m[2], m[4])
		name := text[at:max(m[3], m[5])]
		if !Key(name) {
			continue
		}
		if bounds == nil {
			bounds = append(entryBounds().FindAllStringIndex(text, -1), []int{len(text), len(text)})
		}
		next := slices.IndexFunc(bounds, func(b []int) bool { return b[0] >= at })
		from, to := 0, bounds[next][0]
		if next > 0 {
			from = bounds[next-1][1]
		}
		for _, v := range entryValue().FindAllStringIndex(text[from:to], -1) {
			value(name, from+v[1])
		}
	}
}

// valueEnd returns where the value that begins here ends: at the end of its quotes, its
// brackets, its element, its block of lines, or its line.
func valueEnd(text string, from int) int {
	rest := text[from:]
	if empty := block().FindString(rest); empty != "" || rest == "" {
		return from + len(empty) + blockLength(text, from, rest[len(empty):])
	}
	switch rest[0] {
	case '"', '\'':
		if q := quotes().FindString(rest); q != "" {
			return from + len(q)
		}
	case '{', '[':
		if i := closing(rest); i > 0 && !whole().MatchString("$"+rest[:i]) {
			return from + i
		}
	}
	end := strings.IndexAny(rest, "\n<")
	for end > 0 && rest[end] == '\n' && rest[end-1] == '\\' { // goes on in the next line
		next := strings.IndexByte(rest[end+1:], '\n')
		if next < 0 {
			return len(text)
		}
		end += 1 + next
	}
	if end < 0 {
		return len(text)
	}
	return from + end
}

// closing returns the length of what begins with a bracket, 0 if that does not end.
func closing(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// blockLength returns the length of the lines that belong to a key of the line before:
// those that are indented more, or in JSON the next value.
func blockLength(text string, key int, lines string) (length int) {
	indent := func(line string) int { return len(line) - len(strings.TrimLeft(line, " \t-")) }
	first := text[strings.LastIndexByte(text[:key], '\n')+1:]
	for line := range strings.Lines(lines) {
		if strings.TrimSpace(line) != "" && indent(line) <= indent(first) {
			if next := strings.TrimLeft(line, " \t"); length == 0 && strings.HasPrefix(next, `"`) && key > 0 {
				return len(line)
			}
			break
		}
		length += len(line)
	}
	return length
}

// covered returns a text without these parts, and with all its lines.
func covered(text string, spans [][2]int) string {
	var b strings.Builder
	written := 0
	for _, s := range spans {
		from, to := max(s[0], written), s[1]
		if from >= to {
			continue
		}
		b.WriteString(text[written:from])
		for line := range strings.Lines(text[from:to]) {
			if strings.TrimSpace(line) != "" {
				b.WriteString(Hidden)
			}
			if strings.HasSuffix(line, "\n") {
				b.WriteByte('\n')
			}
		}
		written = to
	}
	b.WriteString(text[written:])
	return b.String()
}
