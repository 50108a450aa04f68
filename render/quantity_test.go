package render

import (
	"math"
	"testing"

	"gotest.tools/v3/assert"
)

// Sizes are written as Kubernetes writes them itself.
func TestQuantities(t *testing.T) {
	for cores, want := range map[string]string{"1": "1", "12": "12", "0.1": "100m", "2.25": "2250m", "12.345": "12345m"} {
		assert.Equal(t, cpuQuantity(cores), want)
	}
	for size, want := range map[string]string{"2g": "2G", "1.5g": "1500M", "1500k": "1500k", "1000": "1k", "1001": "1001", "12": "12", "0": "0", "1000000": "1M", "4294967296": "4294967296", "12G": "12G"} {
		assert.Equal(t, memoryQuantity(size), want)
	}
}

// The first and the last number that Kubernetes takes.
func TestLimitsOfFields(t *testing.T) {
	const most32 = math.MaxInt32
	for rule, limits := range map[string][2]int64{
		"PodSpec.activeDeadlineSeconds": {1, most32}, "ContainerPort.containerPort": {1, 65535}, "ContainerPort.hostPort": {0, 65535},
		"Probe.failureThreshold": {0, most32}, "Probe.initialDelaySeconds": {0, most32}, "Probe.periodSeconds": {0, most32},
		"Probe.successThreshold": {0, most32}, "Probe.timeoutSeconds": {0, most32}, "GRPCAction.port": {1, 65535},
		"KeyToPath.mode": {0, 0o777}, "ConfigMapVolumeSource.defaultMode": {0, 0o777}, "SecretVolumeSource.defaultMode": {0, 0o777},
		"ProjectedVolumeSource.defaultMode": {0, 0o777}, "EmptyDirVolumeSource.mode": {0, 0o1777},
		"PreferredSchedulingTerm.weight": {1, 100}, "WeightedPodAffinityTerm.weight": {1, 100},
		"TopologySpreadConstraint.maxSkew": {1, most32}, "TopologySpreadConstraint.minDomains": {1, most32},
		"PodSecurityContext.fsGroup": {0, most32}, "PodSecurityContext.runAsGroup": {0, most32}, "PodSecurityContext.runAsUser": {0, most32},
		"DeploymentSpec.minReadySeconds": {0, most32}, "DeploymentSpec.progressDeadlineSeconds": {1, most32}, "DeploymentSpec.replicas": {0, most32},
		"DeploymentSpec.revisionHistoryLimit": {0, most32}, "JobSpec.backoffLimit": {0, most32}, "JobSpec.completions": {1, 1},
		"JobSpec.parallelism": {0, 1}, "JobSpec.ttlSecondsAfterFinished": {0, most32}, "ServicePort.nodePort": {0, 65535}, "ServicePort.port": {1, 65535},
		"PodSpec.terminationGracePeriodSeconds": {0, math.MaxInt64}, "Probe.terminationGracePeriodSeconds": {1, math.MaxInt64},
		"SleepAction.seconds": {0, math.MaxInt64}, "JobSpec.activeDeadlineSeconds": {1, math.MaxInt64},
	} {
		check := fieldRules[rule]
		for _, n := range limits {
			assert.Equal(t, check(n), "", "%s: %d", rule, n)
		}
		assert.Assert(t, check(limits[0]-1) != "", rule)
		if limits[1] < math.MaxInt64 {
			assert.Assert(t, check(limits[1]+1) != "", rule)
		}
	}
}
