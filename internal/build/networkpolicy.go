package build

import (
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// NetworkPolicies say what traffic there is besides that of Flink with itself.
type NetworkPolicies struct {
	REST, Metrics []any // NetworkPolicyPeers
	CloseEgress   bool
	APIServer     []string // CIDRs
	Egress        []string // CIDRs
}

// collectPort serves results of jobs to clients, through the JobManager. Flink opens any port,
// one a sink, unless a resource names one.
const collectPort = "taskmanager.collect-sink.port"

// policies fix the ports that are random otherwise.
func (d *decider) policies(c *Plan, at *field.Path) {
	p := d.opts.Policies
	if p == nil {
		return
	}
	d.take(c, at, flink.QueryServiceKey, strconv.Itoa(flink.PortQueryService), "WithNetworkPolicies")
	ha := flink.HighAvailability(c.Version, c.Config).Kind
	if p.CloseEgress && len(p.APIServer) == 0 && ha == flink.HAKubernetes {
		d.fail(field.Forbidden(at.Key(c.Version.HAKey), "high availability needs the API server, which the closed "+
			"egress does not reach: say its addresses, those of kubectl get endpointslices -n default "+
			"-l kubernetes.io/service-name=kubernetes"), "high-availability WithNetworkPolicies")
	}
}

// internalPorts are those on which a component serves the other one, and others of its kind.
func (c *Plan) internalPorts(component labels.Component) []int {
	if component == labels.JobManager {
		return []int{flink.PortJobManagerRPC, flink.PortBlobServer, flink.PortQueryService}
	}
	ports := []int{flink.PortTaskManagerData, flink.PortTaskManagerRPC, flink.PortQueryService}
	if n, err := strconv.Atoi(strings.TrimSpace(c.Config[collectPort])); err == nil && n > 0 {
		ports = append(ports, n)
	}
	if c.queryable {
		ports = append(ports, flink.PortStateServer)
	}
	return ports
}

func tcp(ports ...int) []any {
	out := make([]any, len(ports))
	for i, port := range ports {
		out[i] = tree.Map{"port": int64(port), "protocol": "TCP"}
	}
	return out
}

// networkPolicy lets through what a component needs.
func (c *Plan) networkPolicy(component labels.Component) tree.Map {
	p := c.opts.Policies
	cluster := []any{tree.Map{"podSelector": tree.Map{"matchLabels": c.selector(0)}}}
	ingress := []any{tree.Map{"from": cluster, "ports": tcp(c.internalPorts(component)...)}}
	from := func(peers []any, ports ...int) {
		if len(peers) > 0 {
			ingress = append(ingress, tree.Map{"from": peers, "ports": tcp(ports...)})
		}
	}
	if component == labels.JobManager {
		from(append(c.clients(), p.REST...), flink.PortREST)
	} else if c.queryable {
		from(p.REST, flink.PortQueryableState)
	}
	if m := c.Metrics; m != nil {
		from(p.Metrics, int(m.Port))
	}
	spec := tree.Map{"podSelector": tree.Map{"matchLabels": c.selector(component)}, "ingress": ingress,
		"policyTypes": []any{"Ingress"}}
	if p.CloseEgress {
		spec["policyTypes"], spec["egress"] = []any{"Ingress", "Egress"}, c.egress(cluster)
	}
	return c.object("networking.k8s.io/v1", "NetworkPolicy", c.workloadName(component), component, nil,
		tree.Map{"spec": spec})
}

// clients are the pods that hand jobs to a session cluster: those of Deployments of this namespace.
func (c *Plan) clients() []any {
	if c.Job != nil {
		return nil
	}
	return []any{tree.Map{"podSelector": tree.Map{"matchLabels": tree.Map{labels.KeyApp: labels.AppJob,
		labels.KeySystem: labels.System, labels.KeyComponent: labels.JobManager.String()}}}}
}

// egress is closed but for DNS, Flink itself, and what the option names.
func (c *Plan) egress(cluster []any) []any {
	dns := []any{tree.Map{"port": int64(53), "protocol": "UDP"}, tree.Map{"port": int64(53), "protocol": "TCP"}}
	internal := append(c.internalPorts(labels.JobManager), c.internalPorts(labels.TaskManager)...)
	slices.Sort(internal)
	out := []any{tree.Map{"ports": dns}, tree.Map{"to": cluster, "ports": tcp(slices.Compact(internal)...)}}
	var blocks []any
	cidrs := c.opts.Policies.Egress
	if c.HAKubernetes {
		cidrs = append(cidrs[:len(cidrs):len(cidrs)], c.opts.Policies.APIServer...)
	}
	for _, cidr := range cidrs {
		blocks = append(blocks, tree.Map{"ipBlock": tree.Map{"cidr": cidr}})
	}
	if len(blocks) > 0 {
		out = append(out, tree.Map{"to": blocks})
	}
	return out
}
