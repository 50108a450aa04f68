package deployment_test

import (
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
)

func TestThousandMistakes(t *testing.T) {
	var text strings.Builder
	text.WriteString("kind: Deployment\nmetadata: {name: a}\nspec:\n  deploymentTargetName: t\n  template: {spec: {artifact: {kind: JAR, jarUri: https://h/a.jar, flinkVersion: 1.20}}}\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "  someUnknownField%d: some value\n", i)
	}
	_, err := deployment.Parse("f.yaml", []byte(text.String()))
	fields := fieldErrors(err)
	assert.Equal(t, len(fields), 1000, "the data is complete")
	assert.Equal(t, fields[999].Field, "spec.someUnknownField999")
	assert.Assert(t, len(err.Error()) < 4000, "the text is short: %d bytes", len(err.Error()))
	assert.ErrorContains(t, err, "1000 problems")
	assert.ErrorContains(t, err, "and 980 more")

	for i := range 3000 {
		fmt.Fprintf(&text, "  someOtherField%d: some value\n", i)
	}
	_, err = deployment.Parse("f.yaml", []byte(text.String()))
	fields = fieldErrors(err)
	assert.Equal(t, len(fields), 1001)
	assert.Equal(t, fields[1000].Origin, "too-many", "the last one says that there are others")

	cfg := parse(t, nil).Config()
	cfg.Spec.Template.Spec.Kubernetes.Labels = map[string]string{}
	for i := range 2000 {
		cfg.Spec.Template.Spec.Kubernetes.Labels[fmt.Sprint("k", i)] = "no label"
	}
	_, err = deployment.New(cfg)
	assert.Equal(t, len(fieldErrors(err)), 1001)
	assert.Assert(t, len(err.Error()) < 20_000, "%d bytes", len(err.Error()))
}

func TestPlaces(t *testing.T) {
	const head = "kind: Deployment\nmetadata: {name: a}\nspec:\n  deploymentTargetName: t\n"
	const artifact = "      artifact: {kind: JAR, jarUri: https://h/a.jar, flinkVersion: 1.20}\n"
	cases := []struct {
		reason, text string
		places       []string
	}{
		{"in a flow map", head + "  template: {spec: {artifact: {kind: JAR, jarUri: https://h/a.jar, flinkVersion: 1.2}}}\n",
			[]string{"f:5:82 spec.template.spec.artifact.flinkVersion NotSupported flink-version"}},
		{"in a list", head + "  template:\n    spec:\n" + artifact + "      kubernetes:\n        pods:\n          envVars:\n          - name: A\n          - name: B\n            value: 1\n",
			[]string{"f:13:20 spec.template.spec.kubernetes.pods.envVars[1].value Invalid retyped"}},
		{"a missing field is reported at its parent", head + "  template:\n    spec:\n      artifact: {kind: JAR}\n",
			[]string{"f:7:17 spec.template.spec.artifact.jarUri Required required", "f:7:17 spec.template.spec.artifact.flinkVersion Required required"}},
		{"behind an anchor, where it is written", "x: &l {a: yes}\n" + "kind: Deployment\nmetadata: {name: a, labels: *l}\nspec: {}\n",
			[]string{"f:1:1 x Forbidden unknown-field", "f:1:11 metadata.labels[a] Invalid retyped", "f:4:7 spec.deploymentTargetName Required required",
				"f:4:7 spec.template.spec.artifact.kind Required required", "f:4:7 spec.template.spec.artifact.flinkVersion Required required"}},
		{"in a merged map", "kind: Deployment\nmetadata: {<<: {nmae: a}, name: b}\nspec: {deploymentTargetName: t, template: {spec: {artifact: {kind: JAR, jarUri: https://h/a.jar, flinkVersion: 1.20}}}}\n",
			[]string{"f:2:17 metadata.nmae Forbidden unknown-field"}},
		{"a key with dots", head + "  template:\n    spec:\n" + artifact + "      flinkConfiguration:\n        a.b: x\n        rest.port: 1\n",
			[]string{"f:10:20 spec.template.spec.flinkConfiguration[rest.port] Forbidden flink-configuration"}},
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
		{"a state in lower case", "spec.state", `"running"`, "RUNNING"},
		{"a state of another resource", "spec.state", `"CANCELING"`, "CANCELLED"},
		{"a kind of artifact", "spec.template.spec.artifact.kind", `"SQL_SCRIPT"`, "SQLSCRIPT"},
		{"a field of Kubernetes", "spec.template.spec.kubernetes.pods.securityContext", `{"runAsNonroot": true}`, "runAsNonRoot"},
	} {
		err := parseDeployment(edited(t, leastDeployment, set(c.path, c.value)))
		assert.ErrorContains(t, err, "did you mean "+c.cure+"?", c.reason)
	}
	_, err := deployment.ParseAll("", []byte("kind: Deploymnet"))
	assert.ErrorContains(t, err, "did you mean Deployment?")
	_, err = deployment.ParseAll("", []byte("kind: Ingress"))
	assert.Assert(t, !strings.Contains(err.Error(), "did you mean"), "%v", err)
}

func TestMemoryMessages(t *testing.T) {
	for _, c := range []struct {
		reason, path, value string
		figures             []string
	}{
		{"VVP's least for TaskManagers", "taskmanager", "1g", []string{"1g is 953 MiB", "at least 982 MiB", "write 1030m or more"}},
		{"VVP's least for JobManagers", "jobmanager", "500m", []string{"500m is 476 MiB", "at least 577 MiB", "write 606m or more"}},
		{"bytes", "taskmanager", "1000000000", []string{"1000000000 is 953 MiB", "write 1030m or more"}},
	} {
		err := parseDeployment(edited(t, leastDeployment, set("spec.template.spec.resources."+c.path+".memory", `"`+c.value+`"`)))
		for _, figure := range c.figures {
			assert.ErrorContains(t, err, figure, c.reason)
		}
		// The cure cures.
		_, cure, _ := strings.Cut(err.Error(), "write ")
		cure, _, _ = strings.Cut(cure, " ")
		assert.NilError(t, parseDeployment(edited(t, leastDeployment, set("spec.template.spec.resources."+c.path+".memory", `"`+cure+`"`))), c.reason)
	}
	err := parseDeployment(edited(t, leastDeployment, set("spec.template.spec.flinkConfiguration", `{"taskmanager.memory.flink.size": "3g"}`)))
	assert.ErrorContains(t, err, "the default of 2G is 1907 MiB")
}
