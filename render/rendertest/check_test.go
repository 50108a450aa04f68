package rendertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/jsonpatch"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/render"
)

const resources = `kind: DeploymentTarget
apiVersion: v1
metadata: {name: staging}
spec: {kubernetes: {namespace: staging}}
---
kind: Deployment
apiVersion: v1
metadata: {name: "Orders, by hour"}
spec:
  deploymentTargetName: staging
  template:
    spec:
      artifact: {kind: JAR, flinkVersion: 1.20, jarUri: "https://artifacts.example.com/orders.jar"}
---
kind: SessionCluster
apiVersion: v1
metadata: {name: sql}
spec: {deploymentTargetName: staging, flinkVersion: 2.1}
`

func rendered(t testing.TB, text string, opts ...render.Option) render.Manifests {
	t.Helper()
	b, err := deployment.ParseAll("", []byte(text))
	assert.NilError(t, err)
	r, err := render.New(opts...)
	assert.NilError(t, err)
	m, err := r.Bundle(b, nil)
	assert.NilError(t, err)
	return m
}

func TestWhatIsRenderedHasNoProblems(t *testing.T) {
	files, err := filepath.Glob("../../internal/testdata/valid/*.yaml")
	assert.NilError(t, err)
	assert.Assert(t, len(files) > 3)
	platform := render.ForPlatform(render.Platform{Namespace: "vvp", Name: "vvp"})
	for _, file := range files {
		text, err := os.ReadFile(file)
		assert.NilError(t, err)
		m := rendered(t, string(text), platform)
		assert.Assert(t, m.Len() > 0)
		Check(t, m)
	}
	b, err := deployment.ParseAll("", []byte(resources))
	assert.NilError(t, err)
	r, err := render.New(platform, render.WithNamespace())
	assert.NilError(t, err)
	rbac, err := r.Target(b.Targets[0])
	assert.NilError(t, err)
	assert.Equal(t, rbac.Len(), 3)
	Check(t, render.Join(rbac, rendered(t, resources)))
}

// Each case changes what was rendered, by a JSON patch.
func TestEveryRuleIsBrokenByWhatItForbids(t *testing.T) {
	const (
		label  = "/metadata/labels/"
		pods   = "/spec/template/metadata/labels/"
		spec   = "/spec/template/spec"
		first  = spec + "/containers/0"
		remove = `{"op": "remove", "path": %q}`
	)
	set := func(path, value string) string {
		return fmt.Sprintf(`{"op": "add", "path": %q, "value": %s}`, path, value)
	}
	cases := []struct {
		name   string
		object string // kind and component or name's end
		op     string
		want   []string // rule and field
	}{
		{"no name", "Service jobmanager", set("/metadata/name", `""`), []string{"identity metadata.name"}},
		{"no kind", "ConfigMap config", set("/apiVersion", `""`), []string{"identity apiVersion"}},
		{"not of the system", "ConfigMap config", set(label+"system", `"me"`),
			[]string{"labels metadata.labels[system]"}},
		{"no app", "ConfigMap config", fmt.Sprintf(remove, label+"app"), []string{"labels metadata.labels[app]"}},
		{"no id", "ConfigMap config", fmt.Sprintf(remove, label+"deploymentId"),
			[]string{"labels metadata.labels[deploymentId]"}},
		{"no name of the resource", "ConfigMap config", set(label+"deploymentName", `""`),
			[]string{"labels metadata.labels[deploymentName]"}},
		{"an illegal value", "ConfigMap config", set(label+"team", `"a b"`), []string{"labels metadata.labels[team]"}},
		{"an illegal key", "ConfigMap config", set(label+"a~1b~1c", `"x"`), []string{"labels metadata.labels[a/b/c]"}},
		{"no labels on pods", "Job jobmanager", fmt.Sprintf(remove, "/spec/template/metadata/labels"), []string{
			"labels spec.template.metadata.labels[system]", "labels spec.template.metadata.labels[app]",
			"labels spec.template.metadata.labels[jobId]", "selector spec.selector",
		}},
		{"pods of another job", "Deployment taskmanager", set(pods+"jobId", `"x"`), []string{
			"labels spec.template.metadata.labels[jobId]", "selector spec.selector.matchLabels[jobId]",
		}},
		{"a selector by name", "Deployment taskmanager",
			set("/spec/selector/matchLabels/deploymentName", `"orders-by-hour"`),
			[]string{"selector spec.selector.matchLabels"}},
		{"a selector by expression", "Deployment taskmanager", set("/spec/selector/matchExpressions", `[]`),
			[]string{"selector spec.selector.matchExpressions"}},
		{"a selector of a Job", "Job jobmanager", set("/spec/selector", `{}`), []string{"selector spec.selector"}},
		{"a Service of nothing", "Service jobmanager", set("/spec/selector/component", `"gateway"`),
			[]string{"selector spec.selector"}},
		{"no namespace", "ConfigMap config", fmt.Sprintf(remove, "/metadata/namespace"),
			[]string{"namespace metadata.namespace"}},
		{"another namespace", "Service jobmanager", set("/metadata/namespace", `"other"`),
			[]string{"namespace metadata.namespace", "selector spec.selector"}},
		{"the node's network", "Deployment taskmanager", set(spec+"/hostNetwork", "true"),
			[]string{"security spec.template.spec.hostNetwork"}},
		{"the node's files", "Deployment taskmanager",
			set(spec+"/volumes/-", `{"name": "v", "hostPath": {"path": "/"}}`),
			[]string{"security spec.template.spec.volumes[v].hostPath"}},
		{"a volume of an old kind", "Deployment taskmanager",
			set(spec+"/volumes/-", `{"name": "v", "nfs": {"server": "s", "path": "/"}}`),
			[]string{"security spec.template.spec.volumes[v]"}},
		{"root", "Job jobmanager", set(spec+"/securityContext/runAsUser", "0"),
			[]string{"security spec.template.spec.securityContext.runAsUser"}},
		{"perhaps root", "Deployment taskmanager", set(spec+"/securityContext/runAsNonRoot", "false"),
			[]string{"security spec.template.spec.*.securityContext.runAsNonRoot"}},
		{"no seccomp", "Deployment taskmanager", set(spec+"/securityContext/seccompProfile/type", `"Unconfined"`),
			[]string{"security spec.template.spec.securityContext.seccompProfile"}},
		{"privileged", "Deployment taskmanager", set(first+"/securityContext/privileged", "true"),
			[]string{"security spec.template.spec.containers[flink-taskmanager].securityContext.privileged"}},
		{"escalation", "Deployment taskmanager", fmt.Sprintf(remove, first+"/securityContext/allowPrivilegeEscalation"),
			[]string{"security spec.template.spec.containers[flink-taskmanager].securityContext.allowPrivilegeEscalation"}},
		{"a capability", "Deployment taskmanager", set(first+"/securityContext/capabilities/add", `["NET_ADMIN"]`),
			[]string{"security spec.template.spec.containers[flink-taskmanager].securityContext.capabilities.add"}},
		{"no security context", "Deployment taskmanager", fmt.Sprintf(remove, first+"/securityContext"), []string{
			"security spec.template.spec.containers[flink-taskmanager].securityContext.allowPrivilegeEscalation",
			"security spec.template.spec.containers[flink-taskmanager].securityContext.capabilities.drop",
		}},
		{"a port of the node", "Deployment taskmanager", set(first+"/ports/0/hostPort", "80"),
			[]string{"security spec.template.spec.containers[flink-taskmanager].ports[*].hostPort"}},
		{"a probe of another host", "Deployment taskmanager",
			set(first+"/startupProbe/tcpSocket", `{"host": "example.com", "port": 80}`),
			[]string{"security spec.template.spec.containers[flink-taskmanager].startupProbe.tcpSocket.host"}},
		{"no pod template", "Deployment taskmanager", set(spec, `"text"`), []string{"security spec.template"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := problems(t, c.object, c.op)
			assert.Assert(t, len(got) > 0, "nothing was found")
			for _, want := range c.want {
				rule, field, _ := strings.Cut(want, " ")
				before, after, _ := strings.Cut(field, "*")
				found := false
				for _, p := range got {
					found = found || p.Rule == rule && strings.HasPrefix(p.Field, before) && strings.HasSuffix(p.Field,
						after)
				}
				assert.Assert(t, found, "%s is missing in %v", want, got)
			}
		})
	}
}

// problems changes one of the rendered objects.
func problems(t *testing.T, which, op string) []flinktarget.Problem {
	t.Helper()
	patch, err := tree.FromJSON([]byte("[" + op + "]"))
	assert.NilError(t, err)
	ops, bad := jsonpatch.Parse(patch.([]any))
	assert.Equal(t, len(bad), 0)
	kind, end, _ := strings.Cut(which, " ")
	c := &checker{}
	changed := 0
	for o := range rendered(t, resources).All() {
		object := objectOf(o)
		if o.Kind() == kind && strings.HasPrefix(o.Name(), "job-") && strings.HasSuffix(o.Name(), end) {
			v, err := jsonpatch.Apply(object.tree, ops)
			assert.NilError(t, err)
			object.tree = v.(tree.Map)
			changed++
		}
		c.objects = append(c.objects, object)
	}
	assert.Equal(t, changed, 1)
	return c.run()
}

func TestTwiceTheSame(t *testing.T) {
	m := rendered(t, resources)
	got := Problems(render.Join(m, m))
	assert.Equal(t, len(got), m.Len())
	for _, p := range got {
		assert.Equal(t, p.Rule, ruleIdentity)
	}
}

func TestProblemsNameTheResource(t *testing.T) {
	got := problems(t, "ConfigMap config", `{"op": "remove", "path": "/metadata/labels/system"}`)
	assert.Equal(t, len(got), 1)
	p := got[0]
	assert.Equal(t, p.Rule+" "+p.Resource+" "+p.Field, "labels Deployment default/orders-by-hour metadata.labels[system]")
	assert.Assert(t, strings.HasPrefix(p.Object, "ConfigMap staging/job-"), p.Object)
	p.Position.File = "orders.yaml"
	assert.Assert(t, strings.HasPrefix(shown(p), "labels: orders.yaml:6:1: Deployment default/orders-by-hour: ConfigMap "),
		shown(p))
}
