package verify

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/flinktarget/flinktarget/internal/tree"
)

func unless(ok bool, message string) string {
	if ok {
		return ""
	}
	return message
}

// enum takes "" for unset, as Kubernetes does.
func enum(values ...string) check {
	message := "not supported: must be one of " + strings.Join(values, ", ")
	return func(value any) string {
		s, _ := value.(string)
		return unless(s == "" || slices.Contains(values, s), message)
	}
}

func between(least, most int64) check {
	return func(value any) string {
		n, ok := whole(value)
		switch {
		case !ok || n >= least && n <= most:
			return ""
		case n < least:
			return fmt.Sprintf("must be at least %d", least)
		default:
			return fmt.Sprintf("must be at most %d", most)
		}
	}
}

// plain reports whether a text has only letters, digits and inner dashes, which all rules
// for names take, those for names in lower case if there are no capitals. The rules are
// regular expressions, and nearly all names are plain: this saves a tenth of a rendering.
func plain(s string, capitals bool) bool {
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', capitals && c >= 'A' && c <= 'Z':
		case c == '-' && i > 0 && i < len(s)-1:
		default:
			return false
		}
	}
	return len(s) <= validation.DNS1123LabelMaxLength
}

// name is legal for what may be plain. Variables may not, which start with a letter, nor
// ports, which are shorter.
func name(problems func(string) []string) check {
	slow := legal(problems)
	return func(value any) string {
		if s, _ := value.(string); plain(s, false) {
			return ""
		}
		return slow(value)
	}
}

// legal is a rule of Kubernetes for texts. Whether there must be one is another question.
func legal(problems func(string) []string) check {
	return func(value any) string {
		s, _ := value.(string)
		if s == "" {
			return ""
		}
		return strings.Join(problems(s), "; ")
	}
}

func legalLabels(value any) string {
	m, _ := value.(tree.Map)
	first := "" // maps have no order
	for key, value := range m {
		s, _ := value.(string)
		if key != "" && plain(key, true) && plain(s, true) {
			continue
		}
		if problems := append(validation.IsQualifiedName(key), validation.IsValidLabelValue(s)...); len(problems) > 0 {
			if text := strconv.Quote(key) + ": " + problems[0]; first == "" || text < first {
				first = text
			}
		}
	}
	return first
}

func legalAnnotations(value any) string {
	m, _ := value.(tree.Map)
	for _, key := range tree.Keys(m) {
		if problems := validation.IsQualifiedName(strings.ToLower(key)); len(problems) > 0 {
			return strconv.Quote(key) + ": " + problems[0]
		}
	}
	return ""
}

func image(value any) string {
	s, _ := value.(string)
	return unless(s == strings.TrimSpace(s), "must not have leading or trailing whitespace")
}

func notNegative(value any) string {
	q, _ := quantity(value)
	return unless(q.Sign() >= 0, "must not be negative")
}

// portOrName is a number, or the name of a port.
func portOrName(value any) string {
	if n, ok := whole(value); ok {
		return port(n)
	}
	if value == "" {
		return "must be the number or the name of a port"
	}
	return legal(validation.IsValidPortName)(value)
}

// targetPort is the port itself if it is not set.
func targetPort(value any) string {
	if n, ok := whole(value); value == "" || ok && n == 0 {
		return ""
	}
	return portOrName(value)
}

// percentage reads a text such as 25%.
func percentage(value any) (int, bool) {
	s, _ := value.(string)
	digits, ok := strings.CutSuffix(s, "%")
	n, err := strconv.ParseUint(digits, 10, 32)
	return int(n), ok && err == nil && len(digits) < 10
}

func quota(value any) string {
	if n, ok := whole(value); ok {
		return count(n)
	}
	_, ok := percentage(value)
	return unless(ok, "must be a whole number or a percentage such as 25%")
}

// share is a number of pods, or a part of all.
func share(value any) string {
	if n, ok := percentage(value); ok && n > 100 {
		return "must not be more than 100%"
	}
	return quota(value)
}

// relative is a path below a volume.
func relative(value any) string {
	s, _ := value.(string)
	ok := !path.IsAbs(s) && !slices.Contains(strings.Split(s, "/"), "..")
	return unless(ok, "must be a relative path, and must not contain '..'")
}

// inside is a path of a file that a volume gets.
func inside(value any) string {
	s, _ := value.(string)
	if s == "" || strings.HasPrefix(s, "..") {
		return "must be the path of a file in the volume, and must not start with '..'"
	}
	return relative(value)
}

// Fields of a pod that a variable of a container can have, and a file in a volume.
var (
	variableFields = []string{"metadata.name", "metadata.namespace", "metadata.uid",
		"metadata.labels['KEY']", "metadata.annotations['KEY']", "spec.nodeName", "spec.serviceAccountName",
		"status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"}
	fileFields = append(variableFields[:5:5], "metadata.labels", "metadata.annotations")
)

// podField is a check for one of fields.
func podField(value any, fields []string) string {
	s, _ := value.(string)
	if list, key, ok := strings.Cut(strings.TrimSuffix(s, "']"), "['"); ok && strings.HasSuffix(s, "']") {
		switch list {
		case "metadata.labels":
			return strings.Join(validation.IsQualifiedName(key), "; ")
		case "metadata.annotations":
			return strings.Join(validation.IsQualifiedName(strings.ToLower(key)), "; ")
		}
	}
	return enum(fields...)(value)
}

var selectable = []string{"limits.cpu", "limits.memory", "limits.ephemeral-storage", "limits.hugepages-SIZE",
	"requests.cpu", "requests.memory", "requests.ephemeral-storage", "requests.hugepages-SIZE"}

func resourceSelected(value any) string {
	s, _ := value.(string)
	if strings.HasPrefix(s, "limits.hugepages-") || strings.HasPrefix(s, "requests.hugepages-") {
		return ""
	}
	return enum(selectable...)(value)
}
