package rendertest

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flinktarget/flinktarget/render"
)

// A flag of this package's own, because many tests define -update themselves, and a
// flag that is defined twice stops the program.
const updateFlag = "rendertest.update"

var update = flag.Bool(updateFlag, false, "write golden files instead of comparing with them")

// updating reports whether golden files are to be written.
func updating() bool {
	if *update {
		return true
	}
	if f := flag.Lookup("update"); f != nil {
		if getter, ok := f.Value.(flag.Getter); ok {
			set, _ := getter.Get().(bool)
			return set
		}
	}
	return false
}

// Golden compares the manifests, as Manifests.WriteTo writes them, with a file, and
// reports a difference as an error of t. The file may have any line ends. Warnings are
// not compared.
//
// With -rendertest.update the file is written, with its folders. The flag -update does
// the same where a package of the test defines it, as gotest.tools does:
//
//	go test ./... -run TestOrders -rendertest.update
func Golden(t testing.TB, m render.Manifests, file string) {
	t.Helper()
	var text bytes.Buffer
	if _, err := m.WriteTo(&text); err != nil {
		t.Errorf("writing manifests: %v", err)
		return
	}
	if updating() {
		if err := write(file, text.Bytes()); err != nil {
			t.Errorf("updating a golden file: %v", err)
		}
		return
	}
	hint := "run go test with -run '^" + strings.Split(t.Name(), "/")[0] + "$' -" + updateFlag + " to write the file"
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
		t.Errorf("%s:%d: the manifests are others (-file +rendered); if they are right, %s\n%s",
			file, same+1, hint,
			cmp.Diff(linesOf(before), linesOf(after), cmp.Comparer(func(a, b line) bool { return a == b })))
	}
}

// line is compared as a whole: the letters that two lines share say nothing.
type line struct{ Text string }

func linesOf(text []string) []line {
	out := make([]line, len(text))
	for i, l := range text {
		out[i] = line{l}
	}
	return out
}

func write(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}
