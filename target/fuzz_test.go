package target_test

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/hostile"
	"github.com/flinktarget/flinktarget/target"
)

// As many patches as a target can have, however they are written.
func TestDensePatchSetsAreRead(t *testing.T) {
	for name, entry := range map[string]string{
		"operations": "  - {op: add, path: /spec/template/spec/flinkConfiguration/k@, value: v}\n",
		"flow":       "  - {target: {kind: Job}, patch: {spec: {template: {spec: {nodeSelector: {k@: v}}}}}}\n",
		"containers": "  - target: {kind: Deployment, labelSelector: component=taskmanager}\n" +
			"    patch: {spec: {template: {spec: {containers: [\n" +
			"      {name: flink-taskmanager, env: [{name: K@, value: v}]}]}}}}\n",
		"block": "  - target: {kind: Deployment}\n    patch:\n      spec:\n        template:\n" +
			"          spec:\n            containers:\n            - name: flink-taskmanager\n              env:\n" +
			"              - name: K@\n                value: v\n",
		"inline": "  - apiVersion: apps/v1\n    kind: Deployment\n" +
			"    spec: {template: {spec: {priorityClassName: p@}}}\n",
		"text": "  - target: {kind: Job}\n    patch: |\n" +
			"      spec: {template: {spec: {nodeSelector: {k@: v}}}}\n",
		"object operations": "  - target: {kind: Job}\n" +
			"    patch: [{op: add, path: /metadata/annotations/k@, value: v}]\n",
	} {
		text := "kind: DeploymentTarget\nmetadata: {name: a}\nspec:\n  kubernetes: {}\n  deploymentPatchSet:\n"
		for i := range 256 {
			text += strings.ReplaceAll(entry, "@", strconv.Itoa(i))
		}
		_, err := target.Parse("f", []byte(text))
		assert.NilError(t, err, name)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range hostile.Texts() {
		f.Add([]byte(text[1]))
	}
	for _, g := range hostile.Growings() {
		f.Add(g.Text(20))
	}
	f.Add(hostile.Long())
	if text, err := json.Marshal(config()); err == nil {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var v target.Target
		var err error
		if used := hostile.Allocated(func() { v, err = target.Parse("f", text) }); !hostile.RaceDetector() && used > hostile.Worth {
			t.Errorf("%d bytes allocate %d", len(text), used)
		}
		if err != nil {
			checkError(t, err)
			return
		}
		again, err := target.New(v.Config())
		if err != nil || !again.Equal(v) {
			t.Fatalf("New(Config()): %v", err)
		}
		written, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if read, err := target.Parse("f", written); err != nil || !read.Equal(v) {
			t.Fatalf("Parse(%s): %v", written, err)
		}
	})
}

// checkError holds what every error of Parse promises.
func checkError(t *testing.T, err error) {
	t.Helper()
	e, ok := errors.AsType[*flinktarget.InvalidError](err)
	if !ok || len(e.Problems) == 0 {
		t.Fatalf("%T: %v", err, err)
	}
	for _, p := range e.Problems {
		if p.Line < 1 || p.Column < 1 {
			t.Errorf("no place: %s", p)
		}
	}
	if text := err.Error(); len(text) > 32<<10 {
		t.Errorf("an error of %d bytes", len(text))
	}
}
