package krmtest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/rendertest"
)

// changes are operations on pod templates. About half of them are allowed by the
// standard.
var changes = []string{
	`add /hostNetwork true`, `add /hostNetwork false`, `add /hostPID true`, `add /hostIPC true`,
	`add /volumes/- {"name": "v1", "hostPath": {"path": "/"}}`,
	`add /volumes/- {"name": "v2", "nfs": {"server": "s", "path": "/"}}`,
	`add /volumes/- {"name": "v3", "configMap": {"name": "c"}}`,
	`add /volumes/- {"name": "v4", "csi": {"driver": "d"}}`,
	`add /volumes/- {"name": "v5", "persistentVolumeClaim": {"claimName": "c"}}`,
	`add /volumes/- {"name": "v6", "projected": {"sources": []}}`,
	`add /volumes/- {"name": "v7", "image": {"reference": "i"}}`,
	`add /volumes/- {"name": "v8", "downwardAPI": {"items": []}}`,
	`add /volumes/- {"name": "v9", "secret": {"secretName": "s"}}`,
	`add /volumes/- {"name": "v10", "ephemeral": {"volumeClaimTemplate": {"spec": {"accessModes": ["ReadWriteOnce"], ` +
		`"resources": {"requests": {"storage": "1Gi"}}}}}}`,
	`add /securityContext/sysctls [{"name": "kernel.shm_rmid_forced", "value": "1"}]`,
	`add /securityContext/sysctls [{"name": "net.ipv4.tcp_notsent_lowat", "value": "1"}]`,
	`add /securityContext/sysctls [{"name": "kernel.msgmax", "value": "1"}]`,
	`add /securityContext/runAsUser 0`, `add /securityContext/runAsUser 1000`,
	`add /securityContext/runAsNonRoot false`, `remove /securityContext/runAsNonRoot`,
	`add /securityContext/seccompProfile {"type": "Unconfined"}`,
	`add /securityContext/seccompProfile {"type": "Localhost", "localhostProfile": "p"}`,
	`remove /securityContext/seccompProfile`, `remove /securityContext`,
	`add /securityContext/appArmorProfile {"type": "Unconfined"}`,
	`add /securityContext/appArmorProfile {"type": "RuntimeDefault"}`,
	`add /securityContext/seLinuxOptions {"type": "container_t"}`,
	`add /securityContext/seLinuxOptions {"type": "spc_t"}`,
	`add /securityContext/seLinuxOptions {"level": "s0"}`, `add /securityContext/seLinuxOptions {"user": "u"}`,
	`add /securityContext/seLinuxOptions {"role": "r"}`,
	`add /containers/0/securityContext/privileged true`, `add /containers/0/securityContext/privileged false`,
	`add /containers/0/securityContext/allowPrivilegeEscalation true`,
	`remove /containers/0/securityContext/allowPrivilegeEscalation`,
	`add /containers/0/securityContext/capabilities {"drop": ["all"]}`,
	`add /containers/0/securityContext/capabilities {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}`,
	`add /containers/0/securityContext/capabilities {"drop": ["ALL"], "add": ["CHOWN"]}`,
	`remove /containers/0/securityContext/capabilities`,
	`add /containers/0/securityContext/runAsNonRoot true`, `add /containers/0/securityContext/runAsNonRoot false`,
	`add /containers/0/securityContext/runAsUser 0`, `add /containers/0/securityContext/procMount "Unmasked"`,
	`add /containers/0/securityContext/procMount "Default"`,
	`add /containers/0/securityContext/seccompProfile {"type": "Unconfined"}`,
	`add /containers/0/securityContext/seccompProfile {"type": "RuntimeDefault"}`,
	`add /containers/0/securityContext/appArmorProfile {"type": "Unconfined"}`,
	`add /containers/0/securityContext/seLinuxOptions {"type": "x"}`,
	`remove /containers/0/securityContext`,
	`add /containers/0/ports/0/hostPort 6121`, `add /containers/0/ports/0/hostPort 0`,
	`add /containers/0/lifecycle {"preStop": {"httpGet": {"port": 80}}}`,
	`add /containers/0/lifecycle {"preStop": {"httpGet": {"port": 80, "host": "example.com"}}}`,
	`add /containers/0/lifecycle {"postStart": {"tcpSocket": {"port": 80, "host": "example.com"}}}`,
	`add /containers/0/startupProbe {"tcpSocket": {"port": 80, "host": "example.com"}}`,
	`add /containers/0/livenessProbe {"httpGet": {"port": 80, "host": "10.0.0.1"}}`,
	`add /initContainers [{"name": "i", "image": "i"}]`,
	`add /initContainers [{"name": "i", "image": "i", "securityContext": {"allowPrivilegeEscalation": false, ` +
		`"capabilities": {"drop": ["ALL"]}}}]`,
	`add /containers/- {"name": "s", "image": "s", "securityContext": {"allowPrivilegeEscalation": false, ` +
		`"capabilities": {"drop": ["ALL"]}, "runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}}}`,
	`annotation container.apparmor.security.beta.kubernetes.io/flink-taskmanager "unconfined"`,
	`annotation container.apparmor.security.beta.kubernetes.io/flink-taskmanager "runtime/default"`,
}

// operation returns a change as an operation of RFC 6902.
func operation(change string) string {
	parts := strings.SplitN(change+" null", " ", 3)
	path, value := "/spec/template/spec"+parts[1], strings.TrimSuffix(parts[2], " null")
	if parts[0] == "annotation" {
		parts[0], path = "add", "/spec/template/metadata/annotations/"+strings.ReplaceAll(parts[1], "/", "~1")
	}
	return fmt.Sprintf(`{"op": %q, "path": %q, "value": %s}`, parts[0], path, value)
}

// withoutValue is for operations that have none.
func withoutValue(op string) string {
	if strings.Contains(op, `"op": "remove"`) {
		return op[:strings.LastIndex(op, `, "value"`)] + "}"
	}
	return op
}

const session = `kind: DeploymentTarget
apiVersion: v1
metadata: {name: t}
spec:
  kubernetes: {namespace: flink}
  deploymentPatchSet:
  - target: {kind: Deployment, labelSelector: component=taskmanager}
    patch: [%s]
---
kind: SessionCluster
apiVersion: v1
metadata: {name: s}
spec: {deploymentTargetName: t, flinkVersion: 1.20}
`

// rendertest's rule "security" and the checks of Kubernetes' own Pod Security admission
// judge every pod alike.
func TestSecurityIsThatOfKubernetes(t *testing.T) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	assert.NilError(t, err)
	restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	r, err := render.New()
	assert.NilError(t, err)
	judged, refused, allowed := 0, 0, 0
	judge := func(ops ...string) {
		t.Helper()
		b, err := deployment.ParseAll("", fmt.Appendf(nil, session, strings.Join(ops, ", ")))
		assert.NilError(t, err)
		m, err := r.Bundle(b, nil)
		if err != nil {
			refused++ // not legal in Kubernetes, or not applicable after another change
			return
		}
		problems := map[string][]flinktarget.Problem{}
		for _, p := range rendertest.Problems(m) {
			problems[p.Object] = append(problems[p.Object], p)
		}
		for pod := range rendertest.Pods(m) {
			if pod.Template.Labels[labels.KeyComponent] != labels.TaskManager.String() {
				continue // it has no changes
			}
			var reasons []string
			for _, result := range evaluator.EvaluatePod(restricted, &pod.Template.ObjectMeta, &pod.Template.Spec) {
				if !result.Allowed {
					reasons = append(reasons, result.ForbiddenReason+": "+result.ForbiddenDetail)
				}
			}
			judged++
			if len(reasons) == 0 {
				allowed++
			}
			if got := problems[pod.Object.String()]; (len(got) == 0) != (len(reasons) == 0) {
				t.Errorf("%s\nrendertest: %v\nKubernetes: %v", ops, got, reasons)
			}
		}
	}
	for _, change := range changes {
		judge(withoutValue(operation(change)))
	}
	single := refused
	const seed = 1
	random := rand.New(rand.NewPCG(seed, seed))
	for range 1000 {
		var ops []string
		for range 2 + random.IntN(3) {
			ops = append(ops, withoutValue(operation(changes[random.IntN(len(changes))])))
		}
		judge(ops...)
	}
	t.Logf("seed %d: %d pods judged, %d allowed, %d patches refused, %d of them single", seed, judged, allowed, refused,
		single)
	assert.Assert(t, single < len(changes)/4 && judged > 500 && allowed > 100, "the changes reach what they are for")
}
