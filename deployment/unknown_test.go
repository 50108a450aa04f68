package deployment_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/patch"
)

// A Reader takes what a newer Kubernetes has in parts of Kubernetes objects, and nothing else
// that is unknown.
func TestReaderAllowUnknown(t *testing.T) {
	const spec = "deploymentTargetName: t, template: {spec: {artifact: {kind: JAR, flinkVersion: '1.20', " +
		"jarUri: https://h/a.jar}, kubernetes: {KUBERNETES}}}"
	kinds := map[string]string{
		"Deployment": "kind: Deployment\nmetadata: {name: a}\nspec: {" + spec + "}\n",
		"SessionCluster": "kind: SessionCluster\nmetadata: {name: a}\nspec: {deploymentTargetName: t, " +
			"flinkVersion: '1.20', kubernetes: {KUBERNETES}}\n",
		"VvpDeployment": "kind: VvpDeployment\napiVersion: ververica.platform/v1\nmetadata: {name: a}\n" +
			"spec: {syncingMode: PUT, deployment: {userMetadata: {name: a}, spec: {" + spec + "}}}\n",
	}
	for _, c := range []struct {
		reason, kubernetes string
		field              string // the end of that of the problem without the option
		legal              bool   // with it
	}{
		{"a field of a template", "jobManagerPodTemplate: {spec: {hyper: {a: 1}}}",
			"jobManagerPodTemplate.spec.hyper", true},
		{"deep in one", "taskManagerPodTemplate: {spec: {containers: [{name: flink-taskmanager, hyper: 1}]}}",
			"containers[0].hyper", true},
		{"of a pod option", "pods: {affinity: {hyper: {}}}", "affinity.hyper", true},
		{"of an element", "pods: {tolerations: [{key: a, hyper: 1}]}", "tolerations[0].hyper", true},
		{"of a volume", "pods: {volumeMounts: [{volume: {name: v, hyper: {}}, volumeMount: {name: v, mountPath: /v}}]}",
			"volume.hyper", true},
		{"VVP's own", "podz: {}", "podz", false},
		{"VVP's own, after a part", "jobManagerPodTemplate: {spec: {}}, hyper: {}", "hyper", false},
		{"VVP's options of pods", "pods: {affinity: {}, tolerations: [], toleration: []}", "pods.toleration", false},
		{"VVP's volume mounts",
			"pods: {volumeMounts: [{volume: {name: v}, volumeMount: {name: v, mountPath: /v}, volum: {}}]}",
			"volumeMounts[0].volum", false},
		{"a wrong type", "jobManagerPodTemplate: {spec: {containers: {}}}", "spec.containers", false},
	} {
		for kind, text := range kinds {
			text = strings.Replace(text, "KUBERNETES", c.kubernetes, 1)
			_, err := deployment.ParseAll("", []byte(text))
			problems := problemsIn(err)
			assert.Equal(t, len(problems), 1, "%s, %s: %v", c.reason, kind, err)
			assert.Assert(t, strings.HasSuffix(problems[0].Field, c.field), "%s: %s", c.reason, problems[0])
			assert.Equal(t, problems[0].Option == "AllowUnknown", c.legal,
				"%s: the option that helps is told", c.reason)
			b, err := deployment.Reader{AllowUnknown: true}.ParseAll("", []byte(text))
			assert.Equal(t, len(problemsIn(err)) == 0, c.legal, "%s, %s: %v", c.reason, kind, err)
			for _, d := range b.Deployments {
				out, _ := d.MarshalJSON()
				assert.Assert(t, !c.legal || strings.Contains(string(out), `"hyper"`), "it is kept: %s", c.reason)
			}
		}
	}
}

// What looks like a field that there is is told that, and not how to have it taken.
func TestNearlyKnownFieldNamesNoOption(t *testing.T) {
	_, err := deployment.FromYAML[struct{}]([]byte("a: 1"))
	assert.ErrorContains(t, err, "unknown field", "a part by itself is strict")
	_, err = deployment.ParseDefaults("", []byte("spec: {template: {spec: {kubernetes: "+
		"{jobManagerPodTemplate: {spec: {container: []}}}}}}"))
	assert.ErrorContains(t, err, "did you mean containers?")
	assert.Equal(t, problemsIn(err)[0].Option, "")
}

func TestDefaultsAndPatchesOfNewerKubernetes(t *testing.T) {
	const layer = "spec: {template: {spec: {kubernetes: {jobManagerPodTemplate: {spec: {hyper: 1}}}}}}"
	_, err := deployment.ParseDefaults("", []byte(layer))
	assert.ErrorContains(t, err, "hyper: unknown field")
	o := deployment.Reader{AllowUnknown: true}
	o.Defaults, err = o.ParseDefaults("", []byte(layer))
	assert.NilError(t, err)
	b, err := o.ParseAll("", []byte("kind: Deployment\nmetadata: {name: a}\nspec: {deploymentTargetName: t, "+
		"template: {spec: {artifact: {kind: JAR, flinkVersion: '1.20', jarUri: https://h/a.jar}}}}"))
	assert.NilError(t, err)
	one, err := patch.Parse([]byte("{apiVersion: v1, kind: Deployment, spec: {template: {spec: {kubernetes: " +
		"{taskManagerPodTemplate: {spec: {warp: 2}}}}}}}"))
	assert.NilError(t, err)
	s, err := patch.NewSet(one)
	assert.NilError(t, err)
	d, err := b.Deployments[0].Patch(s)
	assert.NilError(t, err)
	k := d.Config().Spec.Template.Spec.Kubernetes
	assert.Equal(t, k.JobManagerPodTemplate.String(), `{"spec":{"hyper":1}}`)
	assert.Equal(t, k.TaskManagerPodTemplate.String(), `{"spec":{"warp":2}}`)
	strict, err := deployment.New(deployment.Config{Metadata: d.Config().Metadata, Spec: d.Config().Spec})
	assert.NilError(t, err)
	_, err = strict.Patch(s)
	assert.ErrorContains(t, err, "hyper: unknown field", "New forgets how its parts were read")
}
