package explain

import (
	"slices"
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/build"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// derivation says what the renderer makes the fields of one generated object of.
type derivation struct {
	x      *Record
	plan   *build.Plan
	object tree.Map
	at     match // of the field in hand
}

// rule is how the fields at a path and below come about.
type rule struct {
	// at are the steps of a path, joined by slashes; * stands for any. The tables below have several
	// paths in a row, with blanks between them.
	at string
	// name is what the rule is called, "" for fields that the resource gives as they are.
	name string
	// from tells what it makes the field of; nil is nothing.
	from from
}

// match is how a field fits a rule.
type match struct {
	keys []string // what stands for *
	tail []string // the steps below the path of the rule; if that ends with *, with what stands for it
}

// matches reports whether the steps to a field are those of the rule, or lead below it.
func (r rule) matches(names []string) (m match, ok bool) {
	steps := strings.Split(r.at, "/")
	if len(names) < len(steps) {
		return match{}, false
	}
	for i, step := range steps {
		switch {
		case step == "*":
			m.keys, m.tail = append(m.keys, plainName(names[i])), names[i:]
		case step != names[i]:
			return match{}, false
		default:
			m.tail = names[i+1:]
		}
	}
	return m, true
}

// last is what stands for the last *.
func (m match) last() string { return m.keys[len(m.keys)-1] }

// plainName returns a name without the quotes that names of elements may have.
func plainName(name string) string {
	if unquoted, err := strconv.Unquote(name); err == nil {
		return unquoted
	}
	return name
}

// ruleFor returns the first rule that is about a field.
func ruleFor(names []string) (rule, match) {
	for _, r := range rules {
		if m, ok := r.matches(names); ok {
			return r, m
		}
	}
	return rule{}, match{}
}

// sources returns those of a generated field.
func (r derivation) sources(l Leaf) []Origin {
	var found rule
	found, r.at = ruleFor(l.names())
	var out []Origin
	if found.name != "" || found.at == "" {
		out = generated(found.name)(&r)
	}
	return append(out, all(found.from)(&r)...)
}

// Rules returns what the rules are about and their names, in the order in which they
// are asked.
func Rules() (paths, names []string) {
	for _, r := range rules {
		paths, names = append(paths, r.at), append(names, r.name)
	}
	return paths, names
}

// RuleFor returns what the rule is about that a field has, "" if there is none.
func RuleFor(path tree.Path) string {
	r, _ := ruleFor(Leaf{At: path}.names())
	return r.at
}

// existence is what decides whether there are objects of a kind at all.
var existence = map[string]from{
	"ServiceAccount":      account,
	"Role":                account,
	"RoleBinding":         account,
	"PodDisruptionBudget": all(option("PodDisruptionBudgets"), replicas),
	"PodMonitor":          option("WithMetrics"),
	"Ingress":             option("WithIngress"), "HorizontalPodAutoscaler": option("WithAutoscaling"),
	"NetworkPolicy": option("WithNetworkPolicies"),
}

// rules are all of them. The first that fits counts.
var rules = slices.Concat(below("", objectRules), below("spec/template/", podRules),
	below("spec/template/spec/containers/*/", containerRules),
	below("spec/template/spec/initContainers/*/", fetcherRules, artifacts))

// below returns the rules of what is below a path, which are also about other sources.
func below(path string, list []rule, also ...from) (out []rule) {
	for _, r := range list {
		of := all(append([]from{r.from}, also...)...)
		for at := range strings.FieldsSeq(r.at) {
			out = append(out, rule{path + at, r.name, of})
		}
	}
	return out
}

// The rules of objects other than pods.
var objectRules = []rule{
	{"apiVersion kind", "kind", nil},
	{"metadata/name", "name", identity},
	{"metadata/namespace", "namespace", namespaced},
	{"metadata/labels/*", "", labelOr("kubernetes.labels")},
	{"metadata/annotations/*", "", all(given("kubernetes.annotations"), annotated)},

	{"data/" + flink.Log4jFile, "logging", logging},
	{"data/" + flink.ScriptFile, "", settings("artifact.sqlScript")},
	{"data/" + flink.SubmitFile + " data/" + flink.SubmitLog4jFile, "submission", nil},
	{"data/*", "configuration", configuration},

	{"roleRef/name subjects/*/name", "name", identity},
	{"subjects/*/namespace", "namespace", namespaced},
	{"roleRef rules subjects", "rights", nil},

	{"spec/ports", "ports", nil},
	{"spec/selector/matchLabels/* spec/selector/* spec/podSelector/matchLabels/*", "selector", systemLabel},
	{"spec/podMetricsEndpoints", "metrics", nil},
	{"spec/rules/*/http/paths/*/backend/service/name spec/scaleTargetRef/name", "name", identity},
	{"spec/rules/*/host spec/tls/*/hosts", "ingress", host},
	{"spec/rules/*/http spec/tls spec/ingressClassName", "ingress", nil},
	{"spec/scaleTargetRef spec/minReplicas spec/maxReplicas spec/metrics", "autoscaling", nil},
	{"spec/ingress/*/from/*/podSelector/matchLabels/* spec/egress/*/to/*/podSelector/matchLabels/*", "network",
		systemLabel},
	{"spec/ingress", "network", open},
	{"spec/egress", "network", all(open, highAvailability)},
	{"spec/policyTypes", "network", nil},
	{"spec/maxUnavailable spec/unhealthyPodEvictionPolicy", "disruption", nil},

	{"spec/replicas", "replicas", replicas},
	{"spec/strategy", "strategy", highAvailability},
	{"spec/backoffLimit", "restarts", all(highAvailability, ofField("spec.maxJobCreationAttempts"))},
	{"spec/podFailurePolicy/rules/0", "restarts", nil},
	{"spec/podFailurePolicy/rules", "restarts", highAvailability},
	{"spec/completions spec/parallelism", "restarts", nil},
}

// The rules of pods but for their containers.
var podRules = []rule{
	{"metadata/labels/*", "", labelOr("kubernetes.pods.labels")},
	{"metadata/annotations/*", "",
		all(given("kubernetes.pods.annotations"), given("kubernetes.annotations"), scraped)},
	{"spec/automountServiceAccountToken", "service account", account},
	{"spec/serviceAccountName", "service account", all(account, identity)},
	{"spec/enableServiceLinks", "isolation", nil},
	{"spec/restartPolicy", "restarts", nil},
	{"spec/securityContext/*", "security", given("kubernetes.pods.securityContext")},
	{"spec/terminationGracePeriodSeconds", "termination", nil},
	{"spec/topologySpreadConstraints/*/labelSelector/matchLabels/*", "spread", systemLabel},
	{"spec/topologySpreadConstraints", "spread", nil},
	{"spec/nodeSelector", "", given("kubernetes.pods.nodeSelector")},
	{"spec/affinity", "", given("kubernetes.pods.affinity")},
	{"spec/tolerations", "", given("kubernetes.pods.tolerations")},
	{"spec/imagePullSecrets", "", given("kubernetes.pods.imagePullSecrets")},
	{"spec/volumes/*", "", volume},
}

// The rules of all containers, of those that run Flink, and of those that fetch jars.
var (
	sharedRules = []rule{
		{"name", "container", nil},
		{"image", "image", image},
		{"resources/*/cpu", "resources", resources("cpu")},
		{"resources/*/memory", "resources", resources("memory")},
		{"securityContext", "security", nil},
		{"env/*", "", variable},
		{"volumeMounts/*", "", mount},
	}
	containerRules = append(sharedRules[:len(sharedRules):len(sharedRules)], []rule{
		{"args/*", "arguments", argument},
		{"ports/" + strconv.Itoa(flink.PortQueryableState), "ports", annotation(deployment.AnnotationQueryableState)},
		{"ports/*", "ports", metricsPort},
		{"livenessProbe", "probes", nil},
		{"readinessProbe startupProbe", "probes", plainREST},
	}...)
	fetcherRules = append([]rule{{"image", "image", all(image, templateImage)}, {"args command", "artifact", nil}},
		sharedRules...)
)
