package deployment_test

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// coverage knows which fields of a Deployment the tables of changeCase have an
// accepting and a refusing case for.
var coverage = fieldCoverage{map[string]bool{}, map[string]bool{}}

type fieldCoverage struct{ legal, illegal map[string]bool }

func (f fieldCoverage) accepted(t *testing.T, base string, changes []change) {
	t.Helper()
	if base != leastDeployment {
		return
	}
	for _, c := range changes {
		if c.value == "" {
			continue
		}
		v, err := tree.FromJSON([]byte(c.value))
		assert.NilError(t, err)
		f.mark(v, strings.Join(segments(c.path), "."))
	}
}

func (f fieldCoverage) mark(v any, path string) {
	f.legal[path] = true
	if m, ok := v.(map[string]any); ok {
		for key, e := range m {
			f.mark(e, path+"."+key)
		}
	}
}

func (f fieldCoverage) refused(base string, problems []string) {
	for _, p := range problems {
		path, _, _ := strings.Cut(p, " ")
		path, _, _ = strings.Cut(path, "[")
		if base == leastDeployment {
			f.illegal[path] = true
		}
	}
}

// missing lists fields without both cases.
func (f fieldCoverage) missing() []string {
	has := func(set map[string]bool, leaf string) bool {
		for path := range set {
			if path == leaf || strings.HasPrefix(path, leaf+".") {
				return true
			}
		}
		return false
	}
	var out []string
	for _, leaf := range leaves(reflect.TypeFor[deployment.Config](), "") {
		if !has(f.legal, leaf) && !strings.Contains(leastDeployment, `"`+leaf[strings.LastIndex(leaf, ".")+1:]+`"`) {
			out = append(out, leaf+": no accepting case")
		}
		if !has(f.illegal, leaf) {
			out = append(out, leaf+": no refusing case")
		}
	}
	return out
}

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	everything := flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.fuzz").Value.String() == "" && flag.Lookup("test.skip").Value.String() == "" && flag.Lookup("test.list").Value.String() == ""
	if missing := coverage.missing(); code == 0 && everything && len(missing) > 0 {
		fmt.Println("fields without cases:\n" + strings.Join(missing, "\n"))
		code = 1
	}
	os.Exit(code)
}
