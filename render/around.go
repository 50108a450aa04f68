package render

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1validation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/build"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// Metrics says how Prometheus gets Flink's metrics. The zero value is port 9249, and
// annotations on the pods.
type Metrics struct {
	// Port serves metrics in the pods of both components; 0 means 9249, Flink's default.
	Port int32 `json:"port,omitempty"`
	// PodMonitor renders a PodMonitor for the Prometheus operator (monitoring.coreos.com/v1),
	// which has to be in the cluster. Without, pods have the annotations
	// prometheus.io/scrape and prometheus.io/port.
	PodMonitor bool `json:"podMonitor,omitempty"`
	// Labels are those of the PodMonitor, by which a Prometheus selects it.
	Labels map[string]string `json:"labels,omitempty"`
}

const defaultMetricsPort = 9249

// WithMetrics makes Flink serve metrics for Prometheus, with the plugin that Flink's images
// have. Reporters of the resource stay; its own for Prometheus is used, on the port of the
// option. The port is called metrics.
func WithMetrics(m Metrics) Option {
	m.Labels = maps.Clone(m.Labels)
	if m.Port == 0 {
		m.Port = defaultMetricsPort
	}
	return Option{"WithMetrics", func(r *Renderer) error {
		made := build.Metrics(m)
		r.options.Metrics = &made
		var errs problems
		if m.Port < 1 || m.Port > 65535 || slices.Contains(flink.Ports(), int(m.Port)) {
			errs.add("port", "%d: must be between 1 and 65535, and none of Flink's own", m.Port)
		}
		if len(m.Labels) > 0 && !m.PodMonitor {
			errs.add("labels", "must not be set without podMonitor")
		}
		for _, key := range [...]string{labels.KeyApp, labels.KeySystem, labels.KeyVVPNamespace, labels.KeyDeploymentID,
			labels.KeyDeploymentName, labels.KeyJobID, labels.KeySessionClusterID, labels.KeySessionClusterName} {
			if _, ok := m.Labels[key]; ok {
				errs.add("labels", "%s: the label belongs to the platform", key)
			}
		}
		errs.labels("labels", m.Labels)
		return errors.Join(errs...)
	}}
}

// Ingress says where people reach Flink's UI and REST API, which asks nobody who they are: the
// controller has to, or the network.
type Ingress struct {
	// Host is the host of each Deployment and SessionCluster, such as {name}.flink.example.com:
	// {name} is its name, {id} its id, and {namespace} the namespace of its objects in
	// Kubernetes. Names are made labels of DNS (RFC 1123); one that is not a label itself, or
	// too long, ends with a digest. Without {name} or {id}, there should be one resource.
	Host string `json:"host"`
	// ClassName is the class of the controller, empty for the cluster's default.
	ClassName string `json:"className,omitempty"`
	// Annotations are the controller's. Those of the resource win.
	Annotations map[string]string `json:"annotations,omitempty"`
	// TLSSecret has the certificate of the host, empty for http.
	TLSSecret string `json:"tlsSecret,omitempty"`
}

// WithIngress renders an Ingress for the REST API of each Flink cluster. One with mutual TLS at its
// REST API is refused: an Ingress presents no certificate.
func WithIngress(i Ingress) Option {
	i.Annotations = maps.Clone(i.Annotations)
	return Option{"WithIngress", func(r *Renderer) error {
		made := build.Ingress(i)
		r.options.Ingress = &made
		var errs problems
		short := strings.NewReplacer("{name}", "a", "{namespace}", "a", "{id}", "a").Replace(i.Host)
		const long = "a23456789-123456789-123456789-123456789-123456789-123456789-123"
		_, err := netip.ParseAddr(short)
		switch {
		case i.Host == "":
			errs.add("host", "required")
		case strings.ContainsAny(short, "{}"):
			errs.add("host", "%q: has {name}, {namespace} and {id} at most", i.Host)
		case err == nil:
			errs.add("host", "%q: must be a name of DNS, not an address", i.Host)
		case len(build.Host(i.Host, long, long, long)) > validation.DNS1123SubdomainMaxLength:
			errs.add("host", "%q: with long names it would be too long for DNS", i.Host)
		default:
			errs.subdomain("host", short)
		}
		errs.subdomain("className", i.ClassName)
		errs.subdomain("tlsSecret", i.TLSSecret)
		for _, e := range apivalidation.ValidateAnnotations(i.Annotations, field.NewPath("annotations")) {
			errs.add(e.Field, "%s", e.Detail)
		}
		return errors.Join(errs...)
	}}
}

// Autoscaling says how the number of TaskManagers follows their load.
type Autoscaling struct {
	// Reactive makes the jobs of Deployments take all slots that there are
	// (scheduler-mode: reactive). Without, and on session clusters, the adaptive scheduler gives
	// a job slots up to its parallelism. Neither is for batch jobs.
	Reactive bool `json:"reactive,omitempty"`
	// MinReplicas is how many TaskManagers there are at least; 0 means 1.
	MinReplicas int32 `json:"minReplicas,omitempty"`
	// MaxReplicas is how many there are at most.
	MaxReplicas int32 `json:"maxReplicas"`
	// CPUUtilization is how much of the CPU that they ask for TaskManagers should use on
	// average, in percent; 0 means 80, as in Kubernetes.
	CPUUtilization int32 `json:"cpuUtilization,omitempty"`
}

// WithAutoscaling renders a HorizontalPodAutoscaler (autoscaling/v2) for the TaskManagers, makes
// Flink use those that there are, and leaves the replicas of their Deployment out, so that applying
// it again does not undo what the autoscaler did. numberOfTaskManagers is not used. A job goes on
// from its last checkpoint whenever the number changes.
func WithAutoscaling(a Autoscaling) Option {
	a.MinReplicas, a.CPUUtilization = cmp.Or(a.MinReplicas, 1), cmp.Or(a.CPUUtilization, 80)
	return Option{"WithAutoscaling", func(r *Renderer) error {
		made := build.Autoscaling(a)
		r.options.Autoscaling = &made
		var errs problems
		if a.MinReplicas < 1 {
			errs.add("minReplicas", "%d: must be at least 1", a.MinReplicas)
		}
		if a.MaxReplicas < max(1, a.MinReplicas) {
			errs.add("maxReplicas", "%d: must be at least 1, and minReplicas", a.MaxReplicas)
		}
		if a.CPUUtilization < 1 {
			errs.add("cpuUtilization", "%d: must be at least 1", a.CPUUtilization)
		}
		return errors.Join(errs...)
	}}
}

// A Peer is pods that have all of these labels: those of the namespaces that have the labels of
// NamespaceSelector, if it is not nil, otherwise of the namespace of Flink. An empty map selects all.
type Peer struct {
	// NamespaceSelector has labels of namespaces.
	NamespaceSelector map[string]string `json:"namespaceSelector"`
	// PodSelector has labels of pods.
	PodSelector map[string]string `json:"podSelector"`
}

// NetworkPolicies say what traffic there is besides that of JobManager and TaskManagers with each
// other. The zero value lets nothing else in, and everything out.
type NetworkPolicies struct {
	// RESTFrom are who may use REST and, where there is one, the proxy of queryable state: an
	// Ingress' controller, for instance. Jobs in session mode always may.
	RESTFrom []Peer `json:"restFrom,omitempty"`
	// MetricsFrom are who may read metrics: Prometheus. It is about [WithMetrics].
	MetricsFrom []Peer `json:"metricsFrom,omitempty"`
	// CloseEgress lets pods reach nothing but DNS (port 53), each other, with Kubernetes high
	// availability APIServer, and EgressCIDRs. Without, egress is left to the platform.
	CloseEgress bool `json:"closeEgress,omitempty"`
	// APIServer are the CIDRs of the API server: an Endpoint's, as kubectl get endpointslices
	// -n default shows them, because policies are applied behind its Service.
	APIServer []string `json:"apiServer,omitempty"`
	// EgressCIDRs are those of object stores, Kafka and the like.
	EgressCIDRs []string `json:"egressCIDRs,omitempty"`
}

// WithNetworkPolicies renders a NetworkPolicy for each component, and gives Flink's ports that are
// random otherwise numbers. What clients of Flink collect goes through a port of its own:
// resources whose jobs do that name it, taskmanager.collect-sink.port. Jobs in session mode have no
// policy: their pods, in which main methods run, are left to the platform.
func WithNetworkPolicies(p NetworkPolicies) Option {
	made := build.NetworkPolicies{CloseEgress: p.CloseEgress, APIServer: slices.Clone(p.APIServer),
		Egress: slices.Clone(p.EgressCIDRs)}
	var errs problems
	made.REST, made.Metrics = errs.peers("restFrom", p.RESTFrom), errs.peers("metricsFrom", p.MetricsFrom)
	errs.cidrs("apiServer", p.APIServer, p.CloseEgress)
	errs.cidrs("egressCIDRs", p.EgressCIDRs, p.CloseEgress)
	return Option{"WithNetworkPolicies", func(r *Renderer) error {
		r.options.Policies = &made
		return errors.Join(errs...)
	}}
}

func (p *problems) cidrs(field string, list []string, closed bool) {
	if len(list) > 0 && !closed {
		p.add(field, "must not be set without closeEgress")
	}
	for i, cidr := range list {
		if prefix, err := netip.ParsePrefix(cidr); err != nil || prefix != prefix.Masked() {
			p.add(fmt.Sprintf("%s[%d]", field, i), "%q: must be a CIDR such as 10.0.0.0/8", cidr)
		}
	}
}

// peers are those of NetworkPolicies.
func (p *problems) peers(field string, list []Peer) []any {
	var out []any
	for i, peer := range list {
		m, at := tree.Map{}, fmt.Sprintf("%s[%d]", field, i)
		selector := func(name string, labels map[string]string) {
			if len(labels) > 0 {
				m[name] = tree.Map{"matchLabels": tree.FromStrings(labels)}
			} else if labels != nil {
				m[name] = tree.Map{}
			}
			p.labels(at+"."+name, labels)
		}
		selector("namespaceSelector", peer.NamespaceSelector)
		selector("podSelector", peer.PodSelector)
		if len(m) == 0 {
			p.add(at, "must have namespaceSelector or podSelector")
		}
		out = append(out, m)
	}
	return out
}

// problems are those of the fields of an option, by their names in YAML.
type problems []error

func (p *problems) add(field, format string, args ...any) {
	*p = append(*p, flinktarget.Problem{Field: field, Message: fmt.Sprintf(format, args...)})
}

func (p *problems) labels(at string, labels map[string]string) {
	for _, e := range metav1validation.ValidateLabels(labels, field.NewPath(at)) {
		p.add(at, "%s: %s", e.BadValue, e.Detail)
	}
}

func (p *problems) subdomain(field, value string) {
	if value != "" {
		p.legal(field, value, validation.IsDNS1123Subdomain(value))
	}
}

func (p *problems) legal(field, value string, wrong []string) {
	for _, msg := range wrong {
		p.add(field, "%q: %s", value, msg)
	}
}

// together are options that do not work with each other.
func (r *Renderer) together() error {
	var errs problems
	if p := r.options.Policies; p != nil {
		if r.options.Ingress != nil && len(p.REST) == 0 {
			errs.add("restFrom", "required with an Ingress, whose controller has to reach REST")
		}
		switch metrics := r.options.Metrics != nil; {
		case metrics && len(p.Metrics) == 0:
			errs.add("metricsFrom", "required with metrics: nothing could read them")
		case !metrics && len(p.Metrics) > 0:
			errs.add("metricsFrom", "must not be set without metrics")
		}
	}
	return errors.Join(errs...)
}
