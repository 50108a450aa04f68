package render_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/explain"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/internal/inputs"
)

func traced(t *testing.T, text string, job render.Job, opts ...render.Option) render.Manifests {
	t.Helper()
	m, err := renderJob(t, text, job, append(opts, render.WithTrace())...)
	assert.NilError(t, err)
	return m
}

// explanation returns that of a field of the object of a kind whose name ends in
// suffix.
func explanation(t *testing.T, m render.Manifests, kind, suffix, path string) render.Explanation {
	t.Helper()
	for e := range m.Explain() {
		if e.Object.Kind() == kind && strings.HasSuffix(e.Object.Name(), suffix) && e.Path == path {
			return e
		}
	}
	t.Fatalf("%s …%s has no %s", kind, suffix, path)
	return render.Explanation{}
}

func sourcesOf(e render.Explanation) []string {
	out := []string{}
	for _, s := range e.Sources {
		out = append(out, s.String())
	}
	return out
}

func TestExplain(t *testing.T) {
	const (
		pod     = "spec.template.spec."
		manager = pod + "containers[flink-taskmanager]."
		own     = "Deployment default/app spec.template.spec."
	)
	for _, c := range []struct {
		reason, text, path string
		want               []string
		before, after      any
	}{
		{"what the renderer decides alone", app, pod + "enableServiceLinks", []string{"generated isolation"}, nil,
			false},
		{"what it makes of a default", app, manager + "resources.limits.cpu",
			[]string{"generated resources", "VVP default " + own + "resources.taskmanager.cpu"}, nil, "1"},
		{"of a field, with its place and the default below", app + "      resources: {taskmanager: {cpu: 2}}\n",
			manager + "resources.limits.cpu",
			[]string{"generated resources", "field " + own + "resources.taskmanager.cpu (input.yaml:17:38)",
				"VVP default " + own + "resources.taskmanager.cpu"}, nil, "2"},
		{"of several fields",
			app + "      parallelism: 4\n      flinkConfiguration: {taskmanager.numberOfTaskSlots: 2}\n",
			"spec.replicas",
			[]string{"generated replicas", "field " + own + "parallelism (input.yaml:17:20)",
				"VVP default " + own + "parallelism",
				"field " + own + "flinkConfiguration[taskmanager.numberOfTaskSlots] (input.yaml:18:59)"}, nil,
			int64(2)},
		{"a patch of the resource comes before its field",
			withPatches(app+"      parallelism: 4\n", "{op: replace, path: /spec/template/spec/parallelism, value: 3}"),
			"spec.replicas",
			[]string{"generated replicas",
				"patch DeploymentTarget default/staging spec.deploymentPatchSet[0] (input.yaml:8:5)",
				"field " + own + "parallelism (input.yaml:19:20)", "VVP default " + own + "parallelism"}, nil,
			int64(3)},
		{"a patch that removes a field is a source of what takes its place",
			withPatches(app+"      numberOfTaskManagers: 7\n",
				"{op: remove, path: /spec/template/spec/numberOfTaskManagers}"), "spec.replicas",
			[]string{"generated replicas",
				"patch DeploymentTarget default/staging spec.deploymentPatchSet[0] (input.yaml:8:5)",
				"field " + own + "numberOfTaskManagers (input.yaml:19:29)", "VVP default " + own + "parallelism"}, nil,
			int64(1)},
		{"a patch of the object comes before all",
			withPatches(app, "{apiVersion: apps/v1, kind: Deployment, spec: {replicas: 5}}"), "spec.replicas",
			[]string{"patch DeploymentTarget default/staging spec.deploymentPatchSet[0] (input.yaml:8:5)",
				"generated replicas", "VVP default " + own + "parallelism"}, int64(1), int64(5)},
		{"the last patch first",
			withPatches(app, "{apiVersion: apps/v1, kind: Deployment, spec: {replicas: 5}}",
				"{target: {kind: Deployment}, patch: [{op: replace, path: /spec/replicas, value: 6}]}"),
			"spec.replicas",
			[]string{"patch DeploymentTarget default/staging spec.deploymentPatchSet[1] (input.yaml:9:5)",
				"patch DeploymentTarget default/staging spec.deploymentPatchSet[0] (input.yaml:8:5)",
				"generated replicas", "VVP default " + own + "parallelism"}, int64(5), int64(6)},
		{"a patch that says what is there already",
			withPatches(app, "{apiVersion: apps/v1, kind: Deployment, spec: {replicas: 1}}"), "spec.replicas",
			[]string{"patch DeploymentTarget default/staging spec.deploymentPatchSet[0] (input.yaml:8:5)",
				"generated replicas", "VVP default " + own + "parallelism"}, int64(1), int64(1)},
		{"what an operation copies",
			withPatches(app,
				"{target: {kind: Deployment}, patch: [{op: copy, from: /metadata/labels/vvpNamespace, path: "+
					"/metadata/labels/copy}]}"), "metadata.labels.copy",
			[]string{"patch DeploymentTarget default/staging spec.deploymentPatchSet[0] (input.yaml:8:5)",
				"system label", "VVP default Deployment default/app metadata.namespace"}, nil, "default"},
		{"what an operation on the resource copies",
			withPatches(app+"      kubernetes: {pods: {nodeSelector: {pool: x}}}\n",
				"{op: copy, from: /metadata/name, path: /spec/template/spec/kubernetes/pods/nodeSelector/name}"),
			pod + "nodeSelector.name",
			[]string{"patch DeploymentTarget default/staging spec.deploymentPatchSet[0] (input.yaml:8:5)",
				"field Deployment default/app metadata.name (input.yaml:13:18)"}, nil, "app"},
		{"a patch of the resource that names another one",
			withPatches(app,
				"{apiVersion: v1, kind: Deployment, metadata: {name: other}, spec: {template: {spec: "+
					"{parallelism: 1}}}}"), "spec.replicas",
			[]string{"generated replicas", "VVP default " + own + "parallelism"}, nil, int64(1)},
		{"or this one", withPatches(app,
			"{apiVersion: v1, kind: Deployment, metadata: {name: app}, spec: {template: {spec: {parallelism: 1}}}}"),
			"spec.replicas",
			[]string{"generated replicas",
				"patch DeploymentTarget default/staging spec.deploymentPatchSet[0] (input.yaml:8:5)",
				"VVP default " + own + "parallelism"}, nil, int64(1)},
		{"a system label that a patch selects by is no source",
			withPatches(app, "{target: {labelSelector: component=taskmanager}, patch: {spec: {replicas: 1}}}"),
			"spec.replicas",
			[]string{"patch DeploymentTarget default/staging spec.deploymentPatchSet[0] (input.yaml:8:5)",
				"generated replicas", "VVP default " + own + "parallelism"}, int64(1), int64(1)},
		{"a session cluster's field and the default below", session + "  resources: {jobmanager: {cpu: 2}}\n",
			pod + "containers[flink-jobmanager].resources.limits.cpu",
			[]string{"generated resources",
				"field SessionCluster default/session spec.resources.jobmanager.cpu (input.yaml:15:33)",
				"VVP default SessionCluster default/session spec.resources.jobmanager.cpu"}, nil, "2"},
		{"a volume for jars", withArtifact("1.18", "https://h/a.jar"), pod + "volumes[flink-usrlib].name",
			[]string{"generated artifact", "field " + own + "artifact.jarUri (input.yaml:16:57)"}, nil, "flink-usrlib"},
		{"or another namespace",
			withPatches(app,
				"{apiVersion: v1, kind: Deployment, metadata: {namespace: other}, spec: {template: {spec: "+
					"{parallelism: 1}}}}"), "spec.replicas",
			[]string{"generated replicas", "VVP default " + own + "parallelism"}, nil, int64(1)},
		{"what a patch selects by, if another one has set it",
			withPatches(app, "{apiVersion: apps/v1, kind: Deployment, metadata: {labels: {tier: x}}}",
				"{target: {labelSelector: tier=x}, patch: {spec: {replicas: 5}}}"), "spec.replicas",
			[]string{"patch DeploymentTarget default/staging spec.deploymentPatchSet[1] (input.yaml:9:5)",
				"generated replicas", "VVP default " + own + "parallelism",
				"patch DeploymentTarget default/staging spec.deploymentPatchSet[0] (input.yaml:8:5)"}, int64(1),
			int64(5)},
		{"what a patch selects by",
			withPatches(app+"      kubernetes: {labels: {team: a}}\n",
				"{target: {labelSelector: team=a, kind: Deployment}, patch: {spec: {replicas: 5}}}"), "spec.replicas",
			[]string{"patch DeploymentTarget default/staging spec.deploymentPatchSet[0] (input.yaml:8:5)",
				"generated replicas", "VVP default " + own + "parallelism",
				"field " + own + "kubernetes.labels.team (input.yaml:19:35)"}, int64(1), int64(5)},
		{"a pod option", app + "      kubernetes: {pods: {nodeSelector: {pool: x}}}\n", pod + "nodeSelector.pool",
			[]string{"pod option " + own + "kubernetes.pods.nodeSelector.pool (input.yaml:17:48)"}, nil, "x"},
		{"an option over what is generated", app + "      kubernetes: {pods: {securityContext: {fsGroup: 1}}}\n",
			pod + "securityContext.fsGroup",
			[]string{"generated security",
				"pod option " + own + "kubernetes.pods.securityContext.fsGroup (input.yaml:17:54)"}, nil, int64(1)},
		{"a pod template",
			app + "      kubernetes: {taskManagerPodTemplate: {spec: {terminationGracePeriodSeconds: 5}}}\n",
			pod + "terminationGracePeriodSeconds",
			[]string{"pod template " + own +
				"kubernetes.taskManagerPodTemplate.spec.terminationGracePeriodSeconds (input.yaml:17:83)",
				"generated termination"}, int64(60), int64(5)},
		{"a patch of what a template took away with all that is below",
			withPatches(app+
				"      kubernetes: {taskManagerPodTemplate: {spec: {containers: [{name: flink-taskmanager, "+
				"livenessProbe: null}]}}}\n",
				"{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {containers: [{name: "+
					"flink-taskmanager, "+
					"livenessProbe: {timeoutSeconds: 7, exec: {command: [x]}}}]}}}}"),
			manager + "livenessProbe.timeoutSeconds",
			[]string{"patch DeploymentTarget default/staging spec.deploymentPatchSet[0] (input.yaml:8:5)",
				"pod template " + own +
					"kubernetes.taskManagerPodTemplate.spec.containers[flink-taskmanager].livenessProbe " +
					"(input.yaml:19:106)", "generated probes"}, nil, int64(7)},
		{"or in a list that a template took away",
			withPatches(app+
				"      kubernetes: {taskManagerPodTemplate: {spec: {priorityClassName: high, "+
				"topologySpreadConstraints: null}}}\n",
				"{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {topologySpreadConstraints: "+
					"[{topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, maxSkew: 2}]}}}}"),
			pod + "topologySpreadConstraints[kubernetes.io/hostname,ScheduleAnyway].maxSkew",
			[]string{"patch DeploymentTarget default/staging spec.deploymentPatchSet[0] (input.yaml:8:5)",
				"pod template " + own +
					"kubernetes.taskManagerPodTemplate.spec.topologySpreadConstraints (input.yaml:19:104)",
				"generated spread"}, nil, int64(2)},
		{"security of a container that a template adds",
			app + "      kubernetes: {taskManagerPodTemplate: {spec: {containers: [{name: s, image: i}]}}}\n",
			pod + "containers[s].securityContext.allowPrivilegeEscalation",
			[]string{"generated security",
				"pod template " + own + "kubernetes.taskManagerPodTemplate.spec.containers[s].name (input.yaml:17:72)"},
			nil, false},
		{"a label of the system, over one of a template",
			app + "      kubernetes: {taskManagerPodTemplate: {metadata: {labels: {system: mine}}}}\n",
			"spec.template.metadata.labels.system",
			[]string{"system label",
				"pod template " + own + "kubernetes.taskManagerPodTemplate.metadata.labels.system (input.yaml:17:73)"},
			"mine", "ververica-platform"},
		{"the target", app, "metadata.namespace",
			[]string{"generated namespace", "target DeploymentTarget default/staging spec.kubernetes.namespace"}, nil,
			"staging"},
		{"the job", app, "metadata.labels.jobId", []string{"system label", "job ID"}, nil, jobID},
	} {
		t.Run(c.reason, func(t *testing.T) {
			e := explanation(t, traced(t, c.text, render.Job{ID: jobID}), "Deployment", "", c.path)
			assert.DeepEqual(t, sourcesOf(e), c.want)
			assert.DeepEqual(t, e.Before, c.before)
			assert.DeepEqual(t, e.After, c.after)
		})
	}
}

// What a patch removes is told, and what took its place is not.
func TestExplainRemoved(t *testing.T) {
	for range traced(t, app, render.Job{ID: jobID}).ExplainRemoved() {
		t.Fatal("nothing removes anything")
	}
	const object = "{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {"
	m := traced(t, withPatches(app,
		object+"topologySpreadConstraints: null, containers: [{name: flink-taskmanager, livenessProbe: null}]}}}}",
		object+"terminationGracePeriodSeconds: 5, volumes: [{name: flink-tmp, emptyDir: {medium: Memory}}]}}}}"),
		render.Job{ID: jobID})
	removed := map[string][]string{}
	for e := range m.ExplainRemoved() {
		assert.Assert(t, e.Removed && e.After == nil && e.Object.Kind() == "Deployment", "%v", e)
		path := strings.TrimPrefix(e.Path, "spec.template.spec.")
		removed[path] = append(sourcesOf(e), fmt.Sprint("was ", e.Before))
	}
	const first, probe = "patch DeploymentTarget default/staging spec.deploymentPatchSet[0] (input.yaml:8:5)",
		"containers[flink-taskmanager].livenessProbe."
	by := func(rule, was string) []string { return []string{first, "generated " + rule, "was " + was} }
	const spread = "topologySpreadConstraints[kubernetes.io/hostname,ScheduleAnyway]."
	assert.DeepEqual(t, removed, map[string][]string{
		probe + "failureThreshold": by("probes", "6"), probe + "periodSeconds": by("probes", "30"),
		probe + "tcpSocket.port": by("probes", "rpc"), probe + "timeoutSeconds": by("probes", "5"),
		spread + "maxSkew": by("spread", "1"), spread + "topologyKey": by("spread", "kubernetes.io/hostname"),
		spread + "whenUnsatisfiable":                   by("spread", "ScheduleAnyway"),
		spread + "labelSelector.matchLabels.component": by("spread", "taskmanager"),
		spread + "labelSelector.matchLabels.jobId":     {first, "generated spread", "job ID", "was " + jobID},
	})
}

// TestExplainScenarios compares all explanations of app and session, and of some
// scenarios, one for each rule that has more than one case, what differs.
func TestExplainScenarios(t *testing.T) {
	words := strings.NewReplacer("job-"+jobID+"-", "", "session-6a1a4cfb-43a0-4a3e-bf31-5d0f6a1a2f7e-", "",
		"Deployment default/app ", "", "SessionCluster default/session ", "", "DeploymentTarget default/staging ", "")
	sources := func(m render.Manifests) map[string]string {
		out := map[string]string{}
		for e := range m.Explain() {
			var of []string
			for _, s := range e.Sources {
				s.Position = flinktarget.Position{} // which every change of a scenario moves
				of = append(of, words.Replace(s.String()))
			}
			out[words.Replace(e.Object.Kind()+" "+e.Object.Name()+"."+e.Path)] = strings.Join(of, ", ")
		}
		return out
	}
	var out strings.Builder
	base := map[string]map[string]string{}
	for _, kind := range []string{"app", "session"} {
		base[kind] = sources(traced(t, map[string]string{"app": app, "session": session}[kind], render.Job{ID: jobID}))
		fmt.Fprintf(&out, "%s\n\n%s\n", kind, changes(nil, base[kind]))
	}
	cases := scenarios()
	for _, name := range []string{
		"app-artifact-s3", "app-attempts", "app-budgets", "app-environment-reference", "app-ha", "app-https-rest",
		"app-image", "app-loggers", "app-main", "app-metrics-own-reporters", "app-monitor-patch", "app-pods",
		"app-queryable-state", "app-template-labels", "app-tls", "app-volume", "app-volume-of-fetcher",
		"app-volume-over-ours", "session-budgets", "session-template",
	} {
		kind, _, _ := strings.Cut(name, "-")
		text := changes(base[kind], sources(traced(t, cases[name], render.Job{ID: jobID}, optionsOf(name)...)))
		if text != "" {
			fmt.Fprintf(&out, "%s\n\n%s\n", name, text)
		}
	}
	golden.Assert(t, out.String(), "explanations.golden.txt")
}

// Options of the renderer are sources of what they bring about, and of nothing else.
func TestExplainOptions(t *testing.T) {
	images, fetcher := render.UseImages(map[string]string{"1.20": "i"}), render.FetcherImage("f")
	old := withArtifact("1.18", "s3://b/a.jar")
	for _, c := range []struct {
		reason, text, kind, path string
		option                   render.Option
		want                     []string
	}{
		{"an image where the resource names none", app, "Job", "spec.template.spec.containers[flink-jobmanager].image",
			images,
			[]string{"generated image", "option UseImages", "field spec.template.spec.artifact.flinkVersion"}},
		{"not where it names one", in(app, "kind: JAR,", "kind: JAR, flinkImageTag: x,"), "Job",
			"spec.template.spec.containers[flink-jobmanager].image", images,
			[]string{"generated image", "field spec.template.spec.artifact.flinkImageTag",
				"field spec.template.spec.artifact.flinkVersion"}},
		{"nor of another version", app, "Job", "spec.template.spec.containers[flink-jobmanager].image",
			render.UseImages(map[string]string{"1.19": "i"}),
			[]string{"generated image", "field spec.template.spec.artifact.flinkVersion"}},
		{"what fetches jars", old, "Job", "spec.template.spec.initContainers[artifact-fetcher].name", fetcher,
			[]string{"generated container", "field spec.template.spec.artifact.jarUri", "option FetcherImage"}},
		{"not where Flink fetches them", withArtifact("1.20", "s3://b/a.jar"), "Job",
			"spec.template.spec.volumes[flink-s3-fs-presto-1-20-5].name", render.Option{},
			[]string{"generated plugins", "field spec.template.spec.artifact.jarUri",
				"field spec.template.spec.artifact.flinkVersion"}},
		{"the image that jars are copied from", withDependencies(withArtifact("1.20", "local:///opt/a.jar"),
			"'local:///opt/b.jar'") + "      kubernetes: {jobManagerPodTemplate: {spec: {containers: " +
			"[{name: flink-jobmanager, image: i}]}}}\n", "Job",
			"spec.template.spec.initContainers[artifact-fetcher].image", render.Option{},
			[]string{"generated image", "field spec.template.spec.artifact.flinkVersion",
				"pod template spec.template.spec.kubernetes.jobManagerPodTemplate.spec.containers[flink-jobmanager].image",
				"field spec.template.spec.artifact.jarUri",
				"field spec.template.spec.artifact.additionalDependencies[0]"}},
		{"a profile", app, "ConfigMap", "data[log4j-console.properties]",
			render.UseLoggingProfiles(map[string]string{"x": "y"}),
			[]string{"generated logging", "VVP default spec.template.spec.logging.log4jLoggers[\"\"]",
				"VVP default spec.template.spec.logging.loggingProfile", "option UseLoggingProfiles"}},
		{"the namespace of the platform", in(app, "{namespace: staging}", "{}"), "Job", "metadata.namespace",
			render.ForPlatform(render.Platform{Namespace: "vvp"}),
			[]string{"generated namespace", "option ForPlatform"}},
	} {
		opts := []render.Option{c.option}
		e := explanation(t, traced(t, c.text, render.Job{ID: jobID}, opts...), c.kind, "", c.path)
		var got []string
		for _, s := range e.Sources {
			s.Position = flinktarget.Position{}
			got = append(got, strings.Replace(s.String(), "Deployment default/app ", "", 1))
		}
		assert.DeepEqual(t, got, c.want)
	}
}

// Variables are sources of the configuration where an option refers to one: then that
// option is no line of it. Slots count for the pods of a Deployment only.
func TestExplainVariables(t *testing.T) {
	const env = "env: [{name: KEY, value: v}]}]}}"
	both := "jobManagerPodTemplate: {spec: {containers: [{name: flink-jobmanager, " + env +
		", taskManagerPodTemplate: {spec: {containers: [{name: flink-taskmanager, " + env
	for _, c := range []struct {
		reason, text, kind, suffix, path, field string
		listed                                  bool
	}{
		{"an option refers to one",
			app + "      flinkConfiguration: {a: '${KEY}'}\n      kubernetes: {pods: {envVars: [{name: KEY, " +
				"value: v}]}}\n", "ConfigMap", "", "data[flink-conf.yaml]", "envVars[KEY].name", true},
		{"an option has a placeholder", conf("a: '{{ deploymentName }}'"), "ConfigMap", "", "data[flink-conf.yaml]",
			"metadata.name", true},
		{"none has", conf("a: 'deploymentName'"), "ConfigMap", "", "data[flink-conf.yaml]", "metadata.name", false},
		{"no option does",
			app + "      flinkConfiguration: {a: b}\n      kubernetes: {pods: {envVars: [{name: KEY, value: v}]}}\n",
			"ConfigMap", "", "data[flink-conf.yaml]", "envVars[KEY].name", false},
		{"only an argument does",
			in(app, "kind: JAR,",
				"kind: JAR, mainArgs: '${KEY}',") +
				"      flinkConfiguration: {a: b}\n      kubernetes: {pods: {envVars: [{name: KEY, value: v}]}}\n",
			"ConfigMap", "", "data[flink-conf.yaml]", "envVars[KEY].name", false},
		{"one of both pod templates",
			app + "      flinkConfiguration: {a: '${KEY}'}\n      kubernetes: {" + both + "}\n", "ConfigMap", "",
			"data[flink-conf.yaml]", "jobManagerPodTemplate.spec.containers[flink-jobmanager].env[KEY].name", true},
		{"which needs both", app + "      flinkConfiguration: {a: '${KEY}'}\n      kubernetes: {" + both + "}\n",
			"ConfigMap", "", "data[flink-conf.yaml]",
			"taskManagerPodTemplate.spec.containers[flink-taskmanager].env[KEY].name", true},
		{"slots of a Deployment", app + "      flinkConfiguration: {taskmanager.numberOfTaskSlots: 2}\n", "Deployment",
			"-taskmanager", "spec.replicas", "flinkConfiguration[taskmanager.numberOfTaskSlots]", true},
		{"slots of a session cluster", session + "  flinkConfiguration: {taskmanager.numberOfTaskSlots: 2}\n",
			"Deployment", "-taskmanager", "spec.replicas", "flinkConfiguration[taskmanager.numberOfTaskSlots]", false},
	} {
		e := explanation(t, traced(t, c.text, render.Job{ID: jobID}), c.kind, c.suffix, c.path)
		listed := slices.ContainsFunc(e.Sources,
			func(s render.Source) bool { return strings.HasSuffix(s.Field, c.field) })
		assert.Equal(t, listed, c.listed, "%s: %v", c.reason, e.Sources)
	}
}

func TestExplainArguments(t *testing.T) {
	text := in(app, "kind: JAR,", "kind: JAR, entryClass: com.example.Main, mainArgs: a b,")
	text = in(text, "  template:",
		"  restoreStrategy: {kind: LATEST_SAVEPOINT, allowNonRestoredState: true}\n  template:")
	m := traced(t, text, render.Job{ID: jobID, SavepointLocation: "s3://b/s"})
	args := []string{}
	for e := range m.Explain() {
		if strings.HasPrefix(e.Path, "spec.template.spec.containers[flink-jobmanager].args") {
			of := "generated arguments"
			if len(e.Sources) > 1 {
				of = strings.TrimPrefix(strings.TrimPrefix(e.Sources[1].Field, "spec.template.spec.artifact."),
					" ") + e.Sources[1].Name
			}
			args = append(args, fmt.Sprint(e.After, ": ", of))
		}
	}
	assert.DeepEqual(t, args, []string{"standalone-job: generated arguments",
		"--job-classname: entryClass", "com.example.Main: entryClass",
		"--job-id: ID", strings.ReplaceAll(jobID, "-", "") + ": ID",
		"--fromSavepoint: SavepointLocation", "s3://b/s: SavepointLocation",
		"--allowNonRestoredState: spec.restoreStrategy.allowNonRestoredState",
		"--jars: jarUri", "local:///opt/flink/usrlib/app.jar: jarUri",
		"--: mainArgs", "a: mainArgs", "b: mainArgs"})
}

func TestExplainDefaults(t *testing.T) {
	defaults, err := deployment.ParseDefaults("defaults.yaml",
		[]byte("spec: {template: {spec: {parallelism: 5, flinkConfiguration: {a: b}}}}\n---\nkind: "+
			"DeploymentDefaults\nmetadata: {namespace: default}\nspec: {template: {spec: {parallelism: 6}}}\n"))
	assert.NilError(t, err)
	for text, want := range map[string][]string{
		app: {"generated replicas",
			"Deployment Defaults DeploymentDefaults default spec.template.spec.parallelism",
			"Deployment Defaults DeploymentDefaults global spec.template.spec.parallelism",
			"VVP default Deployment default/app spec.template.spec.parallelism"},
		app + "      parallelism: 1\n": {"generated replicas",
			"field Deployment default/app spec.template.spec.parallelism (input.yaml:17:20)",
			"Deployment Defaults DeploymentDefaults default spec.template.spec.parallelism",
			"Deployment Defaults DeploymentDefaults global spec.template.spec.parallelism",
			"VVP default Deployment default/app spec.template.spec.parallelism"},
	} {
		b, err := deployment.Reader{Defaults: defaults}.ParseAll("input.yaml", []byte(text))
		assert.NilError(t, err)
		m, err := renderer(t, render.WithTrace()).Bundle(b, nil)
		assert.NilError(t, err)
		assert.DeepEqual(t, sourcesOf(explanation(t, m, "Deployment", "", "spec.replicas")), want)
	}
}

// Names that are made of a derived id are made of the Job and the configuration,
// and the checksum of the configuration.
func TestExplainDerived(t *testing.T) {
	text := withPatches(app+"      flinkConfiguration: {a: b}\n",
		"{target: {kind: Job}, patch: {spec: {template: {spec: {priorityClassName: x}}}}}",
		"{apiVersion: apps/v1, kind: Deployment, spec: {replicas: 5}}",
		"{target: {kind: ConfigMap}, patch: {metadata: {annotations: {a: b}}}}")
	m := traced(t, text, render.Job{})
	name := explanation(t, m, "Service", "", "metadata.name")
	assert.Equal(t, name.Sources[1].Step, render.StepDerivedID)
	sum := explanation(t, m, "Deployment", "",
		"spec.template.metadata.annotations["+render.AnnotationConfigChecksum+"]")
	assert.Equal(t, sum.Sources[0].Step, render.StepChecksum)
	for _, c := range []struct {
		of        string
		name, sum bool
		reason    string
	}{
		{"spec.deploymentPatchSet[0]", true, true, "the Job is a part of the id, and the id of the configuration"},
		{"spec.deploymentPatchSet[1]", false, false, "the TaskManagers are not"},
		{"spec.deploymentPatchSet[2]", true, true, "the ConfigMap is, and the configuration has the id"},
		{"spec.template.spec.flinkConfiguration.a", true, true, "the configuration is"},
		{"spec.kubernetes.namespace", true, true, "where it runs is"},
		{"spec.template.spec.resources.taskmanager.cpu", false, false, "the CPUs of TaskManagers are nowhere in it"},
		{"spec.template.spec.artifact.jarUri", true, true, "it is in the arguments"},
	} {
		listed := func(e render.Explanation) bool {
			return slices.ContainsFunc(e.Sources, func(s render.Source) bool { return s.Field == c.of })
		}
		assert.Equal(t, listed(name), c.name, "%s: %s", c.of, c.reason)
		assert.Equal(t, listed(sum), c.sum, "%s: %s", c.of, c.reason)
	}
}

func TestTraceChangesNothing(t *testing.T) {
	t.Parallel()
	for name, text := range scenarios() {
		plain, err := renderJob(t, text, render.Job{}, optionsOf(name)...)
		assert.NilError(t, err)
		m := traced(t, text, render.Job{}, optionsOf(name)...)
		assert.Equal(t, yamlOf(t, m), yamlOf(t, plain), name)
		assert.DeepEqual(t, m.Warnings(), plain.Warnings())
		for range plain.Explain() {
			t.Fatal("explained without a trace")
		}
	}
}

// byOthers reports whether patches or pod templates alone set a field.
func byOthers(list []render.Source) bool {
	s := list[len(list)-1]
	return s.Step == render.StepPatch || s.Step == render.StepPodTemplate
}

// Every field has an explanation, by a rule that is about it, and every rule is
// about some field.
func TestEveryFieldIsExplained(t *testing.T) {
	t.Parallel()
	paths, _ := explain.Rules()
	used := map[string]bool{}
	check := func(name string, m render.Manifests) {
		var explained, all []string
		others := map[string]bool{}
		for e := range m.Explain() {
			explained = append(explained, fmt.Sprint(e.Object, " ", e.Path, ": ", e.After))
			assert.Assert(t, len(e.Sources) > 0, "%s: %s %s", name, e.Object, e.Path)
			assert.Assert(t, e.Sources[0] != render.Source{Step: render.StepGenerated}, "%s: no rule for %s %s", name,
				e.Object, e.Path)
			others[fmt.Sprint(e.Object, " ", e.Path)] = byOthers(e.Sources)
		}
		for o := range m.All() {
			for p, v := range explain.Leaves(o.Map(), merge.Of(kinds.TypeOf(o.Map()))) {
				field := fmt.Sprint(o, " ", p)
				all = append(all, fmt.Sprint(field, ": ", v))
				if !others[field] {
					used[explain.RuleFor(p)] = true
				}
			}
		}
		assert.DeepEqual(t, explained, all)
	}
	for name, text := range scenarios() {
		check(name, traced(t, text, render.Job{ID: jobID}, optionsOf(name)...))
	}
	for seed := range uint64(100) {
		in := inputs.New(seed)
		m := traced(t, string(in.Text()), render.Job{}, in.Options()...)
		check(fmt.Sprint("seed ", seed), m)
	}
	for _, path := range paths {
		assert.Assert(t, used[path], "no field has the rule %s", path)
	}
}

// What is handed out can be changed without anybody else seeing it.
func TestExplanationsAreFresh(t *testing.T) {
	m := traced(t, withPatches(app+"      kubernetes: {pods: {affinity: {}, tolerations: [{operator: Exists}]}}\n",
		"{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {topologySpreadConstraints: null}}}}"),
		render.Job{ID: jobID})
	read := func(change bool) []string {
		var out []string
		for _, e := range slices.AppendSeq(slices.Collect(m.Explain()), m.ExplainRemoved()) {
			out = append(out, fmt.Sprint(e.Object, e.Path, e.Before, e.After, e.Sources))
			if change {
				scramble(&e.Sources)
				scramble(&e.After)
				scramble(&e.Before)
			}
		}
		return out
	}
	want := read(true)
	assert.DeepEqual(t, read(false), want)
}

// The documentation of Source has the names of all rules.
func TestRulesAreDocumented(t *testing.T) {
	text, err := os.ReadFile("explain.go")
	assert.NilError(t, err)
	_, names := explain.Rules()
	for _, name := range names {
		documented := regexp.MustCompile(`//\t(.*, )?` + regexp.QuoteMeta(name) + `(,|\n|  )`).Match(text)
		assert.Assert(t, name == "" || documented, "the rule %s is not documented", name)
	}
}

func TestStepNames(t *testing.T) {
	seen := map[string]bool{}
	for s := render.StepGenerated; s <= render.StepOption; s++ {
		assert.Assert(t, s.String() != "" && !seen[s.String()], "%d", s)
		seen[s.String()] = true
	}
	assert.Equal(t, render.Step(0).String(), "")
	assert.Equal(t, render.Step(200).String(), "")
}
