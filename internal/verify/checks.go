package verify

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	apivalidation "k8s.io/apimachinery/pkg/api/validation"
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

// legal is a rule of Kubernetes for texts. Whether there must be one is another question. What
// surely is legal does not get to Kubernetes' rules, which are regular expressions.
func legal(surely func(string) bool, problems func(string) []string) check {
	return func(value any) string {
		s, _ := value.(string)
		if s == "" || surely(s) {
			return ""
		}
		return strings.Join(problems(s), "; ")
	}
}

// isWord reports whether a text has only letters, digits, and inner -, _ and dots.
func isWord(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && (c != '-' && c != '_' && c != '.' || i == 0 || i == len(s)-1) {
			return false
		}
	}
	return len(s) <= validation.LabelValueMaxLength
}

// isName reports whether a text is a word of lower-case letters, digits and dashes, and
// begins with a letter.
func isName(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 'a' && (i == 0 || c != '-' && c > '9' || c == '.') {
			return false
		}
	}
	return s != "" && isWord(s)
}

func isPort(s string) bool { return len(s) <= 15 && isName(s) && !strings.Contains(s, "--") }

// isKey reports whether a text is a word, or one behind a domain, as in example.com/a.
func isKey(s string) bool {
	domain, name, qualified := strings.Cut(s, "/")
	if !qualified {
		return s != "" && isWord(s)
	}
	for part := range strings.SplitSeq(domain, ".") {
		if !isName(part) {
			return false
		}
	}
	return name != "" && isWord(name) && len(domain) <= validation.DNS1123SubdomainMaxLength
}

// entries is a check of the keys and values of labels and annotations.
func entries(keyProblems, valueProblems func(string) []string) check {
	return func(value any) string {
		m, _ := value.(tree.Map)
		first := "" // maps have no order
		for key, value := range m {
			s, _ := value.(string)
			if isKey(key) && isWord(s) {
				continue
			}
			if problems := append(keyProblems(key), valueProblems(s)...); len(problems) > 0 {
				if text := strconv.Quote(key) + ": " + problems[0]; first == "" || text < first {
					first = text
				}
			}
		}
		return first
	}
}

func annotationKey(key string) []string {
	if isKey(key) {
		return nil
	}
	return validation.IsQualifiedName(strings.ToLower(key))
}

// annotations may come from several settings, which together are too large.
func annotations(value any) string {
	if err := apivalidation.ValidateAnnotationsSize(tree.Strings(value)); err != nil {
		return err.Error()
	}
	return annotationKeys(value)
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
	s, _ := value.(string)
	return strings.Join(validation.IsValidPortName(s), "; ")
}

// targetPort is the port itself if it is not set.
func targetPort(value any) string {
	if n, ok := whole(value); value == "" || ok && n == 0 {
		return ""
	}
	return portOrName(value)
}

// quota is a number of pods, or a percentage of all of them.
func quota(value any) string {
	if n, ok := whole(value); ok {
		return count(n)
	}
	s, _ := value.(string)
	return unless(len(validation.IsValidPercent(s)) == 0, "must be a whole number or a percentage such as 25%")
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
	variableField = podField("spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs",
		"status.podIP", "status.podIPs")
	fileField = podField("metadata.labels", "metadata.annotations")
)

func podField(more ...string) check {
	other := enum(slices.Concat(names{"metadata.name", "metadata.namespace", "metadata.uid",
		"metadata.labels['KEY']", "metadata.annotations['KEY']"}, more)...)
	return func(value any) string {
		s, _ := value.(string)
		list, key, _ := strings.Cut(strings.TrimSuffix(s, "']"), "['")
		switch one := strings.HasSuffix(s, "']"); {
		case one && list == "metadata.labels":
			return strings.Join(validation.IsQualifiedName(key), "; ")
		case one && list == "metadata.annotations":
			return strings.Join(annotationKey(key), "; ")
		}
		return other(value)
	}
}

// shared reports whether a resource is one of those that all nodes have.
func shared(name string) bool {
	return name == "cpu" || name == "memory" || name == "ephemeral-storage"
}

func resourceName(name string) string {
	if shared(name) || strings.HasPrefix(name, "hugepages-") {
		return ""
	}
	if !strings.Contains(name, "/") {
		return "not supported: must be cpu, memory, ephemeral-storage, hugepages-SIZE or like example.com/gpu"
	}
	return strings.Join(validation.IsQualifiedName(name), "; ")
}

func volume(m tree.Map) (string, string) {
	var sources names
	for _, key := range tree.Keys(m) {
		if key != "name" && m[key] != nil {
			sources = append(sources, key)
		}
	}
	if len(sources) > 1 {
		return sources[1], onlyOne(sources)
	}
	return "", ""
}

func variableSource(m tree.Map) (string, string) {
	return "fieldRef.fieldPath", variableField(tree.Child(m, "fieldRef")["fieldPath"])
}

// downwardFile: what a file shows of a container's resources needs its name.
func downwardFile(m tree.Map) (string, string) {
	if ref := tree.Child(m, "resourceFieldRef"); ref != nil && empty(ref["containerName"]) {
		return "resourceFieldRef.containerName", "required in a volume"
	}
	return "fieldRef.fieldPath", fileField(tree.Child(m, "fieldRef")["fieldPath"])
}

func envVar(m tree.Map) (string, string) {
	return "valueFrom", unless(m["valueFrom"] == nil || m["value"] == nil, "must set only one of value and valueFrom; "+
		"to replace one with the other, set the old one to null in the same patch")
}

func toleration(m tree.Map) (string, string) {
	switch operator := tree.String(m, "operator"); {
	case empty(m["key"]) && operator != "Exists":
		return "operator", "must be Exists without a key: it tolerates everything"
	case operator == "Exists" && !empty(m["value"]):
		return "value", "must not be set with operator Exists"
	case m["tolerationSeconds"] != nil && m["effect"] != "NoExecute":
		return "effect", "must be NoExecute with tolerationSeconds"
	}
	return "", ""
}

func selectorValues(m tree.Map) (string, string) {
	n := len(tree.Items(m, "values"))
	switch operator := tree.String(m, "operator"); operator {
	case "In", "NotIn":
		return "values", unless(n > 0, "required with operator "+operator)
	case "Exists", "DoesNotExist":
		return "values", unless(n == 0, "must not be set with operator "+operator)
	case "Gt", "Lt":
		return "values", unless(n == 1, "must have one value with operator "+operator)
	}
	return "", ""
}

func localhost(m tree.Map) (string, string) {
	same := (m["type"] == "Localhost") == !empty(m["localhostProfile"])
	return "localhostProfile", unless(same, "must be set with type Localhost, and with no other")
}

// privileged: a patch that gives a container more has to take back what is rendered.
func privileged(m tree.Map) (string, string) {
	admin := func(c any) bool { return c == "SYS_ADMIN" || c == "CAP_SYS_ADMIN" }
	field := ""
	switch {
	case m["privileged"] == true:
		field = "privileged"
	case slices.ContainsFunc(tree.Items(m, "capabilities", "add"), admin):
		field = "capabilities"
	}
	return field, unless(field == "" || m["allowPrivilegeEscalation"] != false, "must not be set with "+
		"allowPrivilegeEscalation: false, which is rendered by default; set that to true in the same patch")
}

// container has what probes of a container must not say.
func container(m tree.Map) (string, string) {
	for _, name := range [...]string{"livenessProbe", "startupProbe"} {
		if n, ok := whole(tree.Child(m, name)["successThreshold"]); ok && n != 1 {
			return name, "successThreshold must be 1"
		}
	}
	grace := tree.Child(m, "readinessProbe")["terminationGracePeriodSeconds"]
	return "readinessProbe", unless(grace == nil, "does not support terminationGracePeriodSeconds")
}

func strategy(m tree.Map) (string, string) {
	return "rollingUpdate", unless(m["type"] != "Recreate" || m["rollingUpdate"] == nil,
		"must not be set with type Recreate; set it to null")
}

func rolling(m tree.Map) (string, string) {
	zero := func(name string) bool { return strings.Trim(fmt.Sprint(m[name]), "0%") == "" } // 00%, too
	return "maxUnavailable", unless(!zero("maxUnavailable") || !zero("maxSurge"),
		"must not be 0 when maxSurge is 0: nothing could be replaced")
}

const podRestartPolicy = "template.spec.restartPolicy"

func deploymentSpec(m tree.Map) (string, string) {
	policy := tree.String(m, "template", "spec", "restartPolicy")
	return podRestartPolicy, unless(policy == "" || policy == "Always", "must be Always in the pods of a Deployment")
}

// jobSpec: a Job that decides by how pods fail keeps those that failed.
func jobSpec(m tree.Map) (string, string) {
	if replaced := m["podReplacementPolicy"]; replaced != nil && replaced != "Failed" && m["podFailurePolicy"] != nil {
		return "podReplacementPolicy", "must be Failed with a podFailurePolicy"
	}
	policy := tree.String(m, "template", "spec", "restartPolicy")
	if m["podFailurePolicy"] == nil {
		return podRestartPolicy, unless(policy == "Never" || policy == "OnFailure",
			"must be Never or OnFailure in the pods of a Job")
	}
	return podRestartPolicy, unless(policy == "Never",
		"must be Never with a podFailurePolicy; to have another, set podFailurePolicy to null in the same patch")
}

func ingressSpec(m tree.Map) (string, string) {
	return "rules", unless(!empty(m["rules"]) || !empty(m["defaultBackend"]), "required without defaultBackend")
}

func replicaRange(m tree.Map) (string, string) {
	least, _ := whole(m["minReplicas"])
	most, _ := whole(m["maxReplicas"])
	return "maxReplicas", unless(most == 0 || least <= most, "must be at least minReplicas")
}

// metricSource is the one that the type names.
func metricSource(m tree.Map) (string, string) {
	kind := tree.String(m, "type")
	name := strings.ToLower(kind[:min(1, len(kind))]) + kind[min(1, len(kind)):]
	return name, unless(!slices.Contains(metricSources, name) || !empty(m[name]), "required with type "+kind)
}

func peer(m tree.Map) (string, string) {
	if m["ipBlock"] != nil {
		return "namespaceSelector", unless(m["namespaceSelector"] == nil, "must not be set with ipBlock")
	}
	return "", unless(m["podSelector"] != nil || m["namespaceSelector"] != nil,
		"must have ipBlock, namespaceSelector or podSelector")
}
