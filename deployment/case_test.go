package deployment_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// A Deployment and a SessionCluster with no more than what is required.
const (
	leastDeployment = `{"kind": "Deployment", "apiVersion": "v1", "metadata": {"name": "top-speed"},
		"spec": {"deploymentTargetName": "staging", "template": {"spec": {"artifact":
			{"kind": "JAR", "jarUri": "https://example.com/job.jar", "flinkVersion": "1.20"}}}}}`
	leastSessionCluster = `{"kind": "SessionCluster", "apiVersion": "v1", "metadata": {"name": "shared"},
		"spec": {"deploymentTargetName": "staging", "flinkVersion": "1.20"}}`
)

// A change sets a path, such as a.b[0].c or a[x.y], to a JSON value; an empty
// value removes it.
type change struct{ path, value string }

// A changed resource, and what must come of it.
type changeCase struct {
	reason  string
	changes []change
	// What is reported, as "field type origin"; nothing if the resource is legal.
	problems []string
}

func set(pathsAndValues ...string) []change {
	var out []change
	for i := 0; i < len(pathsAndValues); i += 2 {
		out = append(out, change{pathsAndValues[i], pathsAndValues[i+1]})
	}
	return out
}

// edited returns a text with changes.
func edited(t *testing.T, text string, changes []change) []byte {
	t.Helper()
	v, err := tree.FromJSON([]byte(text))
	assert.NilError(t, err)
	for _, c := range changes {
		var value any
		if c.value != "" {
			value, err = tree.FromJSON([]byte(c.value))
			assert.NilError(t, err, c.value)
		}
		put(v.(map[string]any), segments(c.path), value, c.value == "")
	}
	return tree.JSON(v)
}

func put(m map[string]any, path []string, value any, remove bool) {
	for _, key := range path[:len(path)-1] {
		next, ok := m[key].(map[string]any)
		if !ok {
			next = map[string]any{}
			m[key] = next
		}
		m = next
	}
	last := path[len(path)-1]
	if m[last] = value; remove {
		delete(m, last)
	}
}

func segments(path string) []string {
	before, key, keyed := strings.Cut(path, "[")
	out := strings.Split(before, ".")
	if keyed {
		out = append(out, strings.TrimSuffix(key, "]"))
	}
	return out
}

// problemsOf lists problems as "field rule".
func problemsOf(err error) []string {
	var out []string
	for _, e := range problemsIn(err) {
		out = append(out, e.Field+" "+e.Rule)
	}
	return out
}

func problemsIn(err error) []flinktarget.Problem {
	if invalid, ok := errors.AsType[*flinktarget.InvalidError](err); ok {
		return invalid.Problems
	}
	return nil
}

// run parses every case, in its text and in its Go form.
func run(t *testing.T, base string, cases []changeCase, parse func(text []byte) error) {
	for i, c := range cases {
		t.Run(strconv.Itoa(i)+" "+c.reason, func(t *testing.T) {
			text := edited(t, base, c.changes)
			err := parse(text)
			if len(c.problems) == 0 {
				assert.NilError(t, err, c.reason)
				coverage[base].accepted(t, text)
				return
			}
			coverage[base].refused(c.problems)
			assert.Assert(t, err != nil, "%s: accepted: %s", c.reason, text)
			assert.ErrorIs(t, err, flinktarget.ErrInvalid)
			assert.DeepEqual(t, problemsOf(err), c.problems)
			for _, e := range problemsIn(err) {
				assert.Assert(t, e.Message != "", "%s: a problem without a word", e.Field)
			}
		})
	}
	if base != leastDeployment {
		return
	}
	var shared []changeCase
	for _, c := range cases {
		if s, ok := ofSessionCluster(c); ok {
			s.reason += ", in a SessionCluster"
			shared = append(shared, s)
		}
	}
	run(t, leastSessionCluster, shared, parseSessionCluster)
}

func parseDeployment(text []byte) error {
	_, err := deployment.Parse("d.yaml", text)
	return err
}

func parseSessionCluster(text []byte) error {
	_, err := deployment.ParseSessionCluster("s.yaml", text)
	return err
}
