package render_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/explain"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/internal/inputs"
)

// otherJobID is that of a job that comes after jobID.
const otherJobID = "58c3f3a5-0a2f-4d7e-8a55-6c8e5c0f4b11"

// said is what Compare says, a line for each object and, indented, each field.
func said(list []render.Change) []string {
	var out []string
	for _, c := range list {
		name := strings.TrimSpace(c.Object().Kind() + " " + c.Object().Labels()["component"])
		out = append(out, fmt.Sprintf("%s %s: %s", c.Op, name, c.Effect))
		for _, f := range c.Fields {
			line := fmt.Sprintf("  %s %s: %s", f.Op, f.Path, f.Effect)
			if len(fmt.Sprint(f.Old, f.New)) < 40 {
				line += fmt.Sprintf(", %v -> %v", f.Old, f.New)
			}
			out = append(out, line)
		}
	}
	return out
}

func TestCompare(t *testing.T) {
	fixed := render.Job{ID: jobID}
	checksum := "spec.template.metadata.annotations[flinktarget.github.io/config-checksum]"
	for _, tc := range []struct {
		reason         string
		old, new       string
		oldJob, newJob render.Job
		want           []string
	}{
		{"nothing", app, app, fixed, fixed, nil},
		{"more TaskManagers", app, app + "      numberOfTaskManagers: 3\n", render.Job{}, render.Job{}, []string{
			"changed Deployment taskmanager: in place", "  changed spec.replicas: in place, 1 -> 3"}},
		{"a TaskManager's processors, which leave the job its id", app,
			app + "      resources: {taskmanager: {cpu: 2}}\n", render.Job{}, render.Job{}, []string{
				"changed Deployment taskmanager: rolls pods",
				"  changed spec.template.spec.containers[flink-taskmanager].resources.limits.cpu: rolls pods, 1 -> 2",
				"  changed spec.template.spec.containers[flink-taskmanager].resources.requests.cpu: rolls " +
					"pods, 1 -> 2"}},
		{"an option of a job that stays", app, app + "      flinkConfiguration: {my.option: x}\n", fixed, fixed,
			[]string{
				"changed ConfigMap: in place",
				"  changed data[flink-conf.yaml]: in place",
				"changed Job jobmanager: refused",
				"  changed " + checksum + ": refused",
				"changed Deployment taskmanager: rolls pods",
				"  changed " + checksum + ": rolls pods"}},
		{"an option, which makes another job", app, app + "      flinkConfiguration: {my.option: x}\n", render.Job{},
			render.Job{}, []string{
				"changed ConfigMap: replaced",
				"  changed data[flink-conf.yaml]: replaced",
				"changed Service jobmanager: replaced",
				"changed Job jobmanager: replaced",
				"  changed " + checksum + ": replaced",
				"changed Deployment taskmanager: replaced",
				"  changed " + checksum + ": replaced"}},
		{"another id, and nothing else", app, app, fixed, render.Job{ID: otherJobID}, []string{
			"changed ConfigMap: replaced", "changed Service jobmanager: replaced", "changed Job jobmanager: replaced",
			"changed Deployment taskmanager: replaced"}},
		{"another namespace", app, strings.Replace(app, "{namespace: staging}", "{namespace: production}", 1), fixed,
			fixed, []string{
				"changed ConfigMap: replaced", "  changed metadata.namespace: replaced, staging -> production",
				"changed Service jobmanager: replaced", "  changed metadata.namespace: replaced, staging -> production",
				"changed Job jobmanager: replaced", "  changed metadata.namespace: replaced, staging -> production",
				"changed Deployment taskmanager: replaced",
				"  changed metadata.namespace: replaced, staging -> production"}},
		{"a label of the objects", app, app + "      kubernetes: {labels: {team: a}}\n", fixed, fixed, []string{
			"changed Service jobmanager: in place", "  added metadata.labels.team: in place, <nil> -> a",
			"changed Job jobmanager: in place", "  added metadata.labels.team: in place, <nil> -> a",
			"changed Deployment taskmanager: in place", "  added metadata.labels.team: in place, <nil> -> a"}},
		{"an environment variable", app, app + "      kubernetes: {pods: {envVars: [{name: A, value: b}]}}\n", fixed,
			fixed, []string{
				"changed Job jobmanager: refused",
				"  added spec.template.spec.containers[flink-jobmanager].env: refused, <nil> -> [map[name:A value:b]]",
				"changed Deployment taskmanager: rolls pods",
				"  added spec.template.spec.containers[flink-taskmanager].env: rolls pods, <nil> -> [map[name:A " +
					"value:b]]"}},
		{"a session cluster's TaskManagers", session, session + "  numberOfTaskManagers: 5\n", fixed, fixed, []string{
			"changed Deployment taskmanager: in place", "  changed spec.replicas: in place, 1 -> 5"}},
		{"a session cluster in another namespace", session,
			strings.Replace(session, "{namespace: staging}", "{namespace: production}", 1), fixed, fixed, []string{
				"changed ConfigMap: replaced", "  changed metadata.namespace: replaced, staging -> production",
				"changed Service jobmanager: replaced", "  changed metadata.namespace: replaced, staging -> production",
				"changed Deployment jobmanager: replaced",
				"  changed metadata.namespace: replaced, staging -> production",
				"changed Deployment taskmanager: replaced",
				"  changed metadata.namespace: replaced, staging -> production"}},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			old, err := renderJob(t, tc.old, tc.oldJob)
			assert.NilError(t, err)
			new, err := renderJob(t, tc.new, tc.newJob)
			assert.NilError(t, err)
			assert.DeepEqual(t, said(render.Compare(old, new)), tc.want)
		})
	}
}

func TestCompareWithNothing(t *testing.T) {
	m := rendered(t, app)
	for _, c := range render.Compare(m, render.Manifests{}) {
		assert.Assert(t, c.Op == render.OpRemoved && c.Effect == render.EffectDeleted && c.New.Kind() == "" &&
			c.Object().Equal(c.Old))
	}
	for _, c := range render.Compare(render.Manifests{}, m) {
		assert.Assert(t, c.Op == render.OpAdded && c.Effect == render.EffectCreated && c.Old.Kind() == "" &&
			c.Object().Equal(c.New))
	}
	assert.Equal(t, len(render.Compare(m, render.Manifests{})), m.Len())
	assert.Equal(t, len(render.Compare(render.Manifests{}, m)), m.Len())
	assert.Equal(t, len(render.Compare(render.Manifests{}, render.Manifests{})), 0)
}

// What belongs to no resource is not found again by another name.
func TestCompareOfTargets(t *testing.T) {
	one := parse(t, []byte(staging)).Targets[0]
	old, err := renderer(t, render.ForPlatform(render.Platform{Namespace: "vvp", Name: "old"})).Target(one)
	assert.NilError(t, err)
	new, err := renderer(t, render.ForPlatform(render.Platform{Namespace: "vvp", Name: "new"})).Target(one)
	assert.NilError(t, err)
	assert.DeepEqual(t, said(render.Compare(old, new)), []string{
		"added Role: created", "added RoleBinding: created", "removed Role: deleted", "removed RoleBinding: deleted"})
}

// A job may go on while the next one starts, and parts may come and go with it.
func TestCompareOfSeveralJobs(t *testing.T) {
	ha := app + "      flinkConfiguration: {high-availability: kubernetes, high-availability.storageDir: " +
		"\"s3://a/b\"}\n"
	first, err := renderJob(t, app, render.Job{ID: jobID})
	assert.NilError(t, err)
	second, err := renderJob(t, ha, render.Job{ID: otherJobID})
	assert.NilError(t, err)
	objects := func(old, new render.Manifests) []string {
		return slices.DeleteFunc(said(render.Compare(old, new)),
			func(s string) bool { return strings.HasPrefix(s, " ") })
	}
	assert.DeepEqual(t, objects(first, second), []string{
		"added ServiceAccount: created", "added Role: created", "added RoleBinding: created",
		"changed ConfigMap: replaced", "changed Service jobmanager: replaced", "changed Job jobmanager: replaced",
		"changed Deployment taskmanager: replaced"})
	assert.Equal(t, len(objects(first, render.Join(first, second))), second.Len())
	for _, c := range render.Compare(render.Join(second, first), second) {
		assert.Equal(t, c.Effect, render.EffectDeleted)
	}
}

// Whatever is done to a result, the next is the same.
func TestComparedIsNotAliased(t *testing.T) {
	old, err := renderJob(t, app, render.Job{ID: jobID})
	assert.NilError(t, err)
	new, err := renderJob(t, app+"      kubernetes: {pods: {envVars: [{name: A, value: b}], nodeSelector: {a: b}}}\n",
		render.Job{ID: jobID})
	assert.NilError(t, err)
	digests := old.Digest() + new.Digest()
	list := render.Compare(old, new)
	want := said(list)
	scramble(&list)
	assert.Equal(t, digests, old.Digest()+new.Digest())
	for range 20 {
		assert.DeepEqual(t, said(render.Compare(old, new)), want)
	}
	back := render.Compare(new, old)
	scramble(&back)
	assert.Equal(t, digests, old.Digest()+new.Digest())
}

func TestWordsOfCompare(t *testing.T) {
	for op := render.OpAdded; op <= render.OpReordered; op++ {
		assert.Assert(t, op.String() != "")
	}
	for e := render.EffectNone; e <= render.EffectRefused; e++ {
		assert.Assert(t, e.String() != "")
	}
	assert.Equal(t, render.Op(99).String()+render.Effect(99).String(), "")
}

// renderPair renders two inputs that are about the same resource.
func renderPair(t *testing.T, a, b inputs.Input, jobs ...string) (old, new render.Manifests, ok bool) {
	t.Helper()
	if a.Resource["kind"] != b.Resource["kind"] {
		return old, new, false
	}
	for _, key := range []string{"name", "namespace", "id"} {
		if v, has := a.Resource["metadata"].(tree.Map)[key]; has {
			b.Resource["metadata"].(tree.Map)[key] = v
		} else {
			delete(b.Resource["metadata"].(tree.Map), key)
		}
	}
	opts := a.Options()
	old, err := renderJob(t, string(a.Text()), render.Job{ID: jobs[0]}, opts...)
	assert.NilError(t, err)
	bundle, err := deployment.ParseAll("input.yaml", b.Text())
	if err != nil {
		return old, new, false // it was tweaked
	}
	new, err = renderer(t, opts...).Bundle(bundle,
		func(deployment.Deployment) render.Job { return render.Job{ID: jobs[1]} })
	return old, new, err == nil
}

// Compare finds what a comparison of all objects with all, field by field, finds: no
// more, no less.
func TestCompareAgainstBruteForce(t *testing.T) {
	t.Parallel()
	jobs := []string{"", jobID, otherJobID}
	seen, pairs := map[string]int{}, 0
	for seed := range uint64(240) {
		a, b := inputs.New(seed), inputs.New(seed+1+seed%5)
		if seed%2 == 0 {
			b = inputs.New(seed)
			tweak(seed, b.Resource)
		}
		old, new, ok := renderPair(t, a, b, jobs[seed%3], jobs[seed/3%3])
		if !ok {
			continue
		}
		pairs++
		mentioned := map[string]bool{}
		list := render.Compare(old, new)
		for _, c := range list {
			for _, o := range []render.Object{c.Old, c.New} {
				mentioned[o.String()] = true
			}
			seen[c.Effect.String()]++
			if c.Op == render.OpChanged {
				checkFields(t, c, old)
			} else {
				assert.Equal(t, len(c.Fields), 0)
			}
		}
		for o := range old.All() { // what is not compared is there, and the same
			if !mentioned[o.String()] {
				same, ok := sameName(new, o)
				assert.Assert(t, ok && same.Equal(o), "seed %d: %s", seed, o)
			}
		}
		for o := range new.All() {
			_, ok := sameName(old, o)
			assert.Assert(t, ok || mentioned[o.String()], "seed %d: %s", seed, o)
		}
	}
	assert.Assert(t, pairs > 120, "%d", pairs)
	for e := render.EffectInPlace; e <= render.EffectRefused; e++ {
		assert.Assert(t, seen[e.String()] >= 5, "%v", seen)
	}
}

// tweak changes one thing in a resource.
func tweak(seed uint64, resource tree.Map) {
	spec := resource["spec"].(tree.Map)
	if template := tree.Child(spec, "template", "spec"); template != nil {
		spec = template
	}
	switch seed / 2 % 4 {
	case 0:
		spec["numberOfTaskManagers"] = int64(7)
	case 1:
		spec["flinkConfiguration"].(tree.Map)["my.option"] = "x"
	case 2:
		spec["resources"] = tree.Map{"taskmanager": tree.Map{"cpu": "3", "memory": "3g"}}
	}
}

// checkFields holds the fields of a change against all leaves of both versions.
func checkFields(t *testing.T, c render.Change, old render.Manifests) {
	t.Helper()
	was, is := c.Old.Map(), c.New.Map()
	if c.Effect == render.EffectReplaced {
		assert.Assert(t, c.Old.String() != c.New.String())
		was = renamed(t, was, c.Old.Labels()["jobId"], c.New.Labels()["jobId"], old)
	} else {
		assert.Equal(t, c.Old.String(), c.New.String())
		assert.Assert(t, len(c.Fields) > 0)
	}
	leavesOf := func(obj tree.Map) map[string]string {
		out := map[string]string{}
		for p, v := range explain.Leaves(obj, merge.Of(kinds.TypeOf(obj))) {
			out[p.String()] = string(tree.JSON(v))
		}
		return out
	}
	a, b := leavesOf(was), leavesOf(is)
	differ := map[string]bool{}
	for path := range maps.Keys(a) {
		differ[path] = a[path] != b[path]
	}
	for path := range maps.Keys(b) {
		differ[path] = a[path] != b[path]
	}
	below := func(path, of string) bool {
		return path == of || strings.HasPrefix(path, of+".") || strings.HasPrefix(path, of+"[")
	}
	for path, different := range differ {
		n, emptied := 0, false
		for _, f := range c.Fields {
			if f.Op != render.OpReordered && below(path, f.Path) {
				n++
			}
			emptied = emptied || below(f.Path, path)
		}
		// A map that has lost all it had is a leaf of its own.
		assert.Assert(t, !different || n == 1 || n == 0 && emptied, "%s: %s is missed, or reported %d times: %v", c.New,
			path, n, said([]render.Change{c}))
		assert.Assert(t, different || n == 0, "%s: %s is reported, and the same", c.New, path)
	}
}

// renamed is an object with another job id everywhere, and with the checksum of a
// ConfigMap that was treated likewise.
func renamed(t *testing.T, obj tree.Map, from, to string, all render.Manifests) tree.Map {
	t.Helper()
	replace := func(v any) any {
		text := strings.ReplaceAll(string(tree.JSON(v)), from, to)
		v, err := tree.FromJSON([]byte(strings.ReplaceAll(text, strings.ReplaceAll(from, "-", ""),
			strings.ReplaceAll(to, "-", ""))))
		assert.NilError(t, err)
		return v
	}
	if from == "" {
		return obj
	}
	out := replace(obj).(tree.Map)
	annotations := tree.Child(out, "spec", "template", "metadata", "annotations")
	if _, ok := annotations[render.AnnotationConfigChecksum]; ok {
		annotations[render.AnnotationConfigChecksum] = tree.Sum(replace(find(t, all, "ConfigMap", "").Map()["data"]))
	}
	return out
}

// many is a rendering of n objects.
func many(t testing.TB, n int, job func(i int) string, text string) render.Manifests {
	t.Helper()
	b := parse(t, []byte(text))
	var list []render.Manifests
	for i := range n / 4 {
		m, err := renderer(t).Deployment(b.Targets[0], b.Deployments[0], render.Job{ID: job(i)})
		assert.NilError(t, err)
		list = append(list, m)
	}
	return render.Join(list...)
}

func id(i int) string { return fmt.Sprintf("3f1da3c8-6f22-430f-9200-%012x", i) }

// Twice the objects are twice the work.
func TestCompareIsLinear(t *testing.T) {
	work := func(n int) float64 {
		old := many(t, n, id, app)
		new := many(t, n, id, app+"      kubernetes: {pods: {envVars: [{name: A, value: b}]}}\n")
		return testing.AllocsPerRun(1, func() { render.Compare(old, new) })
	}
	small, large := work(500), work(1000)
	assert.Assert(t, large < 2.1*small, "%v, then %v allocations", small, large)
}

func BenchmarkCompare(b *testing.B) {
	old := many(b, 1000, id, app)
	for name, new := range map[string]render.Manifests{
		"same":     many(b, 1000, id, app),
		"changed":  many(b, 1000, id, app+"      kubernetes: {pods: {envVars: [{name: A, value: b}]}}\n"),
		"replaced": many(b, 1000, func(i int) string { return id(i + 1<<20) }, app),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				render.Compare(old, new)
			}
		})
	}
}

func sameName(m render.Manifests, o render.Object) (render.Object, bool) {
	return m.Find(o.APIVersion(), o.Kind(), o.Namespace(), o.Name())
}
