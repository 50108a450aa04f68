package build

import (
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// What is the same in all clusters is made once, and all objects share it. It is
// never written to: what builds an object writes to maps that it has made itself,
// and what changes one that is built copies the way to the change. TestSharedParts
// fails if anything mutates them.
var (
	emptyDir = tree.Map{}

	// restricted is what Kubernetes' Pod Security Standard "restricted" asks of a
	// container.
	restricted = tree.Map{
		"allowPrivilegeEscalation": false,
		"capabilities":             tree.Map{"drop": []any{"ALL"}},
	}
	podSecurity = tree.Map{
		"runAsNonRoot":   true,
		"runAsUser":      flink.UserID, // the images' user has a name only, which proves nothing
		"runAsGroup":     flink.GroupID,
		"fsGroup":        flink.GroupID, // volumes can be written
		"seccompProfile": tree.Map{"type": "RuntimeDefault"},
	}

	jobManagerPorts = []any{
		containerPort("rpc", flink.PortJobManagerRPC),
		containerPort("blob", flink.PortBlobServer),
		containerPort("rest", flink.PortREST),
	}
	taskManagerPorts = []any{
		containerPort("data", flink.PortTaskManagerData),
		containerPort("rpc", flink.PortTaskManagerRPC),
	}
	servicePorts = []any{
		servicePort("rpc", flink.PortJobManagerRPC),
		servicePort("blob", flink.PortBlobServer),
		servicePort("rest", flink.PortREST),
	}

	tcpProbes  = probes(tree.Map{"tcpSocket": tree.Map{"port": "rpc"}})
	httpProbes = probes(tree.Map{"httpGet": tree.Map{"path": "/config", "port": "rest"}})

	// A pod that a drained node evicts is no failed attempt.
	evicted = tree.Map{
		"action":          "Ignore",
		"onPodConditions": []any{tree.Map{"type": "DisruptionTarget", "status": "True"}},
	}
)

// exitFailed is what the process ends with when the Flink job has failed for good:
// ApplicationStatus.FAILED is 1443, of which the system keeps 8 bits. A job that
// finished or was cancelled ends with 0.
const exitFailed = 1443 % 256

// failsJob is a rule that ends a Job for an exit code of Flink's container.
func failsJob(code int) tree.Map {
	return tree.Map{
		"action": "FailJob",
		"onExitCodes": tree.Map{"containerName": flink.ContainerPrefix + labels.JobManager.String(), "operator": "In",
			"values": []any{int64(code)}},
	}
}

func containerPort(name string, number int) tree.Map {
	return tree.Map{"name": name, "containerPort": int64(number), "protocol": "TCP"}
}

func servicePort(name string, number int) tree.Map {
	return tree.Map{"name": name, "port": int64(number), "targetPort": name, "protocol": "TCP"}
}

// probes: a component may take five minutes to start; then it is restarted if its
// RPC port does not answer for three minutes. REST decides readiness only, because
// a busy JobManager may be slow to answer there.
func probes(ready tree.Map) tree.Map {
	return tree.Map{
		"startupProbe":   probe(ready, 5, 60),
		"readinessProbe": probe(ready, 10, 3),
		"livenessProbe":  probe(tree.Map{"tcpSocket": tree.Map{"port": "rpc"}}, 30, 6),
	}
}

func probe(handler tree.Map, period, failures int64) tree.Map {
	p := tree.CopyMap(handler)
	p["periodSeconds"] = period
	p["timeoutSeconds"] = int64(5)
	p["failureThreshold"] = failures
	return p
}

// Parts returns what all clusters share, for tests that hold that nobody writes to it.
func Parts() []any {
	return []any{
		emptyDir, restricted, podSecurity, jobManagerPorts, taskManagerPorts, servicePorts,
		tcpProbes, httpProbes, evicted,
	}
}
