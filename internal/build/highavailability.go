package build

import (
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// podAddress is the variable from which a JobManager with high availability takes
// the address that it advertises: its own, because a Service would lead to any.
const podAddress = "POD_IP"

const rbac = "rbac.authorization.k8s.io"

// haStorage is the option for where the data of high availability is.
const haStorage = "high-availability.storageDir"

// highAvailability switches it on where the configuration asks for it. What
// identifies the cluster is the renderer's: two clusters with one id would take
// each other for themselves.
func (d *decider) highAvailability(c *Plan, at *field.Path) {
	conf := c.Config
	ha := flink.HighAvailability(c.Version, conf)
	if ha.Kind == flink.HANone {
		if _, ok := conf[haStorage]; ok {
			d.warn("no-effect", at.Key(haStorage), "no effect: high availability is not switched on (%s)",
				c.Version.HAKey)
		}
		return
	}
	c.HA = true
	if conf[haStorage] == "" {
		d.fail(field.Required(at.Key(haStorage),
			"high availability keeps its data in a file system: write the URI of a folder, such as s3://bucket/ha"),
			"high-availability")
	}
	conf["high-availability.jobmanager.port"] = strconv.Itoa(flink.PortJobManagerRPC) // any port otherwise
	if ha.Kind != flink.HAKubernetes {
		return
	}
	c.HAKubernetes = true
	delete(conf, ha.Key)
	conf[c.Version.HAKey] = c.Version.HAKubernetes
	conf["kubernetes.namespace"] = c.Namespace
}

// identify sets the options that are made of the cluster's name. With Kubernetes high
// availability, kubernetes.cluster-id names the ConfigMaps only: for every kind, Flink
// makes the folders in the storage from high-availability.cluster-id. Clusters that do
// not set it share the folder "default", and the first that ends deletes it.
func (c *Plan) identify() {
	conf := c.Config
	conf["jobmanager.rpc.address"] = c.workloadName(labels.JobManager)
	if c.HAKubernetes {
		conf["kubernetes.cluster-id"] = c.Name
	}
	if c.HA {
		conf["high-availability.cluster-id"] = c.Name
	}
}

// oneJobManager refuses standbys. The Service would lead to them, too: they answer, but
// do not know the files that were uploaded to the leader, and Flink makes their hosts'
// names known, which other pods of a Deployment cannot resolve. Without them, a JobManager
// that dies is replaced by Kubernetes, and with high availability its jobs go on.
func (d *decider) oneJobManager(c *Plan, at *field.Path) {
	const replicas = "kubernetes.jobmanager.replicas"
	text, ok := c.Config[replicas]
	if !ok {
		return
	}
	delete(c.Config, replicas) // it means the number of pods, which is told to Kubernetes
	switch n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 16); {
	case err != nil || n < 1:
		d.fail(field.Invalid(at.Key(replicas), text, "must be 1"), "high-availability")
	case n > 1 && c.Job != nil:
		d.fail(field.Forbidden(at.Key(replicas), "a Deployment has one JobManager: its Job replaces one that dies"),
			"high-availability")
	case n > 1:
		d.fail(field.Forbidden(at.Key(replicas), "a session cluster has one JobManager, and Kubernetes replaces one "+
			"that dies: standbys would get requests, too, and do not know what was uploaded to the leader"),
			"high-availability")
	}
}

// serviceAccount lets JobManager and TaskManagers keep Flink's high-availability
// data in ConfigMaps. Flink's documentation lists all of these verbs but patch,
// which its client uses for leader election.
func (c *Plan) serviceAccount() []tree.Map {
	return []tree.Map{
		c.object("v1", "ServiceAccount", c.Name, 0, nil, tree.Map{}),
		c.object(rbac+"/v1", "Role", c.Name, 0, nil, tree.Map{"rules": []any{tree.Map{
			"apiGroups": []any{""},
			"resources": []any{"configmaps"},
			"verbs":     []any{"create", "delete", "get", "list", "patch", "update", "watch"},
		}}}),
		c.object(rbac+"/v1", "RoleBinding", c.Name, 0, nil, tree.Map{
			"roleRef":  tree.Map{"apiGroup": rbac, "kind": "Role", "name": c.Name},
			"subjects": []any{tree.Map{"kind": "ServiceAccount", "name": c.Name, "namespace": c.Namespace}},
		}),
	}
}

// advertise makes a JobManager known by its pod's address.
func (c *Plan) advertise(component labels.Component, spec, container tree.Map) {
	switch {
	case c.ownAccount(component) != "":
		// Who names an account wants what it may do: its own setting decides.
		delete(spec, "automountServiceAccountToken")
	case c.HAKubernetes:
		spec["serviceAccountName"] = c.Name
		spec["automountServiceAccountToken"] = true
	}
	if c.HA && component == labels.JobManager {
		container["env"] = []any{tree.Map{"name": podAddress,
			"valueFrom": tree.Map{"fieldRef": tree.Map{"fieldPath": "status.podIP"}}}}
	}
}
