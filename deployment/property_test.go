package deployment_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/tree"
)

const generated = 300

func TestDeploymentRoundTrips(t *testing.T) {
	for seed := range uint64(generated) {
		v, err := deployment.New(generate(seed).deployment())
		assert.NilError(t, err, "seed %d", seed)
		again, err := deployment.New(v.Config())
		assert.NilError(t, err, "seed %d", seed)
		assert.Assert(t, again.Equal(v), "seed %d: New(Config())", seed)

		text, err := json.Marshal(v)
		assert.NilError(t, err, "seed %d", seed)
		for form, text := range map[string][]byte{"JSON": text, "YAML": yamlOf(t, text)} {
			read, err := deployment.Parse("x", text)
			assert.NilError(t, err, "seed %d: %s", seed, text)
			assert.Assert(t, read.Equal(v), "seed %d, %s: %s", seed, form, cmp.Diff(v.Config(), read.Config()))
		}
		resolved, err := deployment.New(v.Resolved())
		assert.NilError(t, err, "seed %d: defaults are legal", seed)
		assert.DeepEqual(t, resolved.Resolved(), v.Resolved())
		assert.Equal(t, resolved.ID(), v.ID(), "seed %d: defaults do not change who it is", seed)
	}
}

func TestSessionClusterRoundTrips(t *testing.T) {
	for seed := range uint64(generated) {
		v, err := deployment.NewSessionCluster(generate(seed).sessionCluster())
		assert.NilError(t, err, "seed %d", seed)
		again, err := deployment.NewSessionCluster(v.Config())
		assert.NilError(t, err, "seed %d", seed)
		assert.Assert(t, again.Equal(v), "seed %d: New(Config())", seed)

		text, err := json.Marshal(v)
		assert.NilError(t, err, "seed %d", seed)
		read, err := deployment.ParseSessionCluster("x", yamlOf(t, text))
		assert.NilError(t, err, "seed %d: %s", seed, text)
		assert.Assert(t, read.Equal(v), "seed %d: %s", seed, cmp.Diff(v.Config(), read.Config()))
		resolved, err := deployment.NewSessionCluster(v.Resolved())
		assert.NilError(t, err, "seed %d: defaults are legal", seed)
		assert.DeepEqual(t, resolved.Resolved(), v.Resolved())
	}
}

// The round trips would prove nothing of a field that is never set.
func TestGeneratorsReachEveryField(t *testing.T) {
	never := map[string]bool{
		"spec.template.spec.logging.log4j2ConfigurationTemplate": true,
		"spec.logging.log4j2ConfigurationTemplate":               true,
		"metadata.displayName":                                   true,
	} // refused
	reached := map[string]bool{}
	for seed := range uint64(generated) {
		mark(reached, reflect.ValueOf(generate(seed).deployment()), "")
	}
	delete(never, "metadata.displayName")
	assertReached(t, reflect.TypeFor[deployment.Config](), reached, never)

	never["metadata.displayName"] = true // of Deployments only
	clear(reached)
	for seed := range uint64(generated) {
		mark(reached, reflect.ValueOf(generate(seed).sessionCluster()), "")
	}
	assertReached(t, reflect.TypeFor[deployment.SessionClusterConfig](), reached, never)
}

func assertReached(t *testing.T, typ reflect.Type, reached, never map[string]bool) {
	t.Helper()
	for _, leaf := range leaves(typ, "") {
		assert.Equal(t, reached[leaf], !never[leaf], "%s of %s", leaf, typ)
	}
}

// mark notes which leaves of a configuration are not zero.
func mark(reached map[string]bool, v reflect.Value, prefix string) {
	if v.IsZero() {
		return
	}
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	_, raw := reflect.New(v.Type()).Interface().(json.Unmarshaler)
	if v.Kind() != reflect.Struct || raw {
		reached[strings.TrimSuffix(prefix, ".")] = true
		return
	}
	for f, e := range v.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		mark(reached, e, prefix+name+".")
	}
}

// yamlOf writes with another writer than ours.
func yamlOf(t *testing.T, text []byte) []byte {
	t.Helper()
	out, err := sigsyaml.JSONToYAML(text)
	assert.NilError(t, err)
	return out
}

func TestEqualTellsApart(t *testing.T) {
	var seen []deployment.Deployment
	for seed := range uint64(40) {
		v, err := deployment.New(generate(seed).deployment())
		assert.NilError(t, err)
		for _, w := range seen {
			assert.Equal(t, v.Equal(w), tree.Equal(treeOf(t, v), treeOf(t, w)), "seed %d", seed)
			assert.Equal(t, v.Equal(w), w.Equal(v))
		}
		assert.Assert(t, v.Equal(v) && !v.Equal(deployment.Deployment{}) && !deployment.Deployment{}.Equal(v))
		seen = append(seen, v)
	}
	one := parse(t, set("spec.template.spec.resources.jobmanager.cpu", `"1.0"`))
	assert.Assert(
		t,
		one.Equal(parse(t, set("spec.template.spec.resources.jobmanager.cpu", "1"))),
		"one number, written in two ways",
	)
	assert.Assert(t, !one.Equal(parse(t, set("spec.template.spec.resources.jobmanager.cpu", "2"))))
}

func parse(t *testing.T, changes []change) deployment.Deployment {
	t.Helper()
	v, err := deployment.Parse("x", edited(t, leastDeployment, changes))
	assert.NilError(t, err)
	return v
}

func treeOf(t *testing.T, v any) any {
	t.Helper()
	out, err := tree.FromJSON([]byte(textOf(t, v)))
	assert.NilError(t, err)
	return out
}
