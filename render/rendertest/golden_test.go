package rendertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/render"
)

// recorder is a testing.TB that notes what is reported.
type recorder struct {
	testing.TB
	errors []string
}

func (r *recorder) Helper()      {}
func (r *recorder) Name() string { return "TestOrders/staging" }

func (r *recorder) Log(...any) {}

func (r *recorder) Error(args ...any) { r.errors = append(r.errors, fmt.Sprint(args...)) }

func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

// Fatal ends the test that is recorded, not the one that records.
func (r *recorder) Fatal(args ...any) {
	r.Error(args...)
	panic(r)
}

func (r *recorder) Fatalf(format string, args ...any) { r.Fatal(fmt.Sprintf(format, args...)) }

func record(f func(testing.TB)) (errs []string) {
	r := &recorder{}
	defer func() {
		if p := recover(); p != nil && p != any(r) {
			panic(p)
		}
		errs = r.errors
	}()
	f(r)
	return nil
}

func golden(m render.Manifests, file string) []string {
	return record(func(t testing.TB) { Golden(t, m, file) })
}

func TestGolden(t *testing.T) {
	t.Setenv(updateVariable, "")
	m := rendered(t, resources)
	file := filepath.Join(t.TempDir(), "deep/orders.golden.yaml")

	errs := golden(m, file)
	assert.Equal(t, len(errs), 1, "a file that is missing is not right")
	assert.Assert(t, strings.Contains(errs[0], "run RENDERTEST_UPDATE=1 go test -run '^TestOrders$'"), errs[0])

	t.Setenv(updateVariable, "1")
	assert.Equal(t, len(golden(m, file)), 0)
	t.Setenv(updateVariable, "")
	assert.Equal(t, len(golden(m, file)), 0)
	text, err := os.ReadFile(file)
	assert.NilError(t, err)
	var want strings.Builder
	_, err = m.WriteTo(&want)
	assert.NilError(t, err)
	assert.Equal(t, string(text), want.String())

	assert.NilError(t, os.WriteFile(file, []byte(strings.ReplaceAll(string(text), "\n", "\r\n")), 0o600))
	assert.Equal(t, len(golden(m, file)), 0, "git may change line ends")

	assert.NilError(t, os.WriteFile(file, []byte(strings.Replace(string(text), "replicas: 1", "replicas: 7", 1)),
		0o600))
	errs = golden(m, file)
	assert.Equal(t, len(errs), 1)
	assert.Assert(t, strings.HasSuffix(errs[0], "-taskmanager (Deployment default/orders-by-hour): spec.replicas: 1, not 7\n"),
		errs[0])
	line := strings.Count(string(text[:strings.Index(string(text), "replicas: 1")]), "\n") + 1
	assert.Assert(t, strings.HasPrefix(errs[0], fmt.Sprintf("%s:%d: ", file, line)), errs[0])
	assert.Assert(t, len(errs[0]) < 2000, "the difference is shown, not both texts: %d", len(errs[0]))

	for reason, c := range map[string]struct{ text, want string }{
		"a line of a text": {strings.Replace(string(text), "parallelism.default: 1", "parallelism.default: 2", 1),
			"data[flink-conf.yaml]:\n  - parallelism.default: 2\n  + parallelism.default: 1\n"},
		"an object more": {string(text) + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\n", "Secret a: removed"},
		"another order": {"---\n" + string(text[strings.LastIndex(string(text), "---\n")+4:]) +
			string(text[:strings.LastIndex(string(text), "---\n")]), "the objects are the same"},
		"not YAML":    {"---\na: [\n", "the file is not YAML"},
		"not objects": {"---\na: b\n", "other than objects: apiVersion: required"},
	} {
		assert.NilError(t, os.WriteFile(file, []byte(c.text), 0o600))
		errs = golden(m, file)
		assert.Assert(t, len(errs) == 1 && strings.Contains(errs[0], c.want), "%s: %q", reason, errs)
	}

	t.Setenv(updateVariable, "1")
	assert.Equal(t, len(golden(m, file)), 0, "another text is replaced")
	assert.Equal(t, len(golden(m, filepath.Join(file, "x"))), 1, "a file is no folder")
}

func TestCheckReportsProblems(t *testing.T) {
	m := rendered(t, strings.Replace(resources, "kubernetes: {namespace: staging}",
		`kubernetes: {namespace: staging}, deploymentPatchSet: [
		{target: {kind: Deployment}, patch: {spec: {template: {spec: {hostIPC: true}}}}}]`, 1))
	errs := record(func(t testing.TB) { Check(t, m) })
	assert.Equal(t, len(errs), 3, "%q", errs)
	for _, e := range errs {
		assert.Assert(t, strings.HasPrefix(e, "security: ") && strings.Contains(e, "hostIPC"), e)
	}
}

func TestDir(t *testing.T) {
	dir := t.TempDir()
	targets, others, _ := strings.Cut(resources, "---\n")
	write := func(name, text string) {
		t.Helper()
		file := filepath.Join(dir, name)
		assert.NilError(t, os.MkdirAll(filepath.Dir(file), 0o700))
		assert.NilError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	dirOf := func(opts ...render.Option) []string {
		return record(func(t testing.TB) { Dir(t, dir, opts...) })
	}
	assert.Equal(t, len(dirOf()), 1, "an empty folder tests nothing")
	write("b/others.yml", others)
	write("README.md", "no: [yaml")
	errs := dirOf()
	assert.Equal(t, len(errs), 1)
	assert.Assert(t, strings.Contains(errs[0], filepath.Join(dir, "b/others.yml")+":5:"),
		"what is wrong has a place: %s", errs[0])
	write("targets.YAML", targets)
	m := Dir(t, dir)
	assert.Equal(t, m.Len(), rendered(t, others+"---\n"+targets).Len())
	names := func(m render.Manifests) (out []string) {
		for o := range m.All() {
			out = append(out, o.String())
		}
		return out
	}
	write("b/others.yml", strings.Replace(others, "spec:\n", "spec:\n  maxJobCreationAttempts: 9\n", 1))
	changed := Dir(t, dir)
	assert.Assert(t, changed.Digest() != m.Digest())
	assert.DeepEqual(t, names(changed), names(m))
	write("b/others.yml", others)
	errs = dirOf(render.ForPlatform(render.Platform{Namespace: "N O"}))
	assert.Assert(t, len(errs) == 1 && strings.Contains(errs[0], "N O"), "%q", errs)
	write("c.json", "{")
	write("d.yaml", "kind: Nothing")
	errs = dirOf()
	assert.Assert(t, len(errs) == 1 && strings.Contains(errs[0], "c.json") && strings.Contains(errs[0], "d.yaml"),
		"all files are read: %q", errs)
	write(".git/e.yaml", "kind: Nothing")
	assert.Assert(t, !strings.Contains(dirOf()[0], "e.yaml"))
	assert.NilError(t, os.Symlink(t.TempDir(), filepath.Join(dir, "link")))
	errs = dirOf()
	assert.Assert(t, len(errs) == 1 && strings.Contains(errs[0], filepath.Join(dir, "link")+": "),
		"nothing is left out in silence: %q", errs)
	dir = t.TempDir()
	write("targets.yaml", targets)
	errs = dirOf()
	assert.Assert(t, len(errs) == 1 && strings.HasPrefix(errs[0], dir+": there is no Deployment"), "%q", errs)
	assert.Equal(t, Dir(t, dir, render.AllowEmpty()).Len(), 0)
	write("others.yaml", strings.Replace(others, "spec:\n", "spec:\n  state: SUSPENDED\n", 1))
	assert.DeepEqual(t, names(Dir(t, dir)), names(m)) // what is suspended is checked, too
	write("others.yaml", strings.Replace(others, "2.1}", "2.1, kubernetes: {pods: {affinity: {hyper: 1}}}}", 1))
	errs = dirOf()
	assert.Assert(t, len(errs) == 1 && strings.Contains(errs[0], "hyper: unknown field"), "%q", errs)
	assert.DeepEqual(t, names(Dir(t, dir, render.AllowUnknown())), names(m)) // of a newer Kubernetes
	dir = filepath.Join(dir, "nowhere")
	errs = dirOf()
	assert.Assert(t, len(errs) == 1 && strings.Contains(errs[0], dir), "%q", errs)
}
