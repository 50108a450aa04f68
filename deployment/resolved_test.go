package deployment_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	corev1 "k8s.io/api/core/v1"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
)

// All defaults, written out.
func TestResolved(t *testing.T) {
	const filled = `"resources":{"jobmanager":{"cpu":1,"memory":"1G"},"taskmanager":{"cpu":1,"memory":"2G"}},` +
		`"logging":{"loggingProfile":"default","log4jLoggers":{"":"INFO"}}`
	least := `{"kind":"Deployment","apiVersion":"v1","metadata":{"name":"top-speed","namespace":"default"},` +
		`"spec":{"state":"RUNNING","deploymentTargetName":"staging","upgradeStrategy":{"kind":"STATEFUL"},` +
		`"restoreStrategy":{"kind":"LATEST_STATE","allowNonRestoredState":false},` +
		`"maxSavepointCreationAttempts":4,"maxJobCreationAttempts":4,` +
		`"template":{"metadata":{},"spec":{"artifact":{"kind":"JAR","jarUri":"https://example.com/job.jar",` +
		`"flinkVersion":"1.20"},"parallelism":1,` + filled + `}}}}`
	for _, c := range []struct {
		reason   string
		changes  []change
		from, to string // of the text above
	}{
		{"nothing is said", nil, "", ""},
		{"nor of which kind it is", set("kind", "", "apiVersion", ""), "", ""},
		{"one L too few", set("spec.state", `"Canceled"`), "RUNNING", "CANCELLED"},
		{"words in any case", set("spec.state", `"suspended"`, "spec.template.spec.artifact.kind", `"jar"`,
			"spec.restoreStrategy", `{"kind": "latest_state"}`), "RUNNING", "SUSPENDED"},
		{"VVP 2.0's form says nothing", set("spec.startFromSavepoint", `{}`), "", ""},
		{"VVP 2.0's form", set("spec.startFromSavepoint", `{"kind": "latest"}`), "LATEST_STATE", "LATEST_SAVEPOINT"},
		{"VVP 2.0's form of nothing", set("spec.startFromSavepoint", `{"kind": "NONE"}`), "LATEST_STATE", "NONE"},
		{
			"a restore strategy of the user's own",
			set("spec.restoreStrategy", `{"kind": "NONE", "allowNonRestoredState": true}`),
			`"LATEST_STATE","allowNonRestoredState":false`,
			`"NONE","allowNonRestoredState":true`,
		},
		{
			"loggers of the user's own",
			set("spec.template.spec.logging.log4jLoggers", `{"a": "DEBUG"}`),
			`{"":"INFO"}`,
			`{"a":"DEBUG"}`,
		},
		{
			"a profile of the user's own",
			set("spec.template.spec.logging.loggingProfile", `"mine"`),
			`"loggingProfile":"default"`,
			`"loggingProfile":"mine"`,
		},
		{
			"a namespace of the user's own",
			set("metadata.namespace", `"team"`),
			`"namespace":"default"`,
			`"namespace":"team"`,
		},
	} {
		r := parse(t, c.changes).Resolved()
		assert.Equal(t, textOf(t, r), strings.Replace(least, c.from, c.to, 1), c.reason)
		// Patches find maps to add to.
		for name, m := range map[string]map[string]string{
			"labels":                     r.Metadata.Labels,
			"annotations":                r.Metadata.Annotations,
			"the template's annotations": r.Spec.Template.Metadata.Annotations,
			"options":                    r.Spec.Template.Spec.FlinkConfiguration,
		} {
			assert.Assert(t, m != nil, name)
		}
	}

	s, err := deployment.ParseSessionCluster("f", []byte(leastSessionCluster))
	assert.NilError(t, err)
	r := s.Resolved()
	assert.Equal(
		t,
		textOf(t, r),
		`{"kind":"SessionCluster","apiVersion":"v1","metadata":{"name":"shared","namespace":"default"},`+
			`"spec":{"state":"RUNNING","deploymentTargetName":"staging","flinkVersion":"1.20",`+
			`"numberOfTaskManagers":1,`+filled+`}}`,
	)
	assert.Assert(t, r.Metadata.Labels != nil && r.Metadata.Annotations != nil && r.Spec.FlinkConfiguration != nil)
	s, err = deployment.ParseSessionCluster(
		"f",
		edited(t, leastSessionCluster, set("kind", "", "apiVersion", "", "spec.state", `"STOPPED"`)),
	)
	assert.NilError(t, err)
	assert.Equal(t, s.Resolved().Kind+" "+s.Resolved().APIVersion, "SessionCluster v1")
	assert.Equal(t, s.Resolved().Spec.State, deployment.Stopped)
}

// A Deployment tells what it said itself from what it got.
func TestGiven(t *testing.T) {
	plain := parse(t, nil)
	assert.Equal(t, textOf(t, plain.Given()), textOf(t, plain.Config()))
	assert.Assert(t, plain.Defaults().Equal(deployment.Defaults{}))
	assert.Equal(t, textOf(t, deployment.Deployment{}.Given()), textOf(t, deployment.Config{}))
	assert.Assert(t, deployment.Deployment{}.Defaults().Equal(deployment.Defaults{}))

	own := plain.Config()
	own.Spec.Template.Spec.FlinkConfiguration = map[string]string{"a": "own"}
	before := textOf(t, own)
	made, err := defaults(t).New(own)
	assert.NilError(t, err)
	assert.Equal(t, textOf(t, own), before, "what was handed in is not filled")
	read, err := defaults(t).Parse("d.yaml", []byte(before))
	assert.NilError(t, err)
	own.Spec.Template.Spec.FlinkConfiguration["a"] = "changed"
	for name, d := range map[string]deployment.Deployment{"New": made, "Parse": read} {
		assert.Equal(t, textOf(t, d.Given()), before, name)
		assert.Equal(t, d.Config().Spec.Template.Spec.FlinkConfiguration["c"], "global", name)
		assert.Assert(t, d.Defaults().Equal(defaults(t)), name)
		d.Given().Spec.Template.Spec.FlinkConfiguration["a"] = "changed"
		assert.Equal(t, textOf(t, d.Given()), before, "%s: a copy", name)
	}
}

func TestUnmarshal(t *testing.T) {
	d := parse(t, nil)
	assert.ErrorIs(t, json.Unmarshal([]byte(`{"kind": "Deployment"}`), &d), flinktarget.ErrInvalid)
	assert.Assert(t, d.Equal(parse(t, nil)), "what was there stays")
	assert.NilError(t, json.Unmarshal(edited(t, leastDeployment, set("metadata.name", `"other"`)), &d))
	assert.Equal(t, d.Name(), "other")
	rocket := edited(t, leastDeployment, set("metadata.displayName", `"Rocket \\ud83d\\ude80"`))
	rocket = bytes.ReplaceAll(rocket, []byte(`\\ud`), []byte(`\ud`)) // as other writers do
	assert.NilError(t, json.Unmarshal(rocket, &d))
	assert.Equal(t, d.Config().Metadata.DisplayName, "Rocket 🚀")
	assert.ErrorContains(t, json.Unmarshal(bytes.ReplaceAll(rocket, []byte(`\ude80`), nil), &d),
		"half of a surrogate pair")
	assert.NilError(t, d.UnmarshalJSON([]byte(" null ")))
	assert.Assert(t, d.IsZero())

	var s deployment.SessionCluster
	assert.NilError(t, json.Unmarshal([]byte(leastSessionCluster), &s))
	assert.ErrorIs(t, json.Unmarshal([]byte(`{"kind": "SessionCluster"}`), &s), flinktarget.ErrInvalid)
	assert.Equal(t, s.Name(), "shared")

	r := yaml[deployment.Raw[corev1.EnvVar]]("{name: A}")
	assert.ErrorIs(t, json.Unmarshal([]byte(`{"nmae": "B"}`), &r), flinktarget.ErrInvalid)
	assert.Assert(t, r.UnmarshalJSON([]byte(`{`)) != nil)
	assert.Equal(t, r.String(), `{"name":"A"}`)
}

// One problem is enough, and of very many the first thousand are told.
func TestHowManyProblems(t *testing.T) {
	_, err := deployment.NewSessionCluster(
		deployment.SessionClusterConfig{
			Metadata: deployment.Metadata{Name: "s"},
			Spec:     deployment.SessionClusterSpec{FlinkVersion: "1.20"},
		},
	)
	assert.DeepEqual(t, problemsOf(err), []string{"spec.deploymentTargetName required"})
	assert.ErrorContains(t, err, "SessionCluster default/s")

	bad := map[string]string{}
	for i := range 1100 {
		bad[fmt.Sprint("k", i)] = "no label"
	}
	session := deployment.SessionClusterConfig{
		Metadata: deployment.Metadata{Name: "s"},
		Spec:     deployment.SessionClusterSpec{FlinkVersion: "1.20", DeploymentTargetName: "t"},
	}
	session.Spec.Kubernetes.Labels = bad
	_, err = deployment.NewSessionCluster(session)
	assert.Equal(t, len(problemsIn(err)), 1001)
	var layer deployment.DefaultsConfig
	layer.Spec.Template.Spec.Kubernetes.Labels = bad
	_, err = deployment.NewDefaults(layer)
	assert.Equal(t, len(problemsIn(err)), 1001)
	assert.Equal(t, problemsIn(err)[1000].Rule, "too-many")
}

// What sizes and cores should look like is said where VVP's users often err.
func TestSizeMessages(t *testing.T) {
	for text, cure := range map[string]string{"1Gi": "powers of ten", "1GiB": "powers of ten", "2 t": "such as 2g"} {
		n, err := deployment.Bytes(text)
		assert.ErrorContains(t, err, cure, text)
		assert.Equal(t, n, int64(0))
	}
	for text, cure := range map[string]string{
		"500m": "write 0.5", "1 ": "such as 0.5", "0.0001": "three decimals",
		"-1": "negative", "-0.5": "negative", "1e99": "too large",
	} {
		n, err := deployment.Millicores(text)
		assert.ErrorContains(t, err, cure, text)
		assert.Equal(t, n, int64(0))
	}
	n, err := deployment.Bytes("999999999999999999g")
	assert.ErrorContains(t, err, "64 bits")
	assert.Equal(t, n, int64(0))
	n, err = deployment.Millicores("0.0")
	assert.Assert(t, n == 0 && err == nil, "none at all can be written in many ways: %v", err)
}

// Layers are what they were made of; an explicit false is something that is said.
func TestDefaultsKeepWhatIsSaid(t *testing.T) {
	layered := defaults(t).Layers()
	assert.Assert(
		t,
		len(layered) == 2 && layered[0].Spec.State == deployment.Suspended && layered[1].Metadata.Namespace == "team",
	)

	d, err := defaults(t).New(parse(t, set("spec.restoreStrategy.allowNonRestoredState", "false")).Config())
	assert.NilError(t, err)
	assert.Equal(t, *d.Config().Spec.RestoreStrategy.AllowNonRestoredState, false)

	old, err := deployment.NewDefaults(
		deployment.DefaultsConfig{
			Spec: deployment.Spec{StartFromSavepoint: &deployment.StartFromSavepoint{Kind: "LATEST"}},
		},
	)
	assert.NilError(t, err)
	d, err = old.New(parse(t, set("spec.restoreStrategy.kind", `"NONE"`)).Config())
	assert.NilError(t, err, "the new form keeps the old one away")
	assert.Equal(t, d.Resolved().Spec.RestoreStrategy.Kind, "NONE")
	d, err = old.New(parse(t, nil).Config())
	assert.NilError(t, err)
	assert.Equal(t, d.Resolved().Spec.RestoreStrategy.Kind, "LATEST_SAVEPOINT")
	d, err = old.New(parse(t, set("spec.startFromSavepoint", `{}`)).Config())
	assert.NilError(t, err, "the old form of the user's own is filled from nothing")
	assert.Equal(t, d.Config().Spec.StartFromSavepoint.Kind, "")

	cfg := deployment.DefaultsConfig{}
	cfg.Spec.Template.Spec.Artifact.MainArgs = "\xff"
	_, err = deployment.NewDefaults(cfg)
	assert.DeepEqual(t, problemsOf(err), []string{"[0].spec.template.spec.artifact.mainArgs text"})
	// A layer that is not legal is not there.
	_, err = deployment.ParseDefaults("f", []byte("spec: {state: X}\n---\nspec: {}\n---\nspec: {state: Z}\n"))
	assert.DeepEqual(
		t,
		placesOf(err),
		[]string{"f:1:15 spec.state enum", "f:5:15 spec.state enum"},
	)
}
