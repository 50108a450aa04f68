package deployment_test

import (
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/patch"
)

func TestWarnings(t *testing.T) {
	const spec = "spec.template.spec."
	const conf, pods = spec + "flinkConfiguration", spec + "kubernetes.pods."
	const version = spec + "artifact.flinkVersion"
	cases := []struct {
		reason  string
		changes []change
		fields  []string
	}{
		{"nothing to say", nil, nil},
		{"one L too few", set("spec.state", `"CANCELED"`), []string{"spec.state"}},
		{
			"a pod of Flink's own making",
			set(conf, `{"kubernetes.jobmanager.cpu": 1}`),
			[]string{conf + "[kubernetes.jobmanager.cpu]"},
		},
		{
			"the command line decides",
			set(conf, `{"execution.savepoint-restore-mode": "CLAIM"}`),
			[]string{conf + "[execution.savepoint-restore-mode]"},
		},
		{
			"a key that Flink 2 does not read",
			set(version, `"2.0"`, conf, `{"cluster.evenly-spread-out-slots": true}`),
			[]string{conf + "[cluster.evenly-spread-out-slots]"},
		},
		{
			"a file system that Flink does not have, and a value that Flink cannot read",
			set(conf, `{"state.checkpoints.dir": "s4://b/c", "execution.checkpointing.interval": "banana"}`),
			[]string{conf + "[execution.checkpointing.interval]", conf + "[state.checkpoints.dir]"},
		},
		{
			"file systems that Flink has, a value that is filled in, and an option that is no folder",
			set(conf, `{"state.checkpoints.dir": "gs://b/c", "state.savepoints.dir": "file:///a",
				"execution.checkpointing.interval": "${INTERVAL}", "my.uri": "s4://b/c"}`),
			nil,
		},
		{"the same key in Flink 1", set(conf, `{"cluster.evenly-spread-out-slots": true}`), nil},
		{
			"a key of a newer Flink",
			set(version, `"1.17"`, conf, `{"execution.checkpointing.dir": "s3://b/c"}`),
			[]string{conf + "[execution.checkpointing.dir]"},
		},
		{
			"VVP's own service",
			set(conf, `{"high-availability": "vvp-kubernetes"}`),
			[]string{conf + "[high-availability]"},
		},
		{
			"VVP's own service, beside another option",
			set(conf, `{"high-availability": "vvp-kubernetes", "my.option": "x"}`),
			[]string{conf + "[high-availability]"},
		},
		{
			"an option that is misspelt",
			set(conf, `{"high-availabilty.type": "kubernetes", "taskmanager.numberOfTaskSlot": 2}`),
			[]string{conf + "[high-availabilty.type]", conf + "[taskmanager.numberOfTaskSlot]"},
		},
		{
			"options of the user's own and of Flink",
			set(
				conf,
				`{"env.java.opts": "-Da=b", "my.option": "x", "state.backend.async": true, `+
					`"security.ssl.enabled": false, "taskmanager.memory.task.off-heap.size": "1m"}`,
			),
			nil,
		},
		{"Flink's service", set(conf, `{"high-availability": "kubernetes"}`), nil},
		{
			"placeholders of VVP are filled in",
			set(conf, `{"my.option": "{{namespace}}/{{ deploymentName }}/{{ deploymentId }}/{{ jobId }}"}`),
			nil,
		},
		{
			"others are not",
			set(conf, `{"state.checkpoints.dir": "s3://b/{{ namespace }}/{{ region }}"}`),
			[]string{conf + "[state.checkpoints.dir]"},
		},
		{
			"what has no effect need not have a syntax",
			set(conf, `{"kubernetes.pod-template-file.jobmanager": "a: b\nc: d # e\n"}`),
			[]string{conf + "[kubernetes.pod-template-file.jobmanager]"},
		},
		{"braces that are none", set(conf, `{"my.option": "{{ a b }}"}`), nil},
		{
			"little heap",
			set(spec+"resources.jobmanager.memory", `"650m"`),
			[]string{spec + "resources.jobmanager.memory"},
		},
		{"heap as Flink recommends it", set(spec+"resources.jobmanager.memory", `"738197504"`), nil}, // 704 MiB
		{
			"a MiB less",
			set(spec+"resources.jobmanager.memory", `"737148928"`),
			[]string{spec + "resources.jobmanager.memory"},
		},
		{"a secret in an option", set(conf, `{"s3.secret-key": "hunter2"}`), []string{conf + "[s3.secret-key]"}},
		{"a reference to one", set(conf, `{"s3.secret-key": "${KEY}"}`), nil},
		{
			"a secret in a variable",
			set(pods+"envVars", `[{"name": "DB_PASSWORD", "value": "hunter2"}]`),
			[]string{pods + "envVars[0].value"},
		},
		{
			"a secret where it belongs",
			set(
				pods+"envVars", `[{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}]`,
			),
			nil,
		},
		{
			"a secret in a template",
			set(
				spec+"kubernetes.taskManagerPodTemplate",
				`{"spec": {"initContainers": [{"name": "a", "env": [{"name": "TOKEN", "value": "hunter2"}]}]}}`,
			),
			[]string{spec + "kubernetes.taskManagerPodTemplate.spec.initContainers[0].env[0].value"},
		},
		{
			"a secret in a URI",
			set(spec+"artifact.jarUri", `"https://me:hunter2@example.com/a.jar"`),
			[]string{spec + "artifact.jarUri"},
		},
		{
			"a reference to one in a URI",
			set(spec+"artifact.jarUri", `"https://me:${PASSWORD}@example.com/a.jar"`),
			nil,
		},
		{
			"a secret in the arguments",
			set(spec+"artifact.mainArgs", `"--password hunter2"`),
			[]string{spec + "artifact.mainArgs"},
		},
		{
			"a label of the platform",
			set(spec+"kubernetes.labels", `{"app": "mine", "team": "a", "sessionClusterId": "x"}`),
			[]string{spec + "kubernetes.labels[app]"},
		},
		{
			"a label of the platform on pods",
			set(pods+"labels", `{"jobId": "mine"}`),
			[]string{pods + "labels[jobId]"},
		},
		{
			"a label of the platform in a template",
			set(spec+"kubernetes.jobManagerPodTemplate", `{"metadata": {"labels": {"component": "x"}}}`),
			[]string{spec + "kubernetes.jobManagerPodTemplate.metadata.labels[component]"},
		},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			d := parse(t, c.changes)
			assertWarnings(t, d.Warnings(), c.fields)
			for _, w := range d.Warnings() {
				assert.Assert(t, d.Position(w.Field).Line > 0)
			}
		})
	}
}

// What a warning says instead.
func TestWarningMessages(t *testing.T) {
	const spec = "spec.template.spec."
	const conf, version = spec + "flinkConfiguration", spec + "artifact.flinkVersion"
	for _, c := range []struct {
		reason  string
		changes []change
		says    string
	}{
		{
			"another name",
			set(version, `"2.0"`, conf, `{"cluster.evenly-spread-out-slots": true}`),
			"it is called taskmanager.load-balance.mode there",
		},
		{
			"no name at all",
			set(version, `"2.0"`, conf, `{"state.backend.async": true}`),
			"Flink 2.0 does not know this option",
		},
		{"how much heap is wanted", set(spec+"resources.jobmanager.memory", `"737148928"`), "at least 128 MiB"},
	} {
		list := parse(t, c.changes).Warnings()
		assert.Equal(t, len(list), 1, c.reason)
		assert.Assert(t, strings.HasSuffix(list[0].Message, c.says), "%s: %s", c.reason, list[0])
	}
}

func TestSessionClusterWarnings(t *testing.T) {
	s, err := deployment.ParseSessionCluster("s", edited(t, leastSessionCluster, set(
		"spec.kubernetes.labels", `{"app": "mine", "jobId": "of-no-session-cluster"}`,
		"spec.flinkConfiguration", `{"yarn.tags": "a", "execution.savepoint-restore-mode": "CLAIM"}`)))
	assert.NilError(t, err)
	assertWarnings(t, s.Warnings(), []string{"spec.flinkConfiguration[yarn.tags]", "spec.kubernetes.labels[app]"})
	assert.Equal(
		t,
		len(deployment.SessionCluster{}.Warnings())+len(deployment.Deployment{}.Warnings()),
		0,
		"zero values have nothing to say",
	)
}

func assertWarnings(t *testing.T, got []flinktarget.Problem, fields []string) {
	t.Helper()
	var have []string
	for _, w := range got {
		have = append(have, w.Field)
		assert.Assert(t, w.Message != "" && w.Rule != "" && w.Severity == flinktarget.SeverityWarning, "%s", w)
		assert.Assert(t, !strings.Contains(w.String(), "hunter2"), "%s", w)
	}
	assert.DeepEqual(t, have, fields)
}

// What a SessionCluster decides has no effect in its Deployments, patched or not; Deployment
// Defaults, which are for all Deployments, are no reason for a warning.
func TestSessionModeWarnings(t *testing.T) {
	const spec = "spec.template.spec."
	session := set("spec.deploymentTargetName", "", "spec.sessionClusterName", `"s"`, spec+"artifact.flinkVersion", "")
	p, err := patch.Parse([]byte(`{"op": "add", "path": "/spec/template/spec/numberOfTaskManagers", "value": 9}`))
	assert.NilError(t, err)
	s, err := patch.NewSet(p)
	assert.NilError(t, err)
	for _, c := range []struct {
		reason  string
		changes []change
		fields  []string
	}{
		{"what is the job's", set(spec+"parallelism", "3", spec+"flinkConfiguration", `{"execution.checkpointing.interval": "1s", `+
			`"state.backend.type": "rocksdb", "pipeline.name": "{{ deploymentName }}"}`), nil},
		{"its defaults, written out", set(spec+"resources", `{"jobmanager": {"cpu": 1, "memory": "1G"}}`,
			spec+"logging", `{"loggingProfile": "default"}`), nil},
		{"the image", set(spec+"artifact.flinkVersion", `"1.20"`, spec+"artifact.flinkImageRegistry", `"r"`,
			spec+"artifact.flinkImageRepository", `"a"`, spec+"artifact.flinkImageTag", `"t"`), []string{
			spec + "artifact.flinkVersion", spec + "artifact.flinkImageRegistry", spec + "artifact.flinkImageRepository",
			spec + "artifact.flinkImageTag"}},
		{"an engine", set(spec+"artifact.engineVersionName", `"vera-4.1-flink-1.20"`),
			[]string{spec + "artifact.engineVersionName"}},
		{"pods", set(spec+"numberOfTaskManagers", "2", spec+"resources", `{"taskmanager": {"cpu": 2}}`,
			spec+"logging", `{"log4jLoggers": {"a": "WARN"}}`, spec+"kubernetes", `{"labels": {"a": "b"}}`), []string{
			spec + "numberOfTaskManagers", spec + "resources", spec + "logging", spec + "kubernetes"}},
		{"annotations", set("spec.template.metadata", `{"annotations": {"flink.security.ssl.enabled": "true", `+
			`"flink.queryable-state.enabled": "true"}}`), []string{
			"spec.template.metadata.annotations[flink.security.ssl.enabled]",
			"spec.template.metadata.annotations[flink.queryable-state.enabled]"}},
		{"neither", set("spec.template.metadata", `{"annotations": {"flink.security.ssl.enabled": "false"}}`), nil},
		{"options of processes, values that look like secrets, and placeholders", set(spec+"flinkConfiguration",
			`{"taskmanager.numberOfTaskSlots": 4, "s3.secret-key": "hunter2", "pipeline.name": "{{ x }}"}`),
			[]string{spec + "flinkConfiguration[pipeline.name]", spec + "flinkConfiguration[s3.secret-key]",
				spec + "flinkConfiguration[taskmanager.numberOfTaskSlots]"}},
	} {
		d := parse(t, append(slices.Clone(session), c.changes...))
		assertWarnings(t, d.Warnings(), c.fields)
		patched, err := d.Patch(s)
		assert.NilError(t, err)
		assert.Equal(t, len(patched.Warnings()), len(c.fields), "%s, patched", c.reason)
		assert.Equal(t, *patched.Config().Spec.Template.Spec.NumberOfTaskManagers, int32(9))
		assert.DeepEqual(t, patched.Given(), d.Given())
	}
}

func TestNoSecretInMessages(t *testing.T) {
	const conf, pods = "spec.template.spec.flinkConfiguration", "spec.template.spec.kubernetes.pods."
	for reason, changes := range map[string][]change{
		"a number as password": set(pods+"envVars", `[{"name": "PASSWORD", "value": 7263917263917}]`),
		"a list as password":   set(pods+"envVars", `[{"name": "PASSWORD", "value": ["7263917263917"]}]`),
		"a label":              set(pods+"labels", `{"token": "!7263917263917"}`),
		"a label not quoted":   set("metadata.labels", `{"token": 7263917263917}`),
		"a URI":                set("spec.template.spec.artifact.jarUri", `"https://me:7263917263917@host/%zz"`),
		"a signed URI": set(
			"spec.template.spec.artifact.jarUri", `"https:///a?X-Amz-Signature=7263917263917"`,
		),
		"a slash in a password": set("spec.template.spec.artifact.jarUri", `"https://me:x7263917263917/y@host/a.jar"`),
		"a token in a URI":      set("spec.template.spec.artifact.jarUri", `"htps://7263917263917@host/a.jar"`),
		"a token and no file":   set("spec.template.spec.artifact.jarUri", `"https://7263917263917@host"`),
		"a URI, not a list": set(
			"spec.template.spec.artifact.additionalDependencies", `"https://7263917263917@host/a.jar"`,
		),
		"a flag's argument": set(
			"spec.template.spec.kubernetes.jobManagerPodTemplate", `{"spec": {"containers": [{"name": "a", `+
				`"args": ["--password", 7263917263917]}]}}`,
		),
		"a line as a key":      set(conf, `{"s3.secret-key=7263917263917": "x"}`),
		"a line as a variable": set(pods+"envVars", `[{"name": "PASSWORD=7263917263917"}]`),
		"a line as an element": set(pods+"envVars", `["PASSWORD=7263917263917"]`),
		"a line as a label":    set("metadata.labels", `{"password: 7263917263917": 1}`),
		"arguments":            set("spec.template.spec.artifact.mainArgs", `"--password '7263917263917"`),
		"arguments as a map":   set("spec.template.spec.artifact.mainArgs", `{"password": 7263917263917}`),
		"an option":            set(conf, `{"s3.secret-key": {"a": 7263917263917}}`),
		"a key Flink 2 merges": set(
			conf, `{"a.password": "7263917263917", "a.password.b": "7263917263917"}`,
			"spec.template.spec.artifact.flinkVersion", `"2.0"`,
		),
		"a log level":    set("spec.template.spec.logging.log4jLoggers", `{"a": "password=7263917263917"}`),
		"a state":        set("spec.state", `"password=7263917263917"`),
		"a huge integer": {{"metadata.annotations", `{"a": 1}`}},
		"an alias":       {{"metadata.annotations", `{"a": 1}`}},
		"a tag":          {{"metadata.annotations", `{"a": 1}`}},
	} {
		text := string(edited(t, leastDeployment, changes))
		if reason == "an alias" || reason == "a tag" {
			sign := map[string]string{"an alias": "*", "a tag": "!"}[reason]
			text = strings.Replace(text, `{"a":1}`, `{"password": `+sign+`7263917263917 }`, 1)
		}
		if reason == "a huge integer" {
			text = strings.Replace(text, `{"a":1}`, `{"password": 72639172639177263917263917}`, 1)
		}
		err := parseDeployment([]byte(text))
		assert.Assert(t, err != nil, reason)
		assert.Assert(t, !strings.Contains(err.Error(), "726391726391"), "%s: %v", reason, err)
		for _, e := range problemsIn(err) {
			assert.Assert(t, !strings.Contains(e.Error(), "726391726391"), "%s: %v", reason, e)
		}
	}
}
