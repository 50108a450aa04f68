package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"
)

const oneTarget = `kind: DeploymentTarget
apiVersion: v1
metadata: {name: staging}
spec: {kubernetes: {namespace: s}}
`

const targets = oneTarget + `---
kind: DeploymentTarget
apiVersion: v1
metadata: {name: production}
spec: {kubernetes: {namespace: p}}
`

// resource is a Deployment for a target.
func resource(name, target string) string {
	return "---\nkind: Deployment\napiVersion: v1\nmetadata: {name: " + name + "}\nspec:\n  deploymentTargetName: " +
		target + `
  template: {spec: {artifact: {kind: JAR, flinkVersion: 1.20, jarUri: "local:///opt/flink/usrlib/a.jar"}}}
`
}

// workspace is a folder with resources in "in"; "out" is the output.
type workspace struct {
	t   *testing.T
	dir string
}

func newWorkspace(t *testing.T, resources ...string) workspace {
	w := workspace{t, t.TempDir()}
	w.write("in/all.yaml", strings.Join(resources, ""))
	return w
}

func (w workspace) path(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }

func (w workspace) write(name, text string) {
	w.t.Helper()
	assert.NilError(w.t, os.MkdirAll(filepath.Dir(w.path(name)), 0o755))
	assert.NilError(w.t, os.WriteFile(w.path(name), []byte(text), 0o644))
}

func (w workspace) read(name string) string {
	w.t.Helper()
	text, err := os.ReadFile(w.path(name))
	assert.NilError(w.t, err)
	return string(text)
}

type result struct {
	code           int
	stdout, stderr string
}

func (w workspace) run(args ...string) result {
	if len(args) == 0 {
		args = []string{"-out", w.path("out"), w.path("in")}
	}
	var out, errs bytes.Buffer
	code := run(args, &out, &errs)
	return result{code, out.String(), errs.String()}
}

func (w workspace) renews(flags ...string) string {
	w.t.Helper()
	r := w.run(append(flags, "-out", w.path("out"), w.path("in"))...)
	assert.Equal(w.t, r.code, 0, r.stderr)
	return r.stdout
}

// refuses runs the program, which must fail and leave everything as it is.
func (w workspace) refuses(why string, args ...string) {
	w.t.Helper()
	before := w.tree()
	r := w.run(args...)
	assert.Equal(w.t, r.code, 1, r.stdout)
	assert.Assert(w.t, strings.Contains(r.stderr, why), r.stderr)
	assert.DeepEqual(w.t, w.tree(), before)
}

// tree returns what every path of the workspace is: its text and when it was written.
func (w workspace) tree() map[string]string {
	w.t.Helper()
	out := map[string]string{}
	assert.NilError(w.t, filepath.WalkDir(w.dir, func(file string, d fs.DirEntry, err error) error {
		assert.NilError(w.t, err)
		rel, err := filepath.Rel(w.dir, file)
		assert.NilError(w.t, err)
		info, err := d.Info()
		assert.NilError(w.t, err)
		out[rel] = info.Mode().String()
		if d.Type().IsRegular() {
			out[rel] += " " + info.ModTime().Format(time.RFC3339Nano) + " " + w.read(rel)
		}
		return nil
	}))
	return out
}

func TestCommittedManifestsAreCurrent(t *testing.T) {
	args := []string{"-check", "-out", "manifests", "resources"}
	if golden.FlagUpdate() {
		args = args[1:]
	}
	r := workspace{t: t}.run(args...)
	assert.Equal(t, r.code, 0, "%s%s(-update renews them)", r.stdout, r.stderr)
	flux, err := os.ReadFile("flux.yaml")
	assert.NilError(t, err)
	for _, dir := range []string{"manifests/default/staging", "manifests/default/production"} {
		_, err := os.Stat(dir)
		assert.NilError(t, err)
		assert.Assert(t, strings.Contains(string(flux), "path: ./"+dir+"\n"))
	}
}

// The entry that flux.yaml shows switches Flux's substitution off in every manifest, of which one
// has what it would replace.
func TestFluxSubstitutesNothing(t *testing.T) {
	text, err := os.ReadFile("flux.yaml")
	assert.NilError(t, err)
	var entry string
	for line := range strings.Lines(string(text)) {
		if shown, ok := strings.CutPrefix(line, "#   "); ok {
			entry += "  " + shown
		}
	}
	jar := strings.Replace(resource("a", "staging"), "kind: JAR,", "kind: JAR, mainArgs: '--password a$(POD_IP) ${X}',", 1)
	target := strings.Replace(oneTarget, "spec: {kubernetes: {namespace: s}}\n",
		"spec:\n  kubernetes: {namespace: s}\n  deploymentPatchSet:\n"+entry, 1)
	w := newWorkspace(t, target, jar)
	assert.Equal(t, w.run().code, 0)
	manifest := w.read("out/default/staging/deployment-a.yaml")
	for _, o := range strings.Split(manifest, "\n---\n")[1:] { // after the header
		assert.Assert(t, strings.Contains(o, "    kustomize.toolkit.fluxcd.io/substitute: disabled\n"), o)
	}
	assert.Assert(t, strings.Contains(manifest, "$$(POD_IP)") && strings.Contains(manifest, "$${X}"), manifest)
}

func TestSecondRunTouchesNothing(t *testing.T) {
	w := newWorkspace(t, targets, resource("a", "staging"), resource("b", "production"), resource("My Job", "staging"))
	assert.Equal(t, w.renews(), `write default/production/deployment-b.yaml
write default/staging/deployment-a.yaml
write default/staging/deployment-my-job-170ed6a1.yaml
write default/production/kustomization.yaml
write default/staging/kustomization.yaml
`)
	before := w.tree()
	assert.Equal(t, w.renews(), "")
	assert.DeepEqual(t, w.tree(), before)
	assert.Equal(t, strings.Count(w.read("out/default/staging/deployment-a.yaml"), "\n---\n"), 4)
	assert.Assert(t, strings.HasSuffix(w.read("out/default/staging/kustomization.yaml"),
		"resources:\n- deployment-a.yaml\n- deployment-my-job-170ed6a1.yaml\n"))
}

func TestOrderAndPlaceOfResourcesDoNotMatter(t *testing.T) {
	w := newWorkspace(t, targets, resource("a", "staging"), resource("b", "staging"))
	w.renews()
	w.write("in/all.yaml", resource("b", "staging"))
	w.write("in/z/deep.json",
		`{"kind": "DeploymentTarget", "apiVersion": "v1", "metadata": {"name": "staging"},
			"spec": {"kubernetes": {"namespace": "s"}}}`)
	w.write("in/z/b.yml",
		resource("a", "staging")+"---\n"+strings.Replace(oneTarget, "name: staging", "name: other", 1))
	w.write("in/.git/config.yaml", "not: [ours")
	w.write("in/README.md", "not: [ours")
	assert.Equal(t, w.renews(),
		"write default/other/kustomization.yaml\nremove default/production/kustomization.yaml\n")
}

func TestWhatIsNoLongerRenderedIsRemoved(t *testing.T) {
	w := newWorkspace(t, targets, resource("a", "staging"), resource("b", "production"), resource("c", "staging"))
	w.renews()
	w.write("in/all.yaml",
		targets+resource("a", "production")+strings.Replace(resource("c", "staging"), "spec:\n",
			"spec:\n  state: SUSPENDED\n", 1))
	assert.Equal(t, w.renews(), `write default/production/deployment-a.yaml
write default/production/kustomization.yaml
write default/staging/kustomization.yaml
remove default/production/deployment-b.yaml
remove default/staging/deployment-a.yaml
remove default/staging/deployment-c.yaml
`)
	assert.Assert(t, strings.Contains(w.read("out/default/staging/kustomization.yaml"), "resources: []\n"),
		"a target without jobs still has a folder, so that its last job is pruned")

	w.write("in/all.yaml", oneTarget)
	w.renews("-allow-empty")
	_, err := os.Stat(w.path("out/default/production"))
	assert.ErrorIs(t, err, fs.ErrNotExist, "an empty folder goes, too")
	w.write("in/all.yaml", "")
	w.renews("-allow-empty")
	_, err = os.Stat(w.path("out/default"))
	assert.ErrorIs(t, err, fs.ErrNotExist)
}

func TestFilesOfOthersStay(t *testing.T) {
	w := newWorkspace(t, targets, resource("a", "staging"))
	w.renews()
	others := map[string]string{
		"out/README.md":                  "mine",
		"out/default/staging/extra.yaml": "kind: ConfigMap\n",
		"out/default/staging/copy.yaml":  w.read("out/default/staging/deployment-a.yaml"),
		"out/default/staging/notes.txt":  header("default/staging/notes.txt"),
		"out/default/gone/empty.yaml":    "",
		"out/.git/x.yaml":                header(".git/x.yaml"),
		"out/default/production/deployment.yaml": strings.TrimSuffix(
			header("default/production/deployment.yaml"), "\n"),
	}
	for name, text := range others {
		w.write(name, text)
	}
	w.write("in/all.yaml", targets)
	assert.Equal(t, w.renews("-allow-empty"),
		"write default/staging/kustomization.yaml\nremove default/staging/deployment-a.yaml\n")
	for name, text := range others {
		assert.Equal(t, w.read(name), text, name)
	}
}

func TestWhatIsInTheWayIsAnError(t *testing.T) {
	full := []string{targets, resource("a", "staging")}
	writes := func(name, text string) func(workspace) { return func(w workspace) { w.write(name, text) } }
	links := func(to, name string) func(workspace) { return func(w workspace) { w.link(to, name) } }
	adds := func(text string) func(workspace) { return writes("in/more.yaml", text) }
	const job, kustomization = "out/default/staging/deployment-a.yaml", "out/default/staging/kustomization.yaml"
	for reason, c := range map[string]struct {
		prepare func(w workspace)
		want    string
	}{
		"a file of others": {writes(job, "kind: ConfigMap\n"), "deployment-a.yaml is in the way"},
		"a copy of another file": {writes(job, header("default/x.yaml")),
			"deployment-a.yaml is in the way"},
		"an empty file":                  {writes(kustomization, ""), "kustomization.yaml is in the way"},
		"a folder where a file is to be": {writes(job+"/x", ""), "deployment-a.yaml is in the way"},
		"a file where a folder is to be": {writes("out/default/staging", ""), "default/staging is in the way"},
		"a link to a folder elsewhere": {links("elsewhere", "out/default/staging"),
			"default/staging is in the way"},
		"a link to the folder of another": {links("out/default/production", "out/default/staging"),
			"default/staging is in the way"},
		"a link higher up":           {links("elsewhere", "out/default"), "default is in the way"},
		"a link to a file elsewhere": {links("elsewhere/x", job), "deployment-a.yaml is in the way"},
		"a link to nothing":          {links("nothing", job), "deployment-a.yaml is in the way"},
		"names that differ in case": {adds(strings.ReplaceAll(oneTarget, "staging", "Staging")),
			"default/staging and default/Staging differ only in case"},
		"VVP namespaces that differ in case": {adds(strings.ReplaceAll(targets, "metadata: {",
			"metadata: {namespace: Default, ")), "default and Default differ only in case"},
		"a target's name that leads elsewhere": {adds(strings.ReplaceAll(targets, "staging", "../../x")),
			"metadata.name"},
		"a namespace that leads elsewhere": {adds(strings.ReplaceAll(targets, "metadata: {",
			"metadata: {namespace: .., ")), "metadata.namespace"},
		"a resource that is not legal": {adds(resource("b", "nowhere")),
			"there is no DeploymentTarget default/nowhere"},
		"a resource that stands twice":  {adds(resource("a", "production")), "Duplicate"},
		"an input that is not followed": {links("elsewhere", "in/link"), "link: a symbolic link"},
		"an output that is a file":      {writes("out", ""), "out"},
	} {
		t.Run(reason, func(t *testing.T) {
			w := newWorkspace(t, full...)
			w.write("elsewhere/x", "kept")
			c.prepare(w)
			w.refuses(c.want)
			w.refuses(c.want, "-check", "-out", w.path("out"), w.path("in"))
		})
	}
}

func (w workspace) link(to, name string) {
	w.t.Helper()
	assert.NilError(w.t, os.MkdirAll(filepath.Dir(w.path(name)), 0o755))
	assert.NilError(w.t, os.Symlink(w.path(to), w.path(name)))
}

func (w workspace) add(text string) { w.write("in/more.yaml", text) }

func TestInputAndOutputMustBeApart(t *testing.T) {
	w := newWorkspace(t, targets, resource("a", "staging"))
	w.link("in", "link")
	const why = "must be apart"
	for _, out := range []string{"in", "in/deep/er", "link", "link/deep", "."} {
		w.refuses(why, "-out", w.path(out), w.path("in"))
		w.refuses(why, "-check", "-out", w.path(out), w.path("in"))
	}
	w.refuses(why, "-out", w.path("out"), w.path("in"), w.path("."))
	t.Chdir(w.path("in"))
	w.refuses(why, "-out", "x", ".")
	w.refuses(why, "-out", "../in", w.path("in"))
	assert.Equal(t, w.run("-out", "../in2", ".").code, 0, "a folder whose name begins alike")
}

func TestOutputMayBeALink(t *testing.T) {
	w := newWorkspace(t, targets, resource("a", "staging"))
	assert.NilError(t, os.Mkdir(w.path("real"), 0o755))
	w.link("real", "out")
	w.renews()
	assert.Assert(t, w.read("real/default/staging/deployment-a.yaml") != "")
}

// Where case does not count, a target that is now written in another case finds its file.
func TestHeaderOfAnotherCase(t *testing.T) {
	w := newWorkspace(t, targets, resource("a", "staging"))
	w.write("out/default/staging/deployment-a.yaml", header("default/Staging/deployment-a.yaml"))
	w.renews()
	assert.Assert(t,
		strings.HasPrefix(w.read("out/default/staging/deployment-a.yaml"),
			header("default/staging/deployment-a.yaml")+"---\n"))
}

func TestHalfWrittenFilesAreRemoved(t *testing.T) {
	w := newWorkspace(t, targets, resource("a", "staging"))
	w.write("out/default/staging/.gitops.tmp", "half")
	w.write("out/default/gone/.gitops-1.tmp", "half")
	w.write("elsewhere", "kept")
	w.link("elsewhere", "out/default/production/.gitops-1.tmp")
	w.refuses("run gitops without -check", "-check", "-out", w.path("out"), w.path("in"))
	w.renews()
	assert.Equal(t, w.read("elsewhere"), "kept")
	for name := range w.tree() {
		assert.Assert(t, !strings.Contains(name, ".tmp") && !strings.Contains(name, "gone"), "%s", name)
	}
}

func TestCheck(t *testing.T) {
	w := newWorkspace(t, targets, resource("a", "staging"))
	check := []string{"-check", "-out", w.path("out"), w.path("in")}
	w.refuses("run gitops without -check", check...)
	assert.Equal(t, strings.Count(w.run(check...).stdout, "write "), 3)
	w.renews()
	assert.Equal(t, w.run(check...).code, 0)
	w.add(resource("b", "staging"))
	w.refuses("run gitops without -check", check...)
	assert.Equal(t, w.run(check...).stdout,
		"write default/staging/deployment-b.yaml\nwrite default/staging/kustomization.yaml\n")
}

func TestSavepoint(t *testing.T) {
	w := newWorkspace(t, targets,
		strings.Replace(resource("a", "staging"), "{name: a}",
			"{name: a, annotations: {gitops.example.com/savepoint: s3://b/sp-1}}", 1))
	assert.Equal(t, w.run().stderr, "")
	assert.Assert(t, strings.Contains(w.read("out/default/staging/deployment-a.yaml"), "s3://b/sp-1"))
}

// A Deployment in session mode is in the folder of its cluster's target.
func TestSessionMode(t *testing.T) {
	cluster := "---\nkind: SessionCluster\nmetadata: {name: shared}\nspec: {deploymentTargetName: production, " +
		"flinkVersion: '1.20', numberOfTaskManagers: 1}\n"
	w := newWorkspace(t, targets, cluster, strings.Replace(resource("a", "shared"), "deploymentTargetName",
		"sessionClusterName", 1))
	w.renews()
	assert.Assert(t, strings.Contains(w.read("out/default/production/deployment-a.yaml"), "-submit\n"))
	w.write("in/all.yaml", targets+resource("b", "staging")+strings.Replace(resource("a", "gone"), "deploymentTargetName",
		"sessionClusterName", 1))
	w.refuses("spec.sessionClusterName")
}

// What was cut off must not look as if everything had been taken away.
func TestEmptyInput(t *testing.T) {
	for reason, text := range map[string]string{"no text": "", "comments": "# none\n", "targets only": targets} {
		t.Run(reason, func(t *testing.T) {
			w := newWorkspace(t, targets, resource("a", "staging"))
			w.renews()
			w.write("in/all.yaml", text)
			w.refuses("-allow-empty")
			w.refuses("-allow-empty", "-check", "-out", w.path("out"), w.path("in"))
			assert.Assert(t, strings.Contains(w.renews("-allow-empty"), "remove default/staging/deployment-a.yaml\n"))
		})
	}
	w := newWorkspace(t, targets, resource("a", "staging"))
	w.write("in/b.yaml", "")
	r := w.run()
	assert.Equal(t, r.code, 0, r.stderr)
	assert.Assert(t, strings.Contains(r.stderr, "b.yaml: warning: there is no resource"), r.stderr)
}

func TestJobFlags(t *testing.T) {
	const id, other = "2da2f867-5899-4bef-8ad0-9771bbac38b4", "5d5a3ad5-4ab6-4f0c-8d25-ad2bf8b5fba1"
	annotated := strings.Replace(resource("a", "staging"), "{name: a}",
		"{name: a, annotations: {gitops.example.com/savepoint: s3://b/old, gitops.example.com/job-id: "+other+"}}", 1)
	w := newWorkspace(t, targets, annotated, resource("b", "staging"))
	w.renews()
	assert.Assert(t,
		strings.Contains(w.read("out/default/staging/deployment-a.yaml"), "name: job-"+other+"-jobmanager\n"))
	w.renews("-job-id", "default/a="+id, "-savepoint", "a=s3://b/new", "-savepoint", "b=/savepoints/b=1")
	a := w.read("out/default/staging/deployment-a.yaml")
	assert.Assert(t,
		strings.Contains(a, "name: job-"+id+"-jobmanager\n") && strings.Contains(a, "- s3://b/new\n") &&
			!strings.Contains(a, other), a)
	assert.Assert(t, strings.Contains(w.read("out/default/staging/deployment-b.yaml"), "- /savepoints/b=1\n"))
	for reason, args := range map[string][]string{
		"-job-id":                   {"-job-id", "a=x"},
		"-savepoint":                {"-savepoint", "a=s3//x"},
		"no Deployment c":           {"-job-id", "c=" + id},
		"which Deployment":          {"-job-id", id},
		"given to":                  {"-job-id", "a=" + id, "-job-id", "b=" + id},
		"no Deployment default/c":   {"-savepoint", "default/c=/s"},
		"standard input":            {"-"},
		"provided but not defined":  {"-nonsense"},
		"given twice":               {"-job-id", "a=" + id, "-job-id", "a=" + id},
		"--platform-namespace":      {"-platform-namespace", "N O"},
		"--fetcher-image":           {"-fetcher-image", "N O"},
		"for flag -logging-profile": {"-logging-profile", "x"},
	} {
		before := w.tree()
		r := w.run(append(args, "-out", w.path("out"), w.path("in"))...)
		assert.Equal(t, r.code, 2, "%s: %s", reason, r.stderr)
		assert.Assert(t, strings.Contains(r.stderr, reason), "%s: %s", reason, r.stderr)
		assert.DeepEqual(t, w.tree(), before)
	}
	for _, bad := range [][2]string{{"s3://b/old", "s3//b"}, {other, "x"}} {
		w.write("in/all.yaml", targets+strings.Replace(annotated, bad[0], bad[1], 1))
		w.refuses("all.yaml:13:") // the annotations' line
	}
	w.write("in/all.yaml", targets+annotated+strings.ReplaceAll(annotated, "name: a", "name: b"))
	w.refuses("is given to")
}

// The flags of rendering do what they do in flinktarget; its tests have them all.
func TestRenderFlags(t *testing.T) {
	patched := strings.Replace(oneTarget, "{namespace: s}}\n",
		"{namespace: s}, deploymentPatchSet: [{target: {name: '.*', labelSelector: deploymentName=a}, "+
			"patch: {metadata: {annotations: {x: y}}}}]}\n", 1)
	w := newWorkspace(t, patched, resource("a", "staging"), resource("b", "staging"))
	w.write("defaults",
		"kind: DeploymentDefaults\napiVersion: v1\nspec: {template: {spec: {numberOfTaskManagers: 7}}}\n")
	w.renews("-strict-patches", "-pod-disruption-budgets", "-image", "1.20=registry.example.com/flink:1", "-defaults",
		w.path("defaults"))
	b := w.read("out/default/staging/deployment-b.yaml")
	for _, want := range []string{"image: registry.example.com/flink:1\n", "replicas: 7\n",
		"kind: PodDisruptionBudget\n"} {
		assert.Assert(t, strings.Contains(b, want), "%s", want)
	}
	w.write("in/all.yaml", patched+resource("b", "staging"))
	w.refuses("matches no object", "-strict-patches", "-out", w.path("out"), w.path("in"))
	w.refuses("nowhere", "-defaults", w.path("nowhere"), "-out", w.path("out"), w.path("in"))
	w.refuses("nowhere", "-logging-profile", "a="+w.path("nowhere"), "-out", w.path("out"), w.path("in"))
	w.write("in/all.yaml", patched+resource("a", "staging"))
	r := w.run()
	assert.Assert(t, strings.Contains(r.stderr, "--job-id") && !strings.Contains(r.stderr, "Job."),
		"a derived id is worth a warning, in the words of flags: %s", r.stderr)
}

func TestOtherKinds(t *testing.T) {
	w := newWorkspace(t, targets, resource("a", "staging"))
	w.write("in/kustomization.yaml", "resources: [all.yaml]\n")
	w.renews()
	w.write("in/service.yaml", "kind: Service\napiVersion: v1\n")
	w.refuses("service.yaml:1:7")
	r := w.run("-skip-unknown-kinds", "-check", "-out", w.path("out"), w.path("in"))
	assert.Equal(t, r.code, 0, r.stderr)
	assert.Assert(t, strings.Contains(r.stderr, "service.yaml:1:7: kind: warning: the document is left out"), r.stderr)
}

func TestHelp(t *testing.T) {
	for _, flag := range []string{"-h", "-help", "--help"} {
		r := workspace{t: t}.run(flag)
		assert.Equal(t, r.code, 0)
		assert.Equal(t, r.stderr, "")
		assert.Assert(t, strings.Contains(r.stdout, "-allow-empty"))
	}
}

func TestUsage(t *testing.T) {
	w := newWorkspace(t, targets, resource("a", "staging"))
	for _, args := range [][]string{{"-out", "x"}, {"-nonsense", "in"}, {"-platform-namespace", "N O", "in"}} {
		assert.Equal(t, w.run(args...).code, 2, "%v", args)
	}
	w.write("elsewhere.yaml", targets+resource("a", "staging"))
	assert.Equal(t, w.run("-out", w.path("out2"), w.path("elsewhere.yaml")).code, 0, "a file is as good as a folder")
	w.refuses("nowhere", "-out", w.path("out"), w.path("nowhere"))
	assert.NilError(t, os.Mkdir(w.path("empty"), 0o755))
	w.refuses("no .yaml, .yml or .json files", "-out", w.path("out"), w.path("empty"))
	w.write("in/all.yaml", strings.Replace(targets, "{namespace: s}", "{}", 1)+resource("a", "staging"))
	w.refuses("namespace")
	assert.Equal(t, w.run("-platform-namespace", "vvp", "-out", w.path("out"), w.path("in")).code, 0)
}
