package deployment_test

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// coverage knows, for each base, which fields the tables of changeCase have an
// accepting and a refusing case for.
var coverage = map[string]fieldCoverage{leastDeployment: newCoverage(), leastSessionCluster: newCoverage()}

type fieldCoverage struct{ legal, illegal map[string]bool }

func newCoverage() fieldCoverage { return fieldCoverage{map[string]bool{}, map[string]bool{}} }

// accepted notes what a legal resource has; text is all of it.
func (f fieldCoverage) accepted(t *testing.T, text []byte) {
	t.Helper()
	v, err := tree.FromJSON(text)
	assert.NilError(t, err)
	if f.legal != nil {
		f.mark(v, "")
	}
}

func (f fieldCoverage) mark(v any, path string) {
	if v != nil {
		f.legal[path] = true
	}
	if m, ok := v.(map[string]any); ok {
		for key, e := range m {
			f.mark(e, strings.TrimPrefix(path+"."+key, "."))
		}
	}
}

func (f fieldCoverage) refused(problems []string) {
	for _, p := range problems {
		path, _, _ := strings.Cut(p, " ")
		path, _, _ = strings.Cut(path, "[")
		if f.illegal != nil {
			f.illegal[path] = true
		}
	}
}

// neverLegal are fields that are refused whatever they hold.
var neverLegal = map[string]bool{
	"spec.template.spec.logging.log4j2ConfigurationTemplate": true, // a Deployment's
	"spec.logging.log4j2ConfigurationTemplate":               true, // a SessionCluster's
}

// missing lists fields of a configuration without both cases.
func (f fieldCoverage) missing(typ reflect.Type) []string {
	has := func(set map[string]bool, leaf string) bool {
		for path := range set {
			if path == leaf || strings.HasPrefix(path, leaf+".") {
				return true
			}
		}
		return false
	}
	var out []string
	for _, leaf := range leaves(typ, "") {
		noDisplayName := leaf == "metadata.displayName" && typ == reflect.TypeFor[deployment.SessionClusterConfig]()
		if !has(f.legal, leaf) && !neverLegal[leaf] && !noDisplayName {
			out = append(out, leaf+": no accepting case")
		}
		if !has(f.illegal, leaf) {
			out = append(out, leaf+": no refusing case")
		}
	}
	return out
}

// ofSessionCluster returns the case of a Deployment as one of a SessionCluster, if
// it is about nothing but what both have in the same form.
func ofSessionCluster(c changeCase) (changeCase, bool) {
	const from, to = "spec.template.spec.", "spec."
	move := func(path string) (string, bool) {
		for _, head := range []string{"metadata.id", "metadata.namespace", "metadata.labels", "metadata.annotations"} {
			if strings.HasPrefix(path, head) {
				return path, true
			}
		}
		rest, ok := strings.CutPrefix(path, from)
		if image, isArtifact := strings.CutPrefix(rest, "artifact."); isArtifact {
			rest = image
		}
		shared := false
		for _, head := range []string{
			"resources", "flinkConfiguration", "logging", "kubernetes", "flinkVersion", "flinkImage",
		} {
			shared = shared || strings.HasPrefix(rest, head)
		}
		return to + rest, ok && shared
	}
	out := changeCase{reason: c.reason}
	for _, change := range c.changes {
		path, ok := move(change.path)
		if !ok {
			return changeCase{}, false
		}
		change.path = path
		out.changes = append(out.changes, change)
	}
	for _, p := range c.problems {
		path, ok := move(p)
		if !ok || strings.Contains(p, "numberOfTaskSlots") {
			return changeCase{}, false
		}
		out.problems = append(out.problems, path)
	}
	return out, len(out.changes) > 0
}

// The check of the tables would pass if it never missed anything.
func TestMissingCasesAreMissed(t *testing.T) {
	f := newCoverage()
	f.accepted(t, []byte(leastDeployment))
	f.refused(
		[]string{
			"spec.state enum",
			"spec.template.spec.kubernetes.pods.affinity.nodeAfinity unknown-field",
		},
	)
	missing := f.missing(reflect.TypeFor[deployment.Config]())
	for want, is := range map[string]bool{
		"spec.upgradeStrategy.kind: no accepting case":                  true, // though another kind is there
		"spec.template.spec.artifact.kind: no accepting case":           false,
		"spec.state: no accepting case":                                 true,
		"spec.state: no refusing case":                                  false,
		"spec.template.spec.parallelism: no refusing case":              true,
		"spec.template.spec.kubernetes.pods.affinity: no refusing case": false,
	} {
		assert.Equal(t, slices.Contains(missing, want), is, want)
	}
}

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	everything := true
	for _, name := range []string{"test.run", "test.fuzz", "test.skip", "test.list"} {
		everything = everything && flag.Lookup(name).Value.String() == ""
	}
	for base, typ := range map[string]reflect.Type{
		leastDeployment:     reflect.TypeFor[deployment.Config](),
		leastSessionCluster: reflect.TypeFor[deployment.SessionClusterConfig](),
	} {
		if missing := coverage[base].missing(typ); code == 0 && everything && len(missing) > 0 {
			fmt.Printf("fields of %s without cases:\n%s\n", typ, strings.Join(missing, "\n"))
			code = 1
		}
	}
	os.Exit(code)
}
