package verify_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"
	"sigs.k8s.io/yaml"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/verify"
	"github.com/flinktarget/flinktarget/render"
)

// withEverything renders objects of all kinds.
const withEverything = app + "      numberOfTaskManagers: 2\n      " + haConf

// around are the options of what is rendered around a cluster.
var around = []render.Option{
	render.WithMetrics(render.Metrics{PodMonitor: true}),
	render.WithAutoscaling(render.Autoscaling{MaxReplicas: 4}),
	render.WithNetworkPolicies(render.NetworkPolicies{RESTFrom: everywhere, MetricsFrom: everywhere}),
}

var everywhere = []render.Peer{{NamespaceSelector: map[string]string{}}}

// problemsOf are what verification finds after a patch.
func problemsOf(t *testing.T, entry string) []flinktarget.Problem {
	t.Helper()
	text := withEverything
	if strings.Contains(entry, "component=jobmanager") {
		text = session // whose JobManager is a Deployment
	}
	opts := append(around[:len(around):len(around)], render.PodDisruptionBudgets())
	if strings.Contains(entry, "Ingress") { // patches of the Service are legal without one
		opts = append(opts, render.WithIngress(render.Ingress{Host: "{name}.example.com", TLSSecret: "tls"}))
	}
	m, err := renderJob(t, withPatches(text, entry), opts...)
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*render.VerifyError](err)
	assert.Assert(t, ok, "%v\n%.200s", err, entry)
	assert.Assert(t, errors.Is(err, flinktarget.ErrInvalid))
	assert.Equal(t, m.Len(), 0)
	for _, p := range e.Problems {
		assert.Equal(t, p.Cause.Field, "spec.deploymentPatchSet[0]", "%s", p)
	}
	return e.Problems
}

// Each verification has a patch that it refuses. The golden file is the table of
// them: what is wrong, the patch, and what is said to it.
func TestVerifications(t *testing.T) {
	cases := verifications()
	for _, rules := range []map[string]string{enumRules, podRules, volumeRules, containerRules, objectRules} {
		maps.Copy(cases, rules)
	}
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		problems := problemsOf(t, cases[name])
		if len(problems) == 0 {
			t.Errorf("%s: nothing is wrong with %.200s", name, cases[name])
		}
		fmt.Fprintf(&out, "%s\n    %s\n", name, shortened(cases[name]))
		for _, p := range problems {
			fmt.Fprintf(&out, "    %s: %s: %s\n", p.Object, p.Field, p.Message)
		}
	}
	golden.Assert(t, strings.ReplaceAll(out.String(), jobID, "ID"), "verifications.golden.txt")
	assertMessagesIn(t, out.String()+unreachable(t)+acrossText(t))
}

func shortened(entry string) string {
	if len(entry) > 300 {
		return entry[:100] + "…" + entry[len(entry)-20:]
	}
	return entry
}

// Without its rule, no case gives what it gives with it.
func TestRulesHaveCases(t *testing.T) {
	cases := map[string]string{}
	for _, rules := range []map[string]string{podRules, volumeRules, containerRules, objectRules} {
		maps.Copy(cases, rules)
	}
	for _, name := range verify.Rules() {
		entry, ok := cases[name]
		if !ok {
			t.Errorf("the rule %s has no case", name)
			continue
		}
		delete(cases, name)
		with := problemsOf(t, entry)
		verify.WithoutRule(name, func() {
			if slices.Equal(problemsOf(t, entry), with) {
				t.Errorf("%s: the same without it: %v", name, with)
			}
		})
	}
	assert.Equal(t, len(cases), 0, "there are no such rules: %v", slices.Sorted(maps.Keys(cases)))
}

// Selectors, system labels and names are refused earlier, when a patch changes
// them. Verification does not rely on that.
func unreachable(t *testing.T) string {
	t.Helper()
	object := func(text string, values ...any) map[string]any {
		var out map[string]any
		assert.NilError(t, yaml.Unmarshal(fmt.Appendf(nil, text, values...), &out))
		return out
	}
	workload := func(name, labels, selector string) map[string]any {
		return object(`
kind: Deployment
apiVersion: apps/v1
metadata: {name: %s, namespace: ns}
spec: {selector: {matchLabels: %s}, template: {metadata: {labels: %s}, spec: {containers: [{name: c, image: i}]}}}
`, name, selector, labels)
	}
	service := func(selector, ports string) map[string]any {
		return object(`
kind: Service
apiVersion: v1
metadata: {name: s, namespace: ns}
spec: {selector: %s, ports: [%s]}
`, selector, ports)
	}
	budget := object(`
kind: PodDisruptionBudget
apiVersion: policy/v1
metadata: {name: p, namespace: ns}
spec: {selector: {matchLabels: {a: c}}}
`)
	type objects = []map[string]any
	one := workload("d", "{a: b}", "{a: b}")
	var out strings.Builder
	for _, c := range []struct {
		reason  string
		objects objects
		want    string
	}{
		{
			"pods that their Deployment does not select",
			objects{workload("d", "{a: b}", "{a: c}")},
			"spec.selector",
		},
		{
			"pods that two Deployments select",
			objects{workload("d", "{a: b, c: d}", "{a: b}"), workload("e", "{c: d, a: b}", "{c: d, a: b}")},
			"spec.selector",
		},
		{
			"a Service of no pods",
			objects{one, service("{a: c}", "{port: 1}")},
			"spec.selector",
		},
		{
			"a Service of the pods of two workloads",
			objects{
				workload("d", "{a: b, c: d}", "{c: d}"), workload("e", "{a: b, c: e}", "{c: e}"),
				service("{a: b}", "{port: 1}"),
			},
			"spec.selector",
		},
		{
			"a Service of no pods, whose ports are not to be seen",
			objects{one, service("{a: c}", "{port: 1, targetPort: web}")},
			"spec.selector",
		},
		{
			"a Service that selects by nothing",
			objects{service("{}", "{port: 1}")},
			"spec.selector",
		},
		{
			"a label that is not there is not empty",
			objects{workload("d", "{a: b}", "{c: ''}")},
			"spec.selector",
		},
		{
			"a budget of no pods",
			objects{one, budget},
			"spec.selector",
		},
	} {
		var fields []string
		for _, p := range verify.Objects(c.objects, verify.Expectation{}) {
			fmt.Fprintln(&out, p.Message)
			if !strings.HasPrefix(p.Message, "there is no container") {
				fields = append(fields, p.Field)
			}
		}
		assert.Assert(t, slices.Contains(fields, c.want), "%s: %v", c.reason, fields)
		assert.Equal(t, len(slices.Compact(fields)), 1, "%s: %v", c.reason, fields)
	}
	return out.String()
}

var verb = regexp.MustCompile(`%[a-z]`)

// assertMessagesIn checks that everything that verification can say is said in
// text: all texts of several words in its source.
func assertMessagesIn(t *testing.T, text string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	assert.NilError(t, err)
	found := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		assert.NilError(t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			message, err := strconv.Unquote(literal.Value)
			assert.NilError(t, err)
			for _, part := range verb.Split(message, -1) {
				if strings.Count(part, " ") < 3 {
					continue
				}
				if found++; !strings.Contains(text, part) {
					t.Errorf("%s: no case gives the message %q", file, message)
				}
			}
			return true
		})
	}
	assert.Assert(t, found > 50, "messages are found: %d", found)
}

// One bad patch may spoil every object.
func TestProblemsAreBounded(t *testing.T) {
	for n, want := range map[int]int{99: 99, 100: 100, 101: 100} {
		var env strings.Builder
		for i := range n {
			fmt.Fprintf(&env, "{name: 'a=%d'}, ", i)
		}
		assert.Equal(t, len(problemsOf(t, toContainer("env: ["+env.String()+"]"))), want)
	}
	third := operate("Job", "add", jobPod+"/volumes", "[{name: a}, {name: a}, {name: a}]")
	said := map[string]bool{}
	for _, p := range problemsOf(t, third) {
		assert.Assert(t, !said[p.String()], "said twice: %s", p)
		said[p.String()] = true
	}
}

// Nor do fields that a newer cluster may know hide what is wrong beside them.
func TestWarningsHideNoErrors(t *testing.T) {
	unknown := map[string]any{}
	for i := range 150 {
		unknown[fmt.Sprint("new", i)] = "x"
	}
	objects := []map[string]any{
		{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "a"}, "immutable": unknown},
		{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "a", "new": unknown}, "new": unknown},
		{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": map[string]any{"name": "b"},
			"spec": map[string]any{}},
		{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": map[string]any{"name": "c"},
			"spec": map[string]any{"defaultBackend": map[string]any{}}},
	}
	for name, value := range unknown {
		objects[1][name] = value
	}
	fields := map[string]bool{}
	for _, p := range verify.Objects(objects, verify.Expectation{AllowUnknown: true}) {
		if p.Severity == flinktarget.SeverityError {
			fields[p.Field] = true
		}
	}
	assert.Assert(t, fields["spec.rules"] && fields["spec.defaultBackend"], "%v", fields)
}

var apiVersions = map[string]string{"ConfigMap": "v1", "Namespace": "v1"}

// Limits of what objects have together, each at both ends.
func TestSizesOfObjects(t *testing.T) {
	said := func(kind, field string, content map[string]any) (n int) {
		o := map[string]any{"apiVersion": apiVersions[kind], "kind": kind, "metadata": map[string]any{"name": "o"}}
		maps.Copy(o, content)
		for _, p := range verify.Objects([]map[string]any{o}, verify.Expectation{}) {
			if p.Field == field {
				n++
			}
		}
		return n
	}
	texts := func(field string, sizes ...int) map[string]any {
		m := map[string]any{}
		for i, n := range sizes {
			m[fmt.Sprint(i)] = strings.Repeat("A", n)
		}
		return map[string]any{field: m}
	}
	without := said("ConfigMap", "data", nil) // which has no configuration
	for _, c := range []struct {
		reason  string
		content map[string]any
		large   int
	}{
		{"1 MiB of text", texts("data", 1<<19, 1<<19), 0},
		{"one byte more", texts("data", 1<<19, 1<<19+1), 1},
		{"bytes count as such, not as base64", texts("binaryData", 1<<20, 1<<18, 1<<16), 0},
		{"more than 1 MiB of them", texts("binaryData", 1<<20, 1<<18, 1<<17), 1},
	} {
		assert.Equal(t, said("ConfigMap", "data", c.content)-without, c.large, c.reason)
	}
	for n, large := range map[int]int{256<<10 - 1: 0, 256 << 10: 1} { // and the key
		annotations := map[string]any{"a": strings.Repeat("x", n)}
		metadata := map[string]any{"metadata": map[string]any{"annotations": annotations}}
		assert.Equal(t, said("Namespace", "metadata.annotations", metadata), large)
	}
}
