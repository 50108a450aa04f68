package judges

import (
	"testing"

	"gotest.tools/v3/assert"
	"sigs.k8s.io/yaml"
)

const workload = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, namespace: b}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      containers:
      - name: c
        image: i
        resources: {requests: {memory: 1G}, limits: {memory: 1G}}
        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
`

// Judges that say nothing against what is wrong prove nothing about the rest.
func TestJudges(t *testing.T) {
	for _, c := range []struct {
		reason, text string
		want         []string
	}{
		{"legal and restricted", workload, nil},
		{"a field that does not exist", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\ndatum: {}",
			[]string{byValidation}},
		{"a kind that does not exist", "apiVersion: v1\nkind: Deployment\nmetadata: {name: a}",
			[]string{byValidation}},
		{"handwritten validation: a ConfigMap's name",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: A_, namespace: b}",
			[]string{byValidation}},
		{"defaults count: a Job's restartPolicy is Always unless it is given", `
apiVersion: batch/v1
kind: Job
metadata: {name: a, namespace: b}
spec:
  template:
    spec:
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      containers:
      - name: c
        image: i
        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}`,
			[]string{byValidation}},
		{"no pod security", `
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, namespace: b}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec: {containers: [{name: c, image: i}]}`,
			[]string{byPodSecurity, byPodSecurity, byPodSecurity, byPodSecurity}},
	} {
		t.Run(c.reason, func(t *testing.T) {
			var object map[string]any
			assert.NilError(t, yaml.Unmarshal([]byte(c.text), &object))
			var got []string
			for _, refusal := range judge(object) {
				t.Log(refusal)
				got = append(got, refusal.judge)
			}
			assert.DeepEqual(t, got, c.want)
		})
	}
}
