package deployment_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
)

func TestThousandMistakes(t *testing.T) {
	var text strings.Builder
	text.WriteString(
		"kind: Deployment\nmetadata: {name: a}\nspec:\n  deploymentTargetName: t\n" +
			"  template: {spec: {artifact: {kind: JAR, jarUri: https://h/a.jar, flinkVersion: 1.20}}}\n",
	)
	for i := range 1000 {
		fmt.Fprintf(&text, "  someUnknownField%d: some value\n", i)
	}
	_, err := deployment.Parse("f.yaml", []byte(text.String()))
	fields := problemsIn(err)
	assert.Equal(t, len(fields), 1000, "the data is complete")
	assert.Equal(t, fields[999].Field, "spec.someUnknownField999")
	assert.Assert(t, len(err.Error()) < 4000, "the text is short: %d bytes", len(err.Error()))
	assert.ErrorContains(t, err, "1000 problems")
	assert.ErrorContains(t, err, "and 980 more")

	for i := range 3000 {
		fmt.Fprintf(&text, "  someOtherField%d: some value\n", i)
	}
	_, err = deployment.Parse("f.yaml", []byte(text.String()))
	fields = problemsIn(err)
	assert.Equal(t, len(fields), 1001)
	assert.Equal(t, fields[1000].Rule, "too-many", "the last one says that there are others")

	_, err = deployment.ParseAll("f.yaml", []byte("kind: List\nitems: ["+strings.Repeat("1,", 2000)+"]"))
	fields = problemsIn(err)
	assert.Equal(t, len(fields), 1001, "of a list, too")
	assert.Equal(t, fields[1000].Rule, "too-many")

	cfg := parse(t, nil).Config()
	cfg.Spec.Template.Spec.Kubernetes.Labels = map[string]string{}
	for i := range 2000 {
		cfg.Spec.Template.Spec.Kubernetes.Labels[fmt.Sprint("k", i)] = "no label"
	}
	_, err = deployment.New(cfg)
	assert.Equal(t, len(problemsIn(err)), 1001)
	assert.Assert(t, len(err.Error()) < 20_000, "%d bytes", len(err.Error()))
}

func TestPlaces(t *testing.T) {
	const head = "kind: Deployment\nmetadata: {name: a}\nspec:\n  deploymentTargetName: t\n"
	const artifact = "      artifact: {kind: JAR, jarUri: https://h/a.jar, flinkVersion: 1.20}\n"
	cases := []struct {
		reason, text string
		places       []string
	}{
		{
			"in a flow map",
			head + "  template: {spec: {artifact: {kind: JAR, jarUri: https://h/a.jar, flinkVersion: 1.2}}}\n",
			[]string{"f:5:82 spec.template.spec.artifact.flinkVersion flink-version"},
		},
		{
			"in a list",
			head + "  template:\n    spec:\n" + artifact + "      kubernetes:\n        pods:\n          envVars:\n" +
				"          - name: A\n          - name: B\n            value: 1\n",
			[]string{"f:13:20 spec.template.spec.kubernetes.pods.envVars[1].value retyped"},
		},
		{"a missing field is reported at its parent", head + "  template:\n    spec:\n      artifact: {kind: JAR}\n",
			[]string{
				"f:7:17 spec.template.spec.artifact.jarUri required",
				"f:7:17 spec.template.spec.artifact.flinkVersion required",
			}},
		{
			"behind an anchor, where it is written",
			"x: &l {a: yes}\n" + "kind: Deployment\nmetadata: {name: a, labels: *l}\nspec: {}\n",
			[]string{
				"f:1:1 x unknown-field",
				"f:1:11 metadata.labels[a] retyped",
				"f:4:7 spec.deploymentTargetName required",
				"f:4:7 spec.template.spec.artifact.flinkVersion required",
				"f:4:7 spec.template.spec.artifact.kind required",
			},
		},
		{
			"in a merged map",
			"kind: Deployment\nmetadata: {<<: {nmae: a}, name: b}\n" +
				"spec: {deploymentTargetName: t, template: {spec: {artifact: {kind: JAR, jarUri: https://h/a.jar, " +
				"flinkVersion: 1.20}}}}\n",
			[]string{"f:2:17 metadata.nmae unknown-field"},
		},
		{
			"a key with dots",
			head + "  template:\n    spec:\n" + artifact + "      flinkConfiguration:\n        a.b: x\n" +
				"        rest.port: 1\n",
			[]string{"f:10:20 spec.template.spec.flinkConfiguration[rest.port] flink-configuration"},
		},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			_, err := deployment.Parse("f", []byte(c.text))
			assert.DeepEqual(t, placesOf(err), c.places)
		})
	}
}

func TestDidYouMean(t *testing.T) {
	for _, c := range []struct{ reason, path, value, cure string }{
		{"another case", "spec.template.spec.resources.jobManager", "{}", "jobmanager"},
		{"two letters in each other's place", "spec.template.spec.flinkConfiguratoin", "{}", "flinkConfiguration"},
		{"an end left out", "spec.template.spec.flinkConfig", "{}", "flinkConfiguration"},
		{"a separator", "spec.template.spec.kubernetes.job-manager-pod-template", "{}", "jobManagerPodTemplate"},
		{"a state in lower case", "spec.state", `"runing"`, "RUNNING"},
		{"a state of another resource", "spec.state", `"CANCELING"`, "CANCELLED"},
		{"a kind of artifact", "spec.template.spec.artifact.kind", `"SQL_SCRIPT"`, "SQLSCRIPT"},
		{
			"a field of Kubernetes",
			"spec.template.spec.kubernetes.pods.securityContext",
			`{"runAsNonroot": true}`,
			"runAsNonRoot",
		},
	} {
		err := parseDeployment(edited(t, leastDeployment, set(c.path, c.value)))
		assert.ErrorContains(t, err, "did you mean "+c.cure+"?", c.reason)
	}
	_, err := deployment.ParseAll("", []byte("kind: Deploymnet"))
	assert.ErrorContains(t, err, "did you mean Deployment?")
	_, err = deployment.ParseAll("", []byte("kind: Ingress"))
	assert.Assert(t, !strings.Contains(err.Error(), "did you mean"), "%v", err)
	assert.Assert(t, !strings.Contains(err.Error(), "rendered"), "it is not rendered here: %v", err)
}

// Manifests in place of the resources that they are rendered from are one problem each.
func TestRenderedManifestsAreNoResources(t *testing.T) {
	_, err := deployment.ParseAll("f.yaml", []byte(`{apiVersion: apps/v1, kind: Deployment, spec: {replicas: 1, selector: {}}}
---
{apiVersion: batch/v1, kind: Job, spec: {}}
---
{apiVersion: v1, kind: ConfigMap, data: {}}
`))
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	assert.Equal(t, len(lines), 4, "%q", lines)
	for i, place := range []string{"f.yaml:1:14: apiVersion: ", "f.yaml:3:30: kind: ", "f.yaml:5:24: kind: "} {
		line := strings.TrimSpace(lines[i+1])
		assert.Assert(t, strings.HasPrefix(line, place), line)
		assert.Assert(t, strings.HasSuffix(line, ": give the resources that manifests are rendered from"), line)
	}
}

func TestMemoryMessages(t *testing.T) {
	for _, c := range []struct {
		reason, path, value string
		figures             []string
	}{
		{
			"VVP's least for TaskManagers",
			"taskmanager",
			"1g",
			[]string{"1g is 953 MiB", "at least 982 MiB", "write 1030m or more"},
		},
		{
			"VVP's least for JobManagers",
			"jobmanager",
			"500m",
			[]string{"500m is 476 MiB", "at least 577 MiB", "write 606m or more"},
		},
		{"bytes", "taskmanager", "1000000000", []string{"1000000000 is 953 MiB", "write 1030m or more"}},
	} {
		err := parseDeployment(
			edited(t, leastDeployment, set("spec.template.spec.resources."+c.path+".memory", `"`+c.value+`"`)),
		)
		for _, figure := range c.figures {
			assert.ErrorContains(t, err, figure, c.reason)
		}
		// The cure cures.
		_, cure, _ := strings.Cut(err.Error(), "write ")
		cure, _, _ = strings.Cut(cure, " ")
		assert.NilError(
			t,
			parseDeployment(
				edited(t, leastDeployment, set("spec.template.spec.resources."+c.path+".memory", `"`+cure+`"`)),
			),
			c.reason,
		)
	}
	err := parseDeployment(
		edited(
			t,
			leastDeployment,
			set("spec.template.spec.flinkConfiguration", `{"taskmanager.memory.flink.size": "3g"}`),
		),
	)
	assert.ErrorContains(t, err, "the default of 2G is 1907 MiB")
}

// VVP's least for TaskManagers can be kept, without managed memory.
func TestMemoryCureThatKeepsTheSize(t *testing.T) {
	const fraction = `"taskmanager.memory.managed.fraction": "0.0"`
	for _, c := range []struct {
		reason, memory, config string
		cure                   bool
	}{
		{"VVP's least", "1g", "{}", true},
		{"it would not do", "700m", "{}", false},
		{"how much there is, is said", "1g", `{"taskmanager.memory.managed.size": "512m"}`, false},
		{"nor where its share is said", "1g", `{"taskmanager.memory.managed.fraction": "0.5"}`, false},
	} {
		const spec = "spec.template.spec."
		changes := set(spec+"resources.taskmanager.memory", `"`+c.memory+`"`, spec+"flinkConfiguration", c.config)
		err := parseDeployment(edited(t, leastDeployment, changes))
		assert.ErrorIs(t, err, flinktarget.ErrInvalid, c.reason)
		assert.Equal(t, strings.Contains(err.Error(), fraction[1:36]), c.cure, "%s: %v", c.reason, err)
		changes = append(changes, set(spec+"flinkConfiguration", "{"+fraction+"}")...)
		if err := parseDeployment(edited(t, leastDeployment, changes)); c.cure {
			assert.NilError(t, err, c.reason)
		}
	}
}

// What is wrong is shown, and said once.
func TestWhatMessagesShow(t *testing.T) {
	const spec = "spec.template.spec."
	secret := "https://me:" + long(100) + "@host/%zz"
	for _, c := range []struct {
		reason  string
		changes []change
		shown   string // "" for nothing
		says    string
	}{
		{"a word", set("spec.state", `"runing"`), "runing", "did you mean RUNNING?"},
		{
			"a long text",
			set("spec.sessionClusterName", `"`+long(81)+`"`, "spec.deploymentTargetName", ""),
			long(40) + "…",
			"at most 63 characters",
		},
		{"a long name", set("metadata.name", `"`+long(251)+`"`), long(40) + "…", "at most 250 bytes"},
		{"a label", set(spec+"kubernetes.labels", `{"a.b": "c d"}`), "c d", "a valid label must"},
		{
			"a label that may be secret",
			set(spec+"kubernetes.labels", `{"a.token": "c d"}`),
			"",
			"a valid label must",
		},
		{
			"another tool's Deployment",
			set("apiVersion", `"apps/v1"`),
			"apps/v1",
			"a Kubernetes Deployment is not a VVP Deployment",
		},
		{"another version", set("apiVersion", `"v2"`), "v2", ""},
		{
			"a URI",
			set(spec+"artifact.jarUri", `"https://host/%zz"`),
			"https://host/%zz",
			`must be a URI: invalid URL escape "%zz"`,
		},
		{
			"a URI whose beginning would not tell that it has a password",
			set(spec+"artifact.jarUri", `"`+secret+`"`),
			"",
			"it cannot be parsed",
		},
		{
			"the key is in the path",
			set(spec+"flinkConfiguration", `{"taskmanager.memory.managed.fraction": "2"}`),
			"",
			`"2" is not a fraction`,
		},
		{
			"the same of the file",
			set(spec+"flinkConfiguration", `{"a": "b # c"}`),
			"",
			"the value contains",
		},
		{
			"what does not fit whatever the size",
			set(spec+"flinkConfiguration", `{"taskmanager.memory.flink.size": "3g"}`),
			"",
			"the default of 2G is 1907 MiB",
		},
		{
			"what leaves too much",
			set(
				spec+"flinkConfiguration", `{"taskmanager.memory.flink.size": "1g"}`,
				spec+"resources.taskmanager.memory", `"8g"`,
			),
			"",
			"8g is 7629 MiB",
		},
	} {
		fields := problemsIn(parseDeployment(edited(t, leastDeployment, c.changes)))
		assert.Equal(t, len(fields), 1, "%s: %v", c.reason, fields)
		_, shown, _ := strings.Cut(fields[0].Message, `value: "`)
		shown, _, _ = strings.Cut(shown, `"`)
		assert.Equal(t, shown, c.shown, c.reason)
		assert.Assert(t, strings.Contains(fields[0].Message, c.says), "%s: %s", c.reason, fields[0].Message)
		assert.Equal(
			t,
			strings.Contains(fields[0].Message, "or more"),
			strings.Contains(c.reason, "whatever"),
			"%s: %s",
			c.reason,
			fields[0].Message,
		)
		if c.reason == "another version" {
			assert.Assert(t, !strings.Contains(fields[0].Message, "Kubernetes"), fields[0].Message)
		}
		if strings.Contains(c.reason, "the") &&
			strings.Contains(fields[0].Field, "flinkConfiguration") {
			assert.Assert(
				t,
				strings.HasPrefix(fields[0].Message, strings.TrimPrefix(c.says, " ")),
				"the key is said twice: %s",
				fields[0].Message,
			)
		}
	}
	err := parseDeployment(
		[]byte(strings.Replace(oneWrapper, "userMetadata: {name", "metadata: {}\n    userMetadata: {name", 1)),
	)
	assert.ErrorContains(t, err, "VVP 3 metadata")
	err = parseDeployment(
		[]byte(strings.Replace(oneWrapper, "userMetadata: {name", "spce: {}\n    userMetadata: {name", 1)),
	)
	assert.Assert(t, !strings.Contains(err.Error(), "VVP 3"), "%v", err)
}

func TestTaskManagers(t *testing.T) {
	for _, c := range []struct {
		parallelism int32
		slots       int64
		want        int32
	}{
		{1, 1, 1}, {1, 4, 1}, {4, 2, 2}, {5, 2, 3}, {6, 2, 3},
		{math.MaxInt32, 1, math.MaxInt32}, {math.MaxInt32, math.MaxInt32, 1},
	} {
		assert.Equal(t, deployment.TaskManagers(c.parallelism, c.slots), c.want)
	}
}
