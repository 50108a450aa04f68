package build

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// Metrics says how Prometheus gets metrics.
type Metrics struct {
	Port       int32
	PodMonitor bool              // in place of annotations
	Labels     map[string]string // of the PodMonitor
}

const (
	metricsPort = "metrics" // the name
	reporter    = "metrics.reporter."
	reporters   = "metrics.reporters"
	ownReporter = "prom"
)

// metrics makes the resource's own reporter for Prometheus listen on the port of the option, or
// adds one. Others stay.
func (d *decider) metrics(c *Plan, at *field.Path) {
	if c.Metrics = d.opts.Metrics; c.Metrics == nil {
		return
	}
	option, class := c.Version.Prometheus()
	name, taken := "", ""
	for _, key := range tree.Keys(c.Config) {
		rest, isReporter := strings.CutPrefix(key, reporter)
		n, kind, _ := strings.Cut(rest, ".")
		switch {
		case !isReporter || kind != "class" && kind != "factory.class":
		case strings.TrimSuffix(c.Config[key], "Factory") == strings.TrimSuffix(class, "Factory"):
			name = n
		case n == ownReporter:
			taken = key
		}
	}
	if name == "" {
		name = ownReporter
		if taken != "" {
			d.fail(field.Forbidden(at.Key(taken), "the reporter for Prometheus has this name: give yours another"),
				"flink-configuration WithMetrics")
		}
	}
	c.Config[reporter+name+"."+option] = class
	d.take(c, at, reporter+name+".port", strconv.Itoa(int(c.Metrics.Port)), "WithMetrics")
	// Without a list, Flink has all reporters.
	if list := c.Config[reporters]; strings.TrimSpace(list) != "" {
		names := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
		if !slices.Contains(names, name) {
			c.Config[reporters] = list + "," + name
		}
	}
}

// take sets an option of Flink that the resource may have set to something else.
func (d *decider) take(c *Plan, at *field.Path, key, value, option string) {
	if own, ok := c.Config[key]; ok && strings.TrimSpace(own) != value {
		d.warn("no-effect "+option, at.Key(key), "not used: it is %s", value)
	}
	c.Config[key] = value
}

// scrapeAnnotations are what Prometheus' example of a configuration for Kubernetes goes by.
func (c *Plan) scrapeAnnotations() map[string]string {
	m := c.Metrics
	if m == nil || m.PodMonitor {
		return map[string]string{}
	}
	return map[string]string{"prometheus.io/scrape": "true", "prometheus.io/port": strconv.Itoa(int(m.Port))}
}

func (c *Plan) podMonitor() tree.Map {
	return c.object("monitoring.coreos.com/v1", "PodMonitor", c.Name, 0, c.Metrics.Labels,
		tree.Map{"spec": tree.Map{
			"selector":            tree.Map{"matchLabels": c.selector(0)},
			"podMetricsEndpoints": []any{tree.Map{"port": metricsPort}},
		}})
}

// Autoscaling says how the number of TaskManagers follows their load.
type Autoscaling struct {
	Reactive                 bool // in application mode
	MinReplicas, MaxReplicas int32
	CPUUtilization           int32 // percent
}

// autoscaling makes Flink run jobs with the TaskManagers that there are.
func (d *decider) autoscaling(c *Plan, at *field.Path) {
	if c.Job == nil && strings.EqualFold(strings.TrimSpace(c.Config[flink.SchedulerModeKey]), "reactive") {
		d.fail(field.Forbidden(at.Key(flink.SchedulerModeKey), "Flink has it in application mode only: write "+
			flink.SchedulerKey+": adaptive"), "flink-configuration")
	}
	a := d.opts.Autoscaling
	if a == nil {
		return
	}
	key, value := flink.SchedulerKey, "adaptive"
	if a.Reactive && c.Job != nil {
		key, value = flink.SchedulerModeKey, "reactive"
	}
	if own, ok := c.Config[flink.SchedulerKey]; ok && !strings.EqualFold(strings.TrimSpace(own), "adaptive") {
		d.fail(field.Forbidden(at.Key(flink.SchedulerKey), "the adaptive scheduler alone follows the number of "+
			"TaskManagers: remove the option"), "flink-configuration WithAutoscaling")
	}
	c.Config[key] = value
	if n := c.TaskManagers; n != nil && (*n > a.MaxReplicas || c.Job != nil && *n < a.MinReplicas) {
		d.warn("no-effect WithAutoscaling", c.Settings.Child("numberOfTaskManagers"), "not used: there are %d to %d",
			a.MinReplicas, a.MaxReplicas)
	}
}

// autoscaler goes by the load of Flink's container alone, whatever else is in the pods.
func (c *Plan) autoscaler() tree.Map {
	a, name := c.opts.Autoscaling, c.workloadName(labels.TaskManager)
	return c.object("autoscaling/v2", "HorizontalPodAutoscaler", name, labels.TaskManager, c.Kubernetes.Labels,
		tree.Map{"spec": tree.Map{
			"scaleTargetRef": tree.Map{"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
			"minReplicas":    int64(a.MinReplicas),
			"maxReplicas":    int64(a.MaxReplicas),
			"metrics": []any{tree.Map{"type": "ContainerResource", "containerResource": tree.Map{
				"name": "cpu", "container": flink.ContainerPrefix + labels.TaskManager.String(),
				"target": tree.Map{"type": "Utilization", "averageUtilization": int64(a.CPUUtilization)},
			}}},
		}})
}

// Ingress says where people reach REST.
type Ingress struct {
	Host        string // a template
	ClassName   string
	Annotations map[string]string
	TLSSecret   string
}

const mutualTLS = "security.ssl.rest.authentication-enabled"

// ingress refuses what an Ingress cannot present. at is the path of the options of Flink.
func (d *decider) ingress(c *Plan, at *field.Path) {
	i := d.opts.Ingress
	switch {
	case i == nil || !c.tls:
	case c.certificates:
		at = field.NewPath("spec", "template", "metadata", "annotations").Key(deployment.AnnotationTLS)
		d.fail(field.Forbidden(at, "REST asks for a certificate then, which an Ingress does not present: configure "+
			"TLS with security.ssl.* in flinkConfiguration, without "+mutualTLS+", or render this Deployment without "+
			"an Ingress"), "tls WithIngress")
	case strings.EqualFold(c.Config[mutualTLS], "true"):
		d.fail(field.Forbidden(at.Key(mutualTLS), "an Ingress presents no certificate: set it to false, or render "+
			"this without an Ingress"), "tls WithIngress")
	default:
		for _, value := range i.Annotations {
			if strings.EqualFold(value, "https") {
				return
			}
		}
		d.warn("tls WithIngress", at, "REST answers https only: tell the controller with an annotation, such as "+
			"nginx.ingress.kubernetes.io/backend-protocol: HTTPS")
	}
}

func (c *Plan) ingress() tree.Map {
	i, host := c.opts.Ingress, c.host()
	backend := tree.Map{"service": tree.Map{"name": c.workloadName(labels.JobManager),
		"port": tree.Map{"name": "rest"}}}
	spec := tree.Map{"rules": []any{tree.Map{"host": host, "http": tree.Map{"paths": []any{
		tree.Map{"path": "/", "pathType": "Prefix", "backend": backend}}}}}}
	if i.ClassName != "" {
		spec["ingressClassName"] = i.ClassName
	}
	if i.TLSSecret != "" {
		spec["tls"] = []any{tree.Map{"hosts": []any{host}, "secretName": i.TLSSecret}}
	}
	out := c.object("networking.k8s.io/v1", "Ingress", c.workloadName(labels.JobManager), labels.JobManager,
		c.Kubernetes.Labels, tree.Map{"spec": spec})
	all := map[string]string{}
	maps.Copy(all, i.Annotations)
	maps.Copy(all, c.Kubernetes.Annotations) // the resource's win
	put(out["metadata"].(tree.Map), "annotations", tree.FromStrings(all))
	return out
}

func (c *Plan) host() string {
	of := c.Labels.Map()
	name := cmp.Or(of[labels.KeyDeploymentName], of[labels.KeySessionClusterName])
	id := cmp.Or(of[labels.KeyDeploymentID], of[labels.KeySessionClusterID])
	return Host(c.opts.Ingress.Host, dnsLabel(name), c.Namespace, id)
}

// Host fills in a template, and shortens what is too long for DNS.
func Host(template, name, namespace, id string) string {
	filled := strings.NewReplacer("{name}", name, "{namespace}", namespace, "{id}", id).Replace(template)
	parts := strings.Split(filled, ".")
	for i, part := range parts {
		parts[i] = dnsLabel(part)
	}
	return strings.Join(parts, ".")
}

// maxDNSLabel is the limit of RFC 1123.
const maxDNSLabel = 63

// dnsLabel makes a label of DNS of one of Kubernetes, which may be in capitals, have dots and
// underscores. Others than itself have a digest, so that no two become the same.
func dnsLabel(text string) string {
	legal := strings.NewReplacer(".", "-", "_", "-").Replace(strings.ToLower(text))
	if legal == text && len(text) <= maxDNSLabel {
		return text
	}
	digest := "-" + kinds.DeriveID("host", text)[:8]
	return strings.TrimRight(legal[:min(len(legal), maxDNSLabel-len(digest))], "-") + digest
}

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
