package render_test

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

func TestDerivedIDWarns(t *testing.T) {
	for _, c := range []struct {
		reason, strategies string
		job                render.Job
		want               bool
	}{
		{"VVP's defaults promise state", "", render.Job{}, true},
		{"a savepoint has it", "", render.Job{SavepointLocation: "s3://b/s"}, false},
		{"an id of its own is not derived", "", render.Job{ID: jobID}, false},
		{"nobody wants state", "upgradeStrategy: {kind: STATELESS}, restoreStrategy: {kind: none}", render.Job{},
			false},
		{"an upgrade does", "upgradeStrategy: {kind: stateful}, restoreStrategy: {kind: NONE}", render.Job{}, true},
		{"a restoration does", "upgradeStrategy: {kind: NONE}, restoreStrategy: {kind: latest_state}", render.Job{},
			true},
		{"from a savepoint, too", "upgradeStrategy: {kind: NONE}, restoreStrategy: {kind: LATEST_SAVEPOINT}",
			render.Job{}, true},
	} {
		text := strings.Replace(app,
			"spec:\n  deploymentTargetName: staging\n  template:\n    spec:\n      artifact: {kind: JAR, "+
				"flinkVersion: 1.20, jarUri: \"local:///opt/flink/usrlib/app.jar\"}\n",
			"spec: {deploymentTargetName: staging, template: {spec: {artifact: {kind: JAR, flinkVersion: 1.20, "+
				"jarUri: \"local:///opt/flink/usrlib/app.jar\"}}}, "+c.strategies+"}\n", 1)
		m, err := renderJob(t, text, c.job)
		assert.NilError(t, err, c.reason)
		warned := slices.ContainsFunc(m.Warnings(),
			func(w flinktarget.Problem) bool { return strings.HasPrefix(w.Message, "the job id is derived") })
		assert.Equal(t, warned, c.want, c.reason)
	}
}

func TestStateThatBelongsToNobody(t *testing.T) {
	text := in(app, "  template:\n", "  restoreStrategy: {allowNonRestoredState: true}\n  template:\n")
	for location, want := range map[string]bool{"": false, "s3://b/s": true} {
		m, err := renderJob(t, text, render.Job{ID: jobID, SavepointLocation: location})
		assert.NilError(t, err)
		assert.Equal(t, slices.Contains(jobManager(t, m).Containers[0].Args, "--allowNonRestoredState"), want, location)
		m, err = renderJob(t, app, render.Job{ID: jobID, SavepointLocation: location})
		assert.NilError(t, err)
		assert.Assert(t, !slices.Contains(jobManager(t, m).Containers[0].Args, "--allowNonRestoredState"))
	}
}

// configOf is the text of Flink's configuration file.
func configOf(t *testing.T, m render.Manifests) string {
	t.Helper()
	return stringsAt(find(t, m, "ConfigMap", "").Map(), "data")["flink-conf.yaml"]
}

func TestOptionsThatStay(t *testing.T) {
	for _, c := range []struct{ reason, text, want string }{
		{"http is allowed for a jar", withArtifact("1.20", "http://h/a.jar"),
			"user.artifacts.raw-http-enabled: true\n"},
		{"but not against the user's word",
			withArtifact("1.20",
				"http://h/a.jar") + "      flinkConfiguration: {user.artifacts.raw-http-enabled: false}\n",
			"user.artifacts.raw-http-enabled: false\n"},
		{"what is no reference", app + "      flinkConfiguration: {a: '${a b}'}\n", "a: ${a b}\n"},
		{"what Flink's scripts expand", app + "      flinkConfiguration: {env.java.opts.all: '-Da=${b}'}\n",
			"env.java.opts.all: -Da=${b}\n"},
	} {
		m, err := renderJob(t, c.text, render.Job{ID: jobID})
		assert.NilError(t, err, c.reason)
		assert.Assert(t, strings.Contains(configOf(t, m), c.want), "%s: %s", c.reason, configOf(t, m))
	}
	// Flink 1.18 has but one option for Java's, which the user may call as before; the
	// new name counts where both are there.
	for conf, want := range map[string]string{"env.java.opts: -Da=b": " -Da=b\n",
		"env.java.opts: -Da=b, env.java.opts.all: -Dc=d": " -Dc=d\n"} {
		m, err := renderJob(t, onVersion(app, "1.18")+"      flinkConfiguration: {"+conf+"}\n", render.Job{ID: jobID})
		assert.NilError(t, err)
		_, options, _ := strings.Cut(configOf(t, m), "env.java.opts.all: ")
		line, _, _ := strings.Cut(options, "\n")
		assert.Assert(t, strings.HasSuffix(line+"\n", want), "%s: %s", conf, line)
		assert.Assert(t, !strings.Contains(configOf(t, m), "env.java.opts: "), configOf(t, m))
	}
	// Annotations of all objects are those of pods, too.
	annotated, err := renderJob(t, app+"      kubernetes: {annotations: {owner: b}}\n", render.Job{ID: jobID})
	assert.NilError(t, err)
	assert.Equal(t, stringsAt(find(t, annotated, "Job", "").Map(), "spec", "template", "metadata",
		"annotations")["owner"], "b")
	// A variable of the Flink containers of both templates is one.
	m, err := renderJob(t,
		app+"      flinkConfiguration: {a: '${KEY}'}\n      kubernetes: {jobManagerPodTemplate: {spec: {containers: "+
			"[{name: flink-jobmanager, env: [{name: KEY, value: v}]}]}}, taskManagerPodTemplate: {spec: {containers: "+
			"[{name: flink-taskmanager, env: [{name: KEY, value: v}]}]}}}\n", render.Job{ID: jobID})
	assert.NilError(t, err)
	assert.Assert(t, slices.Contains(jobManager(t, m).Containers[0].Args, "a=$(KEY)"))
	// REST that answers https only is not asked by HTTP.
	for option, plain := range map[string]bool{"security.ssl.enabled: true": false,
		"security.ssl.rest.enabled: true": false, "security.ssl.internal.enabled: true": true} {
		m, err := renderJob(t, app+"      flinkConfiguration: {"+option+"}\n", render.Job{ID: jobID})
		assert.NilError(t, err)
		assert.Equal(t, jobManager(t, m).Containers[0].ReadinessProbe.HTTPGet != nil, plain, option)
	}
}

// Accounts are made for whoever has none.
func TestAccountsOfOneComponent(t *testing.T) {
	for template, own := range map[string][]string{"jobManagerPodTemplate": {"me", ""},
		"taskManagerPodTemplate": {"", "me"}} {
		m, err := renderJob(t,
			app+"      "+haConf+"      kubernetes: {"+template+": {spec: {serviceAccountName: me}}}\n",
			render.Job{ID: jobID})
		assert.NilError(t, err)
		account := find(t, m, "ServiceAccount", "").Name()
		var d appsv1.Deployment
		assert.NilError(t, find(t, m, "Deployment", "").Into(&d))
		for i, pod := range []corev1.PodSpec{jobManager(t, m), d.Spec.Template.Spec} {
			want := own[i]
			if want == "" {
				want = account
			}
			assert.Equal(t, pod.ServiceAccountName, want, "%s: %d", template, i)
		}
	}
}

func TestTemplatesKeepWhatIsOurs(t *testing.T) {
	templates := "      kubernetes: {jobManagerPodTemplate: {metadata: null, spec: {containers: [{name: " +
		"flink-jobmanager, securityContext: null}, {name: a, image: x}, {name: b, image: x, securityContext: {}}], " +
		"initContainers: [{name: c, image: x}]}}}\n"
	b := parse(t, []byte(app+templates))
	given := func() map[string]any {
		return b.Deployments[0].Config().Spec.Template.Spec.Kubernetes.JobManagerPodTemplate.Map()
	}
	before := given()
	m, err := renderer(t).Bundle(b, nil)
	assert.NilError(t, err)
	assert.DeepEqual(t, given(), before)

	assert.Equal(t, jobManagerPods(t, m)["component"], "jobmanager", "labels come back")
	pod := jobManager(t, m)
	restricted := map[string]bool{}
	for _, c := range append(slices.Clone(pod.Containers), pod.InitContainers...) {
		restricted[c.Name] = c.SecurityContext != nil && c.SecurityContext.AllowPrivilegeEscalation != nil
	}
	assert.DeepEqual(t, restricted, map[string]bool{"flink-jobmanager": false, "a": true, "b": false, "c": true})
}

// As many TaskManagers as there may be decide on a budget.
func TestBudgetOfScaledTaskManagers(t *testing.T) {
	for _, most := range []int32{1, 2} {
		m, err := renderJob(t, app, render.Job{ID: jobID}, render.PodDisruptionBudgets(),
			render.WithAutoscaling(render.Autoscaling{MaxReplicas: most}))
		assert.NilError(t, err)
		assert.Equal(t, strings.Contains(yamlOf(t, m), "kind: PodDisruptionBudget\n"), most > 1, "at most %d", most)
	}
}

// What others refer to comes first.
func TestOrderOfObjects(t *testing.T) {
	m, err := renderJob(t, app+"      numberOfTaskManagers: 2\n      "+haConf, render.Job{ID: jobID},
		render.PodDisruptionBudgets())
	assert.NilError(t, err)
	var kinds []string
	for o := range m.All() {
		kinds = append(kinds, o.Kind())
	}
	assert.DeepEqual(t, kinds,
		[]string{"ServiceAccount", "Role", "RoleBinding", "ConfigMap", "Service", "PodDisruptionBudget", "Job",
			"Deployment"})
}

func TestManifests(t *testing.T) {
	m, err := renderJob(t, app, render.Job{ID: jobID})
	assert.NilError(t, err)
	name := "job-" + jobID + "-jobmanager"
	for _, c := range []struct {
		apiVersion, kind, namespace, name string
		found                             bool
	}{
		{"v1", "Service", "staging", name, true},
		{"batch/v1", "Job", "staging", name, true},
		{"v1", "Service", "staging", "job-" + jobID + "-taskmanager", false},
		{"v1", "Secret", "staging", name, false},
		{"v1", "Service", "default", name, false},
		{"batch/v1", "Service", "staging", name, false},
	} {
		o, ok := m.Find(c.apiVersion, c.kind, c.namespace, c.name)
		assert.Equal(t, ok, c.found)
		assert.Equal(t, o.Kind() == c.kind && o.Name() == c.name, c.found)
	}
	other, err := renderJob(t, app+"      parallelism: 2\n", render.Job{ID: jobID})
	assert.NilError(t, err)
	again, err := renderJob(t, app, render.Job{ID: jobID})
	assert.NilError(t, err)
	assert.Assert(t, m.Digest() == again.Digest() && m.Digest() != other.Digest() &&
		m.Digest() != render.Manifests{}.Digest())

	var text strings.Builder
	n, err := m.WriteTo(&text)
	assert.Assert(t, err == nil && n == int64(text.Len()) && n > 1000, "%d: %v", n, err)

	var list struct {
		APIVersion, Kind string
		Items            []map[string]any
	}
	assert.NilError(t, json.Unmarshal(m.JSON(), &list))
	assert.Equal(t, list.APIVersion+" "+list.Kind, "v1 List")
	assert.Equal(t, len(list.Items), 4)
	assert.Equal(t, list.Items[2]["kind"], "Job")

	service, _ := m.Find("v1", "Service", "staging", name)
	assert.ErrorContains(t, service.Into(&appsv1.Deployment{}), "Service staging/"+name,
		"fields that a Deployment does not have")
	assert.Assert(t, service.Into(&struct {
		Spec string `json:"spec"`
	}{}) != nil)
	// One field too many is enough.
	var almost struct {
		APIVersion string         `json:"apiVersion"`
		Kind       string         `json:"kind"`
		Metadata   map[string]any `json:"metadata"`
	}
	assert.ErrorContains(t, service.Into(&almost), "spec")

	assert.Equal(t, render.Step(99).String()+render.Step(int(render.StepOption)+1).String(), "")
	traced, err := renderer(t, ofVVP, render.WithTrace()).Target(parse(t,
		[]byte(staging)).Targets[0])
	assert.NilError(t, err)
	for range traced.Explain() {
		t.Error("nothing is known of what lets the platform in")
	}
	count := func(m render.Manifests) (n int) {
		for range m.Explain() {
			n++
		}
		return n
	}
	known, err := renderJob(t, app, render.Job{ID: jobID}, render.WithTrace())
	assert.NilError(t, err)
	assert.Assert(t, count(known) > 0)
	assert.Equal(t, count(render.Join(traced, known)), count(known), "what is known beside it is not lost")
	for v, want := range map[interface{ String() string }]string{render.Op(0): "", render.OpReordered: "reordered",
		render.Op(5): "", render.EffectRefused: "refused", render.Effect(7): ""} {
		assert.Equal(t, v.String(), want)
	}
}

// Parts of several Deployments are not mixed up, in whatever order they come.
func TestCompareOfTwoDeployments(t *testing.T) {
	both := func(conf string) (a, b render.Manifests) {
		a, err := renderJob(t, app+"      flinkConfiguration: {a: "+conf+"}\n", render.Job{})
		assert.NilError(t, err)
		b, err = renderJob(t,
			strings.Replace(app, "{name: app}", "{name: other}", 1)+"      flinkConfiguration: {a: "+conf+"}\n",
			render.Job{})
		assert.NilError(t, err)
		return a, b
	}
	a1, b1 := both("x")
	a2, b2 := both("y")
	changes := render.Compare(render.Join(a1, b1), render.Join(b2, a2))
	assert.Equal(t, len(changes), 8)
	for _, c := range changes {
		assert.Equal(t, c.Effect, render.EffectReplaced)
		assert.Equal(t, c.Old.Labels()["deploymentId"], c.New.Labels()["deploymentId"])
		assert.Equal(t, c.Old.Labels()["component"], c.New.Labels()["component"])
	}
}

func TestTargetOfTheNamespaceOfThePlatform(t *testing.T) {
	one := parse(t, []byte(staging)).Targets[0]
	m, err := renderer(t, render.ForPlatform(render.Platform{Namespace: "staging", Name: "vvp"})).Target(one)
	assert.Assert(t, err == nil && m.Len() == 0 && len(m.Warnings()) == 1, "%v", err)
	m, err = renderer(t, render.ForPlatform(render.Platform{Namespace: "vvp", Name: strings.Repeat("a", 45)})).Target(one)
	assert.NilError(t, err)
	assert.Equal(t, find(t, m, "Role", "").Name(), strings.Repeat("a", 45)+"-ververica-platfor", "63 characters")
	_, err = renderer(t).Target(one)
	assert.ErrorContains(t, err, "(option ForPlatform)")
}

// Session clusters are streamed as Deployments are, in a window of four times as many
// items as are rendered at a time.
func TestStreamOfSessionClusters(t *testing.T) {
	procs := runtime.GOMAXPROCS(0)
	b := parse(t, []byte(withPatches(session,
		"{target: {kind: Service, name: none}, patch: {metadata: {annotations: {a: b}}}}")))
	targets := func(ref target.Ref) (target.Target, error) {
		if !ref.Matches(b.Targets[0]) {
			return target.Target{}, errors.New("no such target")
		}
		return b.Targets[0], nil
	}
	const n = 40
	for workers, window := range map[int]int{1: 4, 8: 32, 100: n} {
		taken, yielded, most, warnings := 0, 0, 0, 0
		items := func(yield func(render.Item, error) bool) {
			for range n {
				taken++
				most = max(most, taken-yielded)
				if !yield(render.Item{SessionCluster: b.SessionClusters[0]}, nil) {
					return
				}
			}
		}
		for res := range renderer(t, render.Workers(workers)).Stream(t.Context(), items, targets) {
			assert.NilError(t, res.Err)
			if res.Manifests.Len() > 0 {
				yielded++
			}
			warnings += len(res.Manifests.Warnings())
		}
		assert.DeepEqual(t, []int{yielded, most, warnings}, []int{n, window, 1})

		// Whoever leaves, or ends it, is told nothing more: a sequence that went on
		// would panic.
		for _, stop := range []int{1, n - 1, n} {
			yielded = 0
			for range renderer(t, render.Workers(workers)).Stream(t.Context(), items, targets) {
				if yielded++; yielded == stop {
					break
				}
			}
			ctx, cancel := context.WithCancel(t.Context())
			yielded = 0
			var last error
			for res := range renderer(t, render.Workers(workers)).Stream(ctx, items, targets) {
				if yielded++; yielded == stop {
					cancel()
				}
				last = res.Err
			}
			cancel()
			if stop == n {
				assert.Assert(t, yielded == n && last == nil, "%d: %v", yielded, last)
				continue
			}
			assert.Assert(t, yielded == stop+1 && errors.Is(last, context.Canceled), "%d of %d: %v", yielded, stop,
				last)
		}
	}
	count := 0
	for res := range renderer(t).Stream(t.Context(), func(yield func(render.Item, error) bool) {
		_ = yield(render.Item{Deployment: parse(t,
			[]byte(in(app, "deploymentTargetName: staging", "sessionClusterName: shared"))).Deployments[0]}, nil)
	}, targets) {
		assert.DeepEqual(t, refusals(res.Err), []string{"spec.sessionClusterName session-cluster"})
		count++
	}
	assert.Equal(t, count, 1)
	assert.Equal(t, runtime.GOMAXPROCS(0), procs)
}
