package secrets

import (
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/internal/lazyregexp"
)

// words are what names of secrets contain, with any separators or without.
const words = "passwd|password|passphrase|passcode|secret|token|credential|private-key|api-key|access-key|" +
	"account-key|encryption-key|signing-key|master-key|shared-key|storage-key|jaas-config|basic-auth|" +
	"dockerconfigjson|connection-string"

var (
	separators = strings.NewReplacer("-", "", "_", "", ".", "")
	bare       = strings.Split(separators.Replace(words), "|")
	word       = "(?i)(?:" + strings.ReplaceAll(words, "-", "[-_.]?") + ")"
	// ends are what else names of secrets end with, the first of their words included: DB_PASS,
	// PGPASS, user-pwd. The / is the beginning of a name, too; PWD is a folder.
	ends = strings.Fields("-pass _pass .pass /pass pgpass dbpass userpass mypass -pwd _pwd .pwd /pwd dbpwd userpwd " +
		"mypwd -authorization _authorization .authorization /authorization /auth /_auth /cookie /set-cookie")
	// notKeys are keys that hold no secret, where others ending so are likely to: ENCRYPT_KEY, and not PUBLIC_KEY.
	notKeys = strings.Fields("public primary foreign partition routing topology sort group message event row")
	// about are the ends of names that say something about a secret, and hold none: where
	// it is, such as in a Kubernetes Secret of this name, or how it is used.
	about = lazyregexp.New(`(?i:[-_.](?:` + aspects + `)s?$)|[a-z](?:` + camel(aspects) + `)s?$|` +
		`(?:PASS|KEY|TOKEN|SECRET)FILE$`)
	// reference is a key of Kubernetes whose map or list says where a secret is.
	reference = lazyregexp.New(`(?i)^(?:secret|secrets|serviceAccountToken|imagePullSecrets)$|secret(?:key)?ref$`)
	// whole is a value that only says where to take one from.
	whole = lazyregexp.New(`^(?:\$\{[^{}]*\}|\$\([^()]*\)|\{\{[^{}]*\}\})$`)
	file  = lazyregexp.New(`^(?:file:/*|[A-Za-z]:\\|\.{0,2}/)[\w./\\@-]+$`)
)

const aspects = "enabled|interval|backoff|ratio|timeout|path|file|dir|location|class|factory|type|name|provider|" +
	"algorithm|length|ttl|url|uri|endpoint|alias|namespace|ref|audience|format|mode|version"

// camel writes words as they end names like secretName.
func camel(words string) string {
	list := strings.Split(words, "|")
	for i, w := range list {
		list[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(list, "|")
}

// Key reports whether values of this name should not be printed: the name of an
// option, an environment variable, or a field.
func Key(name string) bool {
	before, ok := strings.CutSuffix(strings.ToLower(name), "key")
	word := strings.TrimRight(before, "-_.")
	return ok && word != before && !hasSuffix(word, notKeys) || sure(name)
}

// sure is Key without what is only likely.
func sure(name string) bool {
	lower := strings.ToLower(name)
	return (hasOne(separators.Replace(lower), bare) || hasSuffix("/"+lower, ends) && lower != "pwd") &&
		!about().MatchString(name)
}

func hasSuffix(text string, list []string) bool {
	return slices.ContainsFunc(list, func(suffix string) bool { return strings.HasSuffix(text, suffix) })
}

// refers reports whether what is below this name of Kubernetes are no secrets.
func refers(name string) bool { return reference().MatchString(name) }

// isSecret reports whether a value of this name is a secret, for its name.
func isSecret(name, value string) bool {
	return Key(name) && !harmless(name, value) ||
		credentials().MatchString(name) && userPassword().MatchString(value)
}

// harmless reports whether a value of a secret's name is none: a switch, a reference, or a
// file with the secret. Passwords may look like files.
func harmless(name, value string) bool {
	value = strings.TrimSpace(value)
	switch strings.ToLower(value) {
	case "", "true", "false", "null", "~", "none":
		return true
	}
	// No path looks like this, and base64 may start with a slash. People choose passwords.
	lower, upper := strings.ToLower(value), strings.ToUpper(value)
	isRandom := len(value) >= 16 && !strings.Contains(value, ".") && lower != value && upper != value &&
		strings.ContainsAny(value, "0123456789")
	chosen := hasOne(strings.ToLower(name), []string{"pass", "pwd"})
	return whole().MatchString(value) || strings.HasPrefix(value, Hidden) ||
		file().MatchString(value) && !isRandom && !chosen
}

// option returns the name of a command-line option whose value is the next argument,
// and "" for other arguments.
func option(argument string) string {
	if name := strings.TrimLeft(argument, "-"); name != argument && !strings.ContainsAny(name, "= ") {
		return argument
	}
	return ""
}
