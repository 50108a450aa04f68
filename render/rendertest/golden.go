package rendertest

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flinktarget/flinktarget/internal/compare"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/render"
)

// updateVariable asks for golden files to be written. It is no flag, at which go test stops in
// packages that do not define it.
const updateVariable = "RENDERTEST_UPDATE"

// Golden compares the manifests, as Manifests.WriteTo writes them, with a file, and
// reports a difference as an error of t, which names objects and fields, and of texts the
// lines that differ. The file may have any line ends. Warnings are not compared.
//
// With the environment variable RENDERTEST_UPDATE the file is written, with its folders:
//
//	RENDERTEST_UPDATE=1 go test ./... -run TestOrders
func Golden(t testing.TB, m render.Manifests, file string) {
	t.Helper()
	var text bytes.Buffer
	if _, err := m.WriteTo(&text); err != nil {
		t.Errorf("writing manifests: %v", err)
		return
	}
	if os.Getenv(updateVariable) != "" {
		if err := write(file, text.Bytes()); err != nil {
			t.Errorf("updating a golden file: %v", err)
		}
		return
	}
	hint := "run " + updateVariable + "=1 go test -run '^" + strings.Split(t.Name(), "/")[0] + "$' to write the file"
	want, err := os.ReadFile(file)
	if err != nil {
		t.Errorf("%v; %s", err, hint)
		return
	}
	want = bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n"))
	if !bytes.Equal(want, text.Bytes()) {
		before, after := strings.Split(string(want), "\n"), strings.Split(text.String(), "\n")
		same := 0
		for same < min(len(before), len(after)) && before[same] == after[same] {
			same++
		}
		t.Errorf("%s:%d: the manifests are others; if they are right, %s\n%s", file, same+1, hint, differences(want, m))
	}
}

// differences names objects and fields. If the file does not hold objects any more, or
// nothing but its text is another, it says that.
func differences(file []byte, m render.Manifests) string {
	var objects []render.Object
	for _, doc := range yaml.Split("", file) {
		root, problems := doc.Read()
		if root == nil || len(problems) > 0 {
			return "the file is not YAML"
		}
		o, err := render.NewObject(root.Value())
		if err != nil {
			return fmt.Sprintf("the file has something other than objects: %v", err)
		}
		objects = append(objects, o)
	}
	return cmp.Or(listed(render.NewManifests(objects...), m),
		"the objects are the same: their order is another, or how they are written")
}

// listed names the objects and fields that are not the same.
func listed(old, new render.Manifests) string {
	var out strings.Builder
	for _, c := range render.Compare(old, new) {
		if len(c.Fields) == 0 {
			fmt.Fprintf(&out, "%s: %s\n", name(c.Object()), c.Op)
		}
		for _, f := range c.Fields {
			old, isText := f.Old.(string)
			if new, ok := f.New.(string); ok && isText && strings.Contains(old+new, "\n") {
				fmt.Fprintf(&out, "%s: %s:\n", name(c.Object()), f.Path)
				writeLines(&out, old, new)
				continue
			}
			fmt.Fprintf(&out, "%s: %s: %s, not %s\n", name(c.Object()), f.Path, value(f.New), value(f.Old))
		}
	}
	return out.String()
}

// writeLines writes the lines that are in the file only, after a -, and those that were
// rendered only, after a +.
func writeLines(out *strings.Builder, old, new string) {
	for _, l := range compare.Lines(strings.Split(old, "\n"), strings.Split(new, "\n")) {
		if l.Sign != ' ' {
			fmt.Fprintf(out, "  %c %s\n", l.Sign, l.Text)
		}
	}
}

// value returns what a field has, as JSON.
func value(v any) string {
	if v == nil {
		return "nothing"
	}
	const most = 1000 // bytes
	text := tree.JSON(v)
	if len(text) > most {
		return strings.ToValidUTF8(string(text[:most]), "") + "…"
	}
	return string(text)
}

func write(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}
