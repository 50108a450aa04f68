package decode_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

type inner struct {
	Name string `json:"name"`
}

type sample struct {
	inner    `json:",inline"`
	Text     string            `json:"text"`
	Version  string            `json:"version" wire:"number"`
	Level    string            `json:"level" wire:"scalar"`
	Count    *int32            `json:"count"`
	Flag     *bool             `json:"flag"`
	CPU      json.Number       `json:"cpu"`
	Labels   map[string]string `json:"labels"`
	Conf     map[string]string `json:"conf" wire:"scalar"`
	List     []inner           `json:"list"`
	Names    []string          `json:"names"`
	Internal string            `json:"-"`
}

func node(t *testing.T, text string) *yaml.Node {
	t.Helper()
	docs, problems := yaml.Parse("f.yaml", []byte(text))
	assert.Equal(t, len(problems), 0, "%v", problems)
	return docs[0]
}

func TestInto(t *testing.T) {
	two, no := int32(2), false
	cases := []struct {
		name, reason, text string
		want               sample
	}{
		{"number kept as written", "1.20 is not 1.2", "version: 1.20", sample{Version: "1.20"}},
		{"quoted number", "both ways of writing mean the same", "version: '1.20'", sample{Version: "1.20"}},
		{"retyped level", "OFF is a log level before it is YAML 1.1's false", "level: OFF", sample{Level: "OFF"}},
		{"scalars in a map", "Flink configuration is text whatever YAML thinks", "conf: {a: 4, b: true, c: 1e3, d: on}",
			sample{Conf: map[string]string{"a": "4", "b": "true", "c": "1e3", "d": "on"}}},
		{"null is unset", "VVP's GET writes null for unset fields", "text: null\ncount: ~\nlabels:\nflag: null", sample{}},
		{"pointers tell zero from unset", "false is not absent", "count: 2\nflag: false", sample{Count: &two, Flag: &no}},
		{"CPU", "quoted and plain numbers are one", "cpu: '1.5'", sample{CPU: "1.5"}},
		{"CPU in YAML's own ways", "JSON has no .5", "cpu: .5", sample{CPU: "0.5"}},
		{"CPU with a dot at its end", "JSON has no 1.", "cpu: '1.'", sample{CPU: "1"}},
		{"CPU with a sign", "JSON has no +1", "cpu: +1e1", sample{CPU: "1e1"}},
		{"inline", "embedded fields are the struct's own", "name: nn\nlist: [{name: a}]", sample{inner: inner{"nn"}, List: []inner{{"a"}}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got sample
			problems := decode.Into(node(t, c.text), nil, &got)
			assert.Equal(t, len(problems), 0, "%s: %v", c.reason, problems)
			assert.Equal(t, cmp.Diff(c.want, got, cmp.AllowUnexported(sample{})), "", c.reason)
		})
	}
}

func TestProblems(t *testing.T) {
	cases := []struct {
		reason, text  string
		fieldPath     string
		origin, place string
	}{
		{"a typo must not be dropped", "txet: a", "txet", decode.OriginUnknown, "f.yaml:1:1"},
		{"json:\"-\" is not on the wire", "Internal: a", "Internal", decode.OriginUnknown, "f.yaml:1:1"},
		{"a number is no string", "text: 1", "text", decode.OriginRetyped, "f.yaml:1:7"},
		{"YAML 1.1 reads on as true", "labels:\n  a: on", "labels[a]", decode.OriginRetyped, "f.yaml:2:6"},
		{"1e3 is a float", "labels: {x: 1e3}", "labels[x]", decode.OriginRetyped, "f.yaml:1:13"},
		{"a version is no boolean", "version: true", "version", decode.OriginRetyped, "f.yaml:1:10"},
		{"a null entry would be lost", "conf: {a: }", "conf[a]", decode.OriginType, "f.yaml:1:8"},
		{"a string is no number", "count: '2'", "count", decode.OriginType, "f.yaml:1:8"},
		{"fractions are not whole", "count: 2.5", "count", decode.OriginType, "f.yaml:1:8"},
		{"int32 has 32 bits", "count: 3000000000", "count", decode.OriginType, "f.yaml:1:8"},
		{"yes is no boolean here", "flag: yes", "flag", decode.OriginType, "f.yaml:1:7"},
		{"a list is no map", "labels: [a]", "labels", decode.OriginType, "f.yaml:1:9"},
		{"a map is no list", "list: {name: a}", "list", decode.OriginType, "f.yaml:1:7"},
		{"paths lead into lists", "list:\n- name: a\n- nmae: b", "list[1].nmae", decode.OriginUnknown, "f.yaml:3:3"},
		{"010 is 8 to YAML and 10 to people", "cpu: 010", "cpu", decode.OriginType, "f.yaml:1:6"},
		{"null would be an empty string", "names: [a, null]", "names[1]", decode.OriginType, "f.yaml:1:12"},
		{"words are no numbers", "cpu: one", "cpu", decode.OriginType, "f.yaml:1:6"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			var got sample
			problems := decode.Into(node(t, c.text), nil, &got)
			assert.Equal(t, len(problems), 1, "%v", problems)
			p := problems[0]
			assert.Equal(t, p.Field, c.fieldPath)
			assert.Equal(t, p.Rule, c.origin)
			assert.Equal(t, p.Position.String(), c.place)
		})
	}
}

func TestAllAtOnce(t *testing.T) {
	var got sample
	problems := decode.Into(node(t, "text: 1\ncount: x\nflag: 1\nlist: [1]\nnope: 1"), field.NewPath("spec"), &got)
	assert.Equal(t, len(problems), 5, "%v", problems)
}

func TestCheckKubernetesTypes(t *testing.T) {
	good := "metadata: {annotations: {a: b}}\nspec:\n  containers:\n  - name: a\n    ports: [{containerPort: 80}]\n" +
		"    resources: {limits: {cpu: 1.5, memory: 1Gi}}\n    livenessProbe: {tcpSocket: {port: rpc}}\n    securityContext: null\n"
	assert.Equal(t, len(decode.Check[corev1.PodTemplateSpec](node(t, good), nil)), 0)
	for text, path := range map[string]string{
		"spec: {contianers: []}":                                                       "spec.contianers",
		"spec: {containers: [{resources: {limits: {cpu: lots}}}]}":                     "spec.containers[0].resources.limits[cpu]",
		"spec: {containers: [{env: [{name: A, value: 1}]}]}":                           "spec.containers[0].env[0].value",
		"spec: {containers: [{livenessProbe: {tcpSocket: {port: 1.5}}}]}":              "spec.containers[0].livenessProbe.tcpSocket.port",
		"spec: {hostNetwork: 'true'}":                                                  "spec.hostNetwork",
		"metadata: {creationTimestamp: yesterday}":                                     "metadata.creationTimestamp",
		"spec: {terminationGracePeriodSeconds: 1m}":                                    "spec.terminationGracePeriodSeconds",
		"spec: {volumes: [{name: a, secret: {defaultMode: 99999999999}}]}":             "spec.volumes[0].secret.defaultMode",
		"spec: {affinity: {nodeAffinity: {requiredDuringScheduling: {}}}}":             "spec.affinity.nodeAffinity.requiredDuringScheduling",
		"spec: {tolerations: [{key: a, tolerationSeconds: soon}]}":                     "spec.tolerations[0].tolerationSeconds",
		"spec: {volumes: [{name: a, emptyDir: {sizeLimit: [1]}}]}":                     "spec.volumes[0].emptyDir.sizeLimit",
		"spec: {containers: [{name: a, securityContext: {runAsUser: flink}}]}":         "spec.containers[0].securityContext.runAsUser",
		"spec: {containers: [{name: a, env: [{name: B, valueFrom: {secretRef: x}}]}]}": "spec.containers[0].env[0].valueFrom.secretRef",
	} {
		problems := decode.Check[corev1.PodTemplateSpec](node(t, text), nil)
		assert.Equal(t, len(problems), 1, "%s: %v", text, problems)
		assert.Equal(t, problems[0].Field, path)
		assert.Assert(t, problems[0].Line > 0)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"jobmanager", "taskmanager", "flinkConfiguration", "numberOfTaskManagers"}
	for key, want := range map[string]string{
		"jobManager":          "jobmanager",
		"flink-configuration": "flinkConfiguration",
		"flinkConfig":         "flinkConfiguration",
		"numberOfTaskManager": "numberOfTaskManagers",
		"x":                   "",
	} {
		assert.Equal(t, decode.Nearest(key, names), want, key)
	}
}

// kept is a value as its author wrote it, checked against T.
type kept[T any] struct{ decode.Kept[T] }

func TestKept(t *testing.T) {
	var got struct {
		Account kept[corev1.EnvVar] `json:"env"`
		Other   decode.Ignored      `json:"other"`
	}
	problems := decode.Into(node(t, "env: {value: '', name: A, valueFrom: null}\nother: {any: [thing]}"), nil, &got)
	assert.Equal(t, len(problems), 0, "%v", problems)
	assert.Equal(t, decode.TextOf(got.Account.Kept), `{"name":"A","value":"","valueFrom":null}`)

	problems = decode.Into(node(t, "env: {name: A, vlaue: x}"), nil, &got)
	assert.Equal(t, len(problems), 1)
	assert.Equal(t, problems[0].Field, "env.vlaue")

	assert.Equal(t, len(decode.Into(node(t, "env: null"), nil, &got)), 0)
	assert.Equal(t, decode.TextOf(got.Account.Kept), "", "null is unset")
}

func TestSecretsAreNotShown(t *testing.T) {
	for _, text := range []string{"labels: {password: 72639}", "labels: {api-key: [72639]}", "labels: {a: {password: 72639}}", "text: {password=72639: a}", "count: 'token=72639'"} {
		var got sample
		for _, p := range decode.Into(node(t, text), nil, &got) {
			assert.Assert(t, !strings.Contains(p.Message, "72639"), "%s: %s", text, p.Message)
		}
	}
	problems := decode.Check[[]corev1.EnvVar](node(t, "- {name: PASSWORD, value: 72639}"), nil)
	assert.Equal(t, len(problems), 1)
	assert.Assert(t, !strings.Contains(problems[0].Message, "72639"), "%v", problems)
}

func TestTooManyProblems(t *testing.T) {
	var text strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&text, "some-key-that-does-not-exist-%d: and its value, to fill the line\n", i)
	}
	var got sample
	problems := decode.Into(node(t, text.String()), nil, &got)
	assert.Equal(t, len(problems), decode.MaxProblems+1)
	assert.Equal(t, problems[decode.MaxProblems].Rule, decode.OriginTooMany)
	assert.Equal(t, decode.Invalid("", problems...).Problems[decode.MaxProblems].Rule, decode.OriginTooMany,
		"it stays the last")
}
