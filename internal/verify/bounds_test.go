package verify_test

import (
	"math"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/verify"
)

// The bounds that Kubernetes documents for numbers. Each is tested at both ends.
func TestBounds(t *testing.T) {
	bounds := map[[2]int64][]string{
		{0, math.MaxInt32}: {
			"DeploymentSpec.minReadySeconds", "DeploymentSpec.replicas", "DeploymentSpec.revisionHistoryLimit",
			"JobSpec.backoffLimit", "JobSpec.ttlSecondsAfterFinished",
			"PodDisruptionBudgetSpec.maxUnavailable", "PodDisruptionBudgetSpec.minAvailable",
			"PodSecurityContext.fsGroup", "PodSecurityContext.runAsGroup", "PodSecurityContext.runAsUser",
			"Probe.failureThreshold", "Probe.initialDelaySeconds", "Probe.periodSeconds",
			"Probe.successThreshold", "Probe.timeoutSeconds",
			"RollingUpdateDeployment.maxSurge", "RollingUpdateDeployment.maxUnavailable",
			"SecurityContext.runAsGroup", "SecurityContext.runAsUser",
		},
		{1, math.MaxInt32}: {
			"DeploymentSpec.progressDeadlineSeconds", "PodSpec.activeDeadlineSeconds",
			"TopologySpreadConstraint.maxSkew", "HorizontalPodAutoscalerSpec.minReplicas",
			"HorizontalPodAutoscalerSpec.maxReplicas",
		},
		{0, math.MaxInt64}: {
			"PodSpec.terminationGracePeriodSeconds", "SleepAction.seconds", "EmptyDirVolumeSource.sizeLimit",
		},
		{1, math.MaxInt64}: {"JobSpec.activeDeadlineSeconds", "Probe.terminationGracePeriodSeconds"},
		{0, 65535}:         {"ContainerPort.hostPort", "ServicePort.targetPort"},
		{1, 65535}: {
			"ContainerPort.containerPort", "GRPCAction.port", "HTTPGetAction.port", "ServicePort.port",
			"TCPSocketAction.port", "NetworkPolicyPort.port",
		},
		{0, 0o777}: {
			"ConfigMapVolumeSource.defaultMode",
			"KeyToPath.mode", "ProjectedVolumeSource.defaultMode", "SecretVolumeSource.defaultMode",
		},
		{1, 100}: {"PreferredSchedulingTerm.weight", "WeightedPodAffinityTerm.weight"},
		{1, 1}:   {"JobSpec.completions"}, // one Flink cluster
		{0, 1}:   {"JobSpec.parallelism"}, // or none, which is suspended
	}
	tested := map[string]bool{}
	for b, names := range bounds {
		for _, name := range names {
			tested[name] = true
			for _, n := range b {
				assert.Equal(t, verify.CheckField(name, n), "", "%s: %d", name, n)
				assert.Equal(t, verify.CheckField(name, float64(n)) == "", true, "%s: %d, written as a float", name, n)
			}
			assert.Assert(t, verify.CheckField(name, b[0]-1) != "", "%s: %d", name, b[0]-1)
			if b[1] < math.MaxInt64 {
				assert.Assert(t, verify.CheckField(name, b[1]+1) != "", "%s: %d", name, b[1]+1)
			}
		}
	}
	for _, name := range verify.FieldRules() {
		bounded := verify.CheckField(name, int64(1)) == "" && verify.CheckField(name, int64(math.MinInt64)) != ""
		assert.Equal(t, bounded, tested[name], "%s", name)
	}
}
