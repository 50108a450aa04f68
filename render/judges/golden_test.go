package judges

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/flinktarget/flinktarget/render"
)

// objectsOf reads a stream of YAML documents.
func objectsOf(t *testing.T, text []byte) []map[string]any {
	t.Helper()
	var out []map[string]any
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		var object map[string]any
		if err := decoder.Decode(&object); err != nil {
			return out
		}
		if len(object) > 0 {
			out = append(out, object)
		}
	}
}

func assertAccepted(t *testing.T, objects []map[string]any) {
	t.Helper()
	assert.Assert(t, len(objects) > 0)
	for _, refusal := range judge(objects...) {
		t.Error(refusal)
	}
	assert.DeepEqual(t, warnings(objects), []string(nil))
}

// Everything that the library promises to render is accepted.
func TestGoldens(t *testing.T) {
	var files []string
	goldens := filepath.Join("..", "..", "render", "testdata")
	err := filepath.WalkDir(goldens, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".golden.yaml") {
			files = append(files, path)
		}
		return err
	})
	assert.NilError(t, err)
	assert.Assert(t, len(files) >= 7, "there are more goldens than %v", files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".golden.yaml"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			assert.NilError(t, err)
			assertAccepted(t, objectsOf(t, text))
		})
	}
}

func TestValidInputs(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "internal", "testdata", "valid", "*.yaml"))
	assert.NilError(t, err)
	assert.Assert(t, len(files) > 1)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			assert.NilError(t, err)
			var out bytes.Buffer
			assert.NilError(t, render.YAML(&out, bytes.NewReader(text)))
			assertAccepted(t, objectsOf(t, out.Bytes()))
		})
	}
}
