package deployment_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
)

const layers = `spec:
  state: SUSPENDED
  maxJobCreationAttempts: 7
  maxSavepointCreationAttempts: 7
  deploymentTargetName: global
  restoreStrategy: {kind: NONE, allowNonRestoredState: true}
  template:
    spec:
      artifact: {flinkVersion: 1.19, flinkImageRegistry: registry.example.com, flinkImageTag: global}
      resources: {jobmanager: {cpu: 0.5, memory: 2g}, taskmanager: {cpu: 0.5}}
      flinkConfiguration: {a: global, b: global, c: global}
      kubernetes:
        jobManagerPodTemplate: {spec: {priorityClassName: global}}
---
kind: DeploymentDefaults
apiVersion: v1
metadata: {namespace: team, name: default, id: x}
spec:
  maxJobCreationAttempts: 5
  deploymentTargetId: 2da2f867-5899-4bef-8ad0-9771bbac38b4
  restoreStrategy: {kind: LATEST_STATE}
  template:
    spec:
      artifact: {flinkImageTag: team}
      flinkConfiguration: {a: team, b: team}
`

func defaults(t *testing.T) deployment.Defaults {
	t.Helper()
	d, err := deployment.ParseDefaults("defaults.yaml", []byte(layers))
	assert.NilError(t, err)
	return d
}

func TestDefaultsLayers(t *testing.T) {
	own := `kind: Deployment
metadata: {name: a, namespace: team}
spec:
  state: RUNNING
  template:
    spec:
      artifact: {kind: jar, jarUri: "https://h/a.jar"}
      resources: {taskmanager: {memory: 3g}}
      flinkConfiguration: {a: own}
`
	d, err := defaults(t).Parse("d.yaml", []byte(own))
	assert.NilError(t, err)
	c := d.Config()
	s, spec := c.Spec, c.Spec.Template.Spec
	assert.Equal(t, s.State, deployment.Running, "the Deployment's own value wins")
	assert.Equal(t, *s.MaxJobCreationAttempts, int32(5), "the namespace's wins over the global one")
	assert.Equal(t, *s.MaxSavepointCreationAttempts, int32(7), "the global one is the last")
	assert.Equal(t, s.RestoreStrategy.Kind, "LATEST_STATE")
	assert.Equal(t, *s.RestoreStrategy.AllowNonRestoredState, true, "objects merge field by field")
	assert.Equal(
		t,
		s.DeploymentTargetID+s.DeploymentTargetName,
		"2da2f867-5899-4bef-8ad0-9771bbac38b4",
		"one layer says where to run",
	)
	assert.DeepEqual(t, spec.FlinkConfiguration, map[string]string{"a": "own", "b": "team", "c": "global"})
	assert.Equal(t, spec.Artifact.FlinkImageRegistry+":"+spec.Artifact.FlinkImageTag, "registry.example.com:team")
	assert.Equal(t, spec.Artifact.FlinkVersion, "1.19")
	assert.DeepEqual(
		t,
		spec.Resources,
		deployment.Resources{
			JobManager:  deployment.Resource{CPU: "0.5", Memory: "2g"},
			TaskManager: deployment.Resource{CPU: "0.5", Memory: "3g"},
		},
	)
	assert.Equal(t, spec.Kubernetes.JobManagerPodTemplate.String(), `{"spec":{"priorityClassName":"global"}}`)
	assert.Equal(t, d.Position("spec.state").String(), "d.yaml:4:10")

	other := parse(t, set("spec.template.spec.artifact.flinkVersion", `"1.20"`)).Config()
	o, err := defaults(t).New(other)
	assert.NilError(t, err)
	assert.Equal(t, o.Config().Spec.DeploymentTargetName, "staging", "whoever says where to run is not told")
	assert.Equal(t, *o.Config().Spec.MaxJobCreationAttempts, int32(7), "defaults of another namespace do not count")

	b, err := deployment.Reader{Defaults: defaults(t)}.ParseAll("d.yaml", []byte(own))
	assert.NilError(t, err)
	assert.Assert(t, b.Deployments[0].Equal(d))
}

func TestDefaultsConflicts(t *testing.T) {
	_, err := defaults(t).New(parse(t, set("spec.template.spec.kubernetes.pods.labels", `{"a": "b"}`)).Config())
	assert.DeepEqual(
		t,
		problemsOf(err),
		[]string{"spec.template.spec.kubernetes.jobManagerPodTemplate exclusive"},
	)

	old := parse(t, set("spec.startFromSavepoint", `{"kind": "LATEST"}`))
	d, err := defaults(t).New(old.Config())
	assert.NilError(t, err, "the old form of a field keeps the new one away")
	assert.Equal(t, d.Resolved().Spec.RestoreStrategy.Kind, "LATEST_SAVEPOINT")
}

func TestDefaultsRefused(t *testing.T) {
	for _, c := range []struct {
		reason, text string
		problems     []string
	}{
		{"nothing is required", "spec: {}", nil},
		{"nothing at all", "", nil},
		{"documents with nothing in them", "# nothing\n---\n---\nspec: {}\n", nil},
		{
			"but what is there is checked",
			"spec:\n  state: X\n  nope: 1\n" +
				"  template: {spec: {artifact: {flinkVersion: 1.2}, flinkConfiguration: {rest.port: 1}}}",
			[]string{
				"f:2:10 spec.state enum",
				"f:3:3 spec.nope unknown-field",
				"f:4:46 spec.template.spec.artifact.flinkVersion flink-version",
				"f:4:84 spec.template.spec.flinkConfiguration[rest.port] flink-configuration",
			},
		},
		{
			"the global layer has no namespace",
			"metadata: {namespace: a}\nspec: {}",
			[]string{"f:1:23 metadata.namespace exclusive"},
		},
		{
			"no namespace",
			"kind: DeploymentDefaults\nmetadata: {namespace: a b}\nspec: {}",
			[]string{"f:2:23 metadata.namespace name"},
		},
		{
			"no option, of whatever version",
			"spec: {template: {spec: {flinkConfiguration: {'': x}}}}",
			[]string{"f:1:51 spec.template.spec.flinkConfiguration[] flink-configuration"},
		},
		{"another kind", "kind: Deployment\nspec: {}", []string{"f:1:7 kind kind"}},
		{"two global layers", "spec: {}\n---\nspec: {}", []string{"f:3:1 metadata.namespace exclusive"}},
		{
			"two layers of one namespace",
			"kind: DeploymentDefaults\nspec: {}\n---\nkind: DeploymentDefaults\nmetadata: {namespace: default}\n" +
				"spec: {}",
			[]string{"f:5:23 metadata.namespace exclusive"},
		},
	} {
		_, err := deployment.ParseDefaults("f", []byte(c.text))
		assert.DeepEqual(t, placesOf(err), c.problems)
	}
	_, err := deployment.NewDefaults(
		deployment.DefaultsConfig{},
		deployment.DefaultsConfig{Spec: deployment.Spec{State: "X"}},
		deployment.DefaultsConfig{},
	)
	assert.DeepEqual(
		t,
		problemsOf(err),
		[]string{"[1].spec.state enum", "[2].metadata.namespace exclusive"},
	)
}

func TestDefaultsAreValues(t *testing.T) {
	d := defaults(t)
	again, err := deployment.NewDefaults(d.Layers()...)
	assert.NilError(t, err)
	assert.Assert(t, again.Equal(d) && !again.Equal(deployment.Defaults{}))
	before := textOf(t, d)
	handed := d.Layers()
	for i := range handed {
		scramble(reflect.ValueOf(&handed[i]))
	}
	made, err := d.New(parse(t, nil).Config())
	assert.NilError(t, err)
	c := made.Config()
	scramble(reflect.ValueOf(&c))
	assert.Equal(t, textOf(t, d), before)
	assert.Equal(t, d.String(), "DeploymentDefaults global, team")

	var zero deployment.Defaults
	v, err := zero.New(parse(t, nil).Config())
	assert.NilError(t, err)
	assert.Assert(t, v.Equal(parse(t, nil)), "the zero value changes nothing")
	assert.Equal(t, textOf(t, zero), "[]")
}

// Whatever a Deployment says, it keeps it; and defaults that say the same again
// change nothing.
func TestDefaultsProperties(t *testing.T) {
	for seed := range uint64(100) {
		own := generate(seed).deployment()
		layer := deployment.DefaultsConfig{Spec: own.Spec}
		d, err := deployment.NewDefaults(layer)
		assert.NilError(t, err, "seed %d", seed)
		v, err := d.New(own)
		assert.NilError(t, err, "seed %d", seed)
		plain, err := deployment.New(own)
		assert.NilError(t, err)
		assert.Assert(t, v.Equal(plain), "seed %d", seed)

		least := deployment.Config{Metadata: deployment.Metadata{Name: own.Metadata.Name}}
		filled, err := d.New(least)
		assert.NilError(t, err, "seed %d: everything comes from the layer", seed)
		text, err := json.Marshal(filled.Config().Spec)
		assert.NilError(t, err)
		assert.Equal(t, string(text), textOf(t, plain.Config().Spec), "seed %d", seed)
	}
}
