package render_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/hostile"
	"github.com/flinktarget/flinktarget/render"
)

// inTarget and inSpec have a patch set and the fields of template.spec of a resource.
func inTarget(patches string) string {
	return "kind: DeploymentTarget\nmetadata: {name: t}\nspec: {kubernetes: {namespace: k}, deploymentPatchSet: [" +
		patches + "]}\n---\nkind: Deployment\nmetadata: {name: d}\nspec: {deploymentTargetName: t, template: {spec: " +
		"{artifact: {kind: JAR, flinkVersion: '1.20', jarUri: 'https://h/a.jar'}}}}\n"
}

func inSpec(fields string) string {
	return strings.Replace(inTarget(""), "a.jar'}", "a.jar'}, "+fields, 1)
}

func inPod(fields string) string {
	return inSpec("kubernetes: {jobManagerPodTemplate: {spec: {" + fields + "}}}")
}

func inContainer(fields string) string {
	return inPod("containers: [{name: flink-jobmanager, " + fields + "}]")
}

// fields are resources with @ where a text is put, as a value or a key.
var fields = []string{
	strings.ReplaceAll(inTarget(""), "name: d", "name: @"),
	strings.ReplaceAll(inTarget(""), "{name: t}", "{name: @}"),
	strings.ReplaceAll(inTarget(""), "namespace: k", "namespace: @"),
	strings.ReplaceAll(inTarget(""), "deploymentTargetName: t", "deploymentTargetName: @"),
	strings.ReplaceAll(inTarget(""), "{name: d}", "{name: d, id: @}"),
	strings.ReplaceAll(inTarget(""), "{name: d}", "{name: d, labels: {a: @}}"),
	strings.ReplaceAll(inTarget(""), "{name: d}", "{name: d, labels: {@: a}}"),
	strings.ReplaceAll(inTarget(""), "{name: d}", "{name: d, annotations: {@: a}}"),
	strings.ReplaceAll(inTarget(""), "kind: JAR", "kind: @"),
	strings.ReplaceAll(inTarget(""), "'1.20'", "@"),
	strings.ReplaceAll(inTarget(""), "'https://h/a.jar'", "@"),
	strings.ReplaceAll(inTarget(""), "'https://h/a.jar'", "'https://h/a.jar', mainArgs: @"),
	strings.ReplaceAll(inTarget(""), "'https://h/a.jar'", "'https://h/a.jar', entryClass: @"),
	strings.ReplaceAll(inTarget(""), "'https://h/a.jar'", "'https://h/a.jar', additionalDependencies: [@]"),
	strings.ReplaceAll(inTarget(""), "'https://h/a.jar'", "'https://h/a.jar', flinkImageTag: @"),
	inSpec("flinkConfiguration: {@: a}"),
	inSpec("flinkConfiguration: {a: @}"),
	inSpec("flinkConfiguration: {high-availability.type: @}"),
	inSpec("flinkConfiguration: {taskmanager.memory.process.size: @}"),
	inSpec("flinkConfiguration: {taskmanager.memory.managed.fraction: @}"),
	inSpec("flinkConfiguration: {execution.checkpointing.interval: @}"),
	inSpec("logging: {loggingProfile: @}"),
	inSpec("logging: {log4jLoggers: {@: INFO}}"),
	inSpec("logging: {log4jLoggers: {a: @}}"),
	inSpec("numberOfTaskManagers: @"),
	inSpec("parallelism: @"),
	inSpec("resources: {jobmanager: {cpu: @}}"),
	inSpec("resources: {jobmanager: {memory: @}}"),
	inSpec("resources: {taskmanager: {memory: @}}"),
	inSpec("@: a"),
	inSpec("kubernetes: {pods: {labels: {@: a}}}"),
	inSpec("kubernetes: {pods: {envVars: [{name: @, value: a}]}}"),
	inSpec("kubernetes: {pods: {envVars: [{name: A, value: [@]}]}}"),
	inSpec("kubernetes: {pods: {nodeSelector: {a: @}}}"),
	inSpec("kubernetes: {pods: {tolerations: [{operator: @}]}}"),
	inSpec("kubernetes: {pods: {volumeMounts: [{name: v, volume: {name: v, emptyDir: {}}, " +
		"volumeMount: {name: v, mountPath: @}}]}}"),
	inPod("@: a"),
	inPod("overhead: {cpu: @}"),
	inPod("volumes: [{name: v, emptyDir: {sizeLimit: @}}]"),
	inPod("volumes: [{name: v, secret: {secretName: @}}]"),
	inPod("volumes: [{name: v, ephemeral: {volumeClaimTemplate: {spec: {resources: {requests: {storage: @}}}}}}]"),
	inPod("volumes: [{name: v, downwardAPI: {items: [{path: a, resourceFieldRef: {resource: limits.cpu, " +
		"containerName: flink-jobmanager, divisor: @}}]}}]"),
	inPod("priorityClassName: @"),
	inPod("containers: [{name: @, image: a}]"),
	inContainer("resources: {limits: {cpu: @}}"),
	inContainer("resources: {requests: {memory: @}}"),
	inContainer("resources: {limits: {@: '1'}}"),
	inContainer("resources: {limits: {ephemeral-storage: @}}"),
	inContainer("env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: @}}}]"),
	inContainer("env: [{name: @, value: a}]"),
	inContainer("image: @"),
	inContainer("imagePullPolicy: @"),
	inContainer("args: [@, 1]"),
	inContainer("ports: [{name: @, containerPort: 1}]"),
	inContainer("livenessProbe: {httpGet: {port: @}}"),
	inTarget("{target: {kind: @}, patch: {a: b}}"),
	inTarget("{target: {kind: Job, name: @}, patch: {metadata: {labels: {a: b}}}}"),
	inTarget("{target: {kind: Job, labelSelector: @}, patch: {metadata: {labels: {a: b}}}}"),
	inTarget("{target: {kind: Job}, patch: @}"),
	inTarget("{target: {kind: Job}, patch: {spec: @}}"),
	inTarget("{target: {kind: Job}, patch: {spec: {@: a}}}"),
	inTarget("{target: {kind: Job}, patch: {metadata: {name: @}}}"),
	inTarget("{target: {kind: Job}, patch: {metadata: {labels: {@: a}}}}"),
	inTarget("{target: {kind: Job}, patch: {spec: {template: {spec: {containers: [{name: @}]}}}}}"),
	inTarget("{target: {kind: Job}, patch: {spec: {template: {spec: {containers: [{name: flink-jobmanager, " +
		"resources: {limits: {cpu: @}}}]}}}}}"),
	inTarget("{target: {kind: Deployment}, patch: {spec: {strategy: {rollingUpdate: {maxSurge: @}}}}}"),
	inTarget("{target: {kind: ConfigMap}, patch: {binaryData: {a: @}}}"),
	inTarget("{target: {kind: Job}, patch: [{op: test, path: /spec/backoffLimit, value: @}]}"),
	inTarget("{target: {kind: Job}, patch: [{op: @, path: /spec}]}"),
	inTarget("{target: {kind: Job}, patch: [{op: remove, path: @}]}"),
	inTarget("{op: add, path: @, value: 1}"),
	inTarget("{op: add, path: /spec/state, value: @}"),
	inTarget("{apiVersion: v1, kind: Deployment, spec: {template: {spec: {flinkConfiguration: {@: [a]}}}}}"),
	inTarget("{apiVersion: @, kind: Job}"),
	inTarget("{@: a}"),
	"kind: @\n",
	"@\n",
}

// saidOf returns what people read of a resource: problems and warnings.
func saidOf(text string) (texts []string, err error) {
	b, err := deployment.ParseAll("f.yaml", []byte(text))
	if err == nil {
		var m render.Manifests
		r, _ := render.New()
		if m, err = r.Bundle(b, nil); err == nil {
			for _, w := range m.Warnings() {
				texts = append(texts, w.String())
			}
		}
	}
	for p := range flinktarget.Problems(err) {
		document, _ := json.Marshal(p)
		texts = append(texts, p.String(), string(document))
	}
	if err != nil {
		texts = append(texts, strings.Split(err.Error(), "\n")...)
	}
	return texts, err
}

// with puts a text into a field, as YAML that is JSON.
func with(field int, text string) string {
	quoted, _ := json.Marshal(text)
	return strings.ReplaceAll(fields[field], "@", string(quoted))
}

// checkSaid reports what messages must not show. The name of a resource, as a person
// writes it, is no secret.
func checkSaid(t *testing.T, field int, text string) {
	t.Helper()
	texts, _ := saidOf(text)
	for _, line := range texts {
		if strings.ContainsFunc(line, unicode.IsControl) || strings.Contains(line, "\u202e") {
			t.Errorf("a control character in %q\nof %s", line, text)
		}
		if field > 0 && strings.Contains(line, planted) {
			t.Errorf("a secret in %q\nof %s", line, text)
		}
		if trimmed := strings.TrimSpace(line); strings.HasPrefix(trimmed, "::") || strings.Contains(line, "##[") {
			t.Errorf("a command in %q\nof %s", line, text)
		}
	}
}

// Nobody is led astray by a message, whatever it is about.
func TestMessagesOfHostileFields(t *testing.T) {
	t.Parallel()
	problems := 0
	for field := range fields {
		for _, text := range hostileStrings() {
			checkSaid(t, field, with(field, text))
			if _, err := saidOf(with(field, text)); err != nil {
				problems++
			}
		}
	}
	assert.Assert(t, problems > 1000, "%d problems", problems)
}

func FuzzMessages(f *testing.F) {
	for i, text := range hostileStrings() {
		f.Add(uint(i), "", text, "")
		f.Add(uint(2*i), "a\n", text, "\x1b::")
	}
	f.Fuzz(func(t *testing.T, field uint, before, text, after string) {
		forms := secretForms()
		if strings.Contains(text, planted) { // in no form that tells it is one
			text = strings.ReplaceAll(text, planted, forms[field%uint(len(forms))])
		}
		if strings.Contains(before+after, planted) {
			t.Skip("a secret that nothing tells")
		}
		at := int(field % uint(len(fields)))
		checkSaid(t, at, with(at, before+"\n"+text+"\n"+after))
		checkSaid(t, at, with(at, before+after))
	})
}

// checkQuick fails if one field takes a second: an exponent that is written out takes hours, all
// others take microseconds, whatever else a machine does.
func checkQuick(t *testing.T, text string) {
	t.Helper()
	start := time.Now()
	_, _ = saidOf(text)
	if took := time.Since(start); took > time.Second && !hostile.RaceDetector() {
		t.Errorf("it takes %v: %.300q", took, text)
	}
}

func TestHostileQuantities(t *testing.T) {
	for field := range fields {
		for _, text := range hostileQuantities() {
			checkQuick(t, with(field, text))
		}
	}
}

func FuzzQuantities(f *testing.F) {
	for i, text := range hostileQuantities() {
		f.Add(uint(i), text, false)
		f.Add(uint(3*i), text, true)
	}
	f.Fuzz(func(t *testing.T, field uint, text string, bare bool) {
		if len(text) > 1_000 {
			t.Skip("no quantity is that long; reading takes as long")
		}
		in := with(int(field%uint(len(fields))), text)
		if bare { // a number to YAML, or whatever it is
			in = strings.ReplaceAll(fields[field%uint(len(fields))], "@", text)
		}
		checkQuick(t, in)
	})
}
