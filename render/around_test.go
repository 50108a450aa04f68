package render_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/render"
)

// What is rendered around a cluster is asked for with fields that make sense; each that does not
// stands beside one that does.
func TestOptionsAroundClusters(t *testing.T) {
	label := map[string]string{"release": "prometheus"}
	for _, c := range []struct {
		reason string
		option render.Option
		fields string // of the problems
	}{
		{"Flink's default", render.WithMetrics(render.Metrics{}), ""},
		{"another port", render.WithMetrics(render.Metrics{Port: 9250}), ""},
		{"a port of Flink's", render.WithMetrics(render.Metrics{Port: 8081}), "port"},
		{"no port", render.WithMetrics(render.Metrics{Port: -1}), "port"},
		{"a port that is too large", render.WithMetrics(render.Metrics{Port: 65536}), "port"},
		{"the last port", render.WithMetrics(render.Metrics{Port: 65535}), ""},
		{"labels of a PodMonitor", render.WithMetrics(render.Metrics{PodMonitor: true, Labels: label}), ""},
		{"labels of nothing", render.WithMetrics(render.Metrics{Labels: label}), "labels"},
		{"a label with a blank", render.WithMetrics(render.Metrics{PodMonitor: true,
			Labels: map[string]string{"a": "b c"}}), "labels"},
		{"labels that the platform has", render.WithMetrics(render.Metrics{PodMonitor: true,
			Labels: map[string]string{"app": "prometheus", "jobId": "a"}}), "labels labels"},
		{"a label of Prometheus' own", render.WithMetrics(render.Metrics{PodMonitor: true,
			Labels: map[string]string{"app.kubernetes.io/name": "prometheus", "component": "a"}}), ""},
		{"a host", render.WithIngress(render.Ingress{Host: "{name}.{namespace}-{id}.example.com"}), ""},
		{"one host", render.WithIngress(render.Ingress{Host: "flink"}), ""},
		{"no host", render.WithIngress(render.Ingress{}), "host"},
		{"a placeholder that is not known", render.WithIngress(render.Ingress{Host: "{Name}.example.com"}), "host"},
		{"an open one", render.WithIngress(render.Ingress{Host: "{name.example.com"}), "host"},
		{"capitals", render.WithIngress(render.Ingress{Host: "{name}.Example.com"}), "host"},
		{"an underscore", render.WithIngress(render.Ingress{Host: "{name}_a.example.com"}), "host"},
		{"an address", render.WithIngress(render.Ingress{Host: "10.0.0.1"}), "host"},
		{"a wildcard", render.WithIngress(render.Ingress{Host: "*.example.com"}), "host"},
		{"more than DNS has", render.WithIngress(render.Ingress{Host: "{name}.{name}.{name}.{name}.com"}), "host"},
		{"as much as DNS has", render.WithIngress(render.Ingress{Host: "{name}.{name}.{name}.com"}), ""},
		{"a class", render.WithIngress(render.Ingress{Host: "a", ClassName: "N O"}), "className"},
		{"a Secret", render.WithIngress(render.Ingress{Host: "a", TLSSecret: "N O"}), "tlsSecret"},
		{"an annotation", render.WithIngress(render.Ingress{Host: "a", Annotations: label}), ""},
		{"an annotation with a blank", render.WithIngress(render.Ingress{Host: "a",
			Annotations: map[string]string{"a b": ""}}), "annotations"},
		{"TaskManagers", render.WithAutoscaling(render.Autoscaling{MaxReplicas: 1}), ""},
		{"no end", render.WithAutoscaling(render.Autoscaling{}), "maxReplicas"},
		{"more at least than at most", render.WithAutoscaling(render.Autoscaling{MinReplicas: 3, MaxReplicas: 2}),
			"maxReplicas"},
		{"as many", render.WithAutoscaling(render.Autoscaling{MinReplicas: 2, MaxReplicas: 2, CPUUtilization: 1}), ""},
		{"fewer than none", render.WithAutoscaling(render.Autoscaling{MinReplicas: -1, MaxReplicas: 2,
			CPUUtilization: -1}), "minReplicas cpuUtilization"},
		{"nobody else", render.WithNetworkPolicies(render.NetworkPolicies{}), ""},
		{"anybody", render.WithNetworkPolicies(render.NetworkPolicies{RESTFrom: everywhere}), ""},
		{"a peer that is nobody", render.WithNetworkPolicies(render.NetworkPolicies{RESTFrom: []render.Peer{{}},
			MetricsFrom: []render.Peer{{PodSelector: map[string]string{"a": "b c"}}}}),
			"restFrom[0] metricsFrom[0].podSelector metricsFrom"},
		{"networks", render.WithNetworkPolicies(render.NetworkPolicies{CloseEgress: true,
			APIServer: []string{"10.0.0.1/32"}, EgressCIDRs: []string{"fd00::/8"}}), ""},
		{"networks that are open anyway", render.WithNetworkPolicies(render.NetworkPolicies{
			APIServer: []string{"10.0.0.1/32"}, EgressCIDRs: []string{"0.0.0.0/0"}}), "apiServer egressCIDRs"},
		{"an address, and a network that is none", render.WithNetworkPolicies(render.NetworkPolicies{CloseEgress: true,
			APIServer: []string{"10.0.0.1"}, EgressCIDRs: []string{"10.0.0.1/8", "10.0.0.0/8"}}),
			"apiServer[0] egressCIDRs[0]"},
	} {
		_, err := render.New(c.option)
		var fields []string
		for p := range flinktarget.Problems(err) {
			_, field, _ := strings.Cut(p.Field, ".")
			fields = append(fields, field)
		}
		assert.Equal(t, strings.Join(fields, " "), c.fields, "%s: %v", c.reason, err)
		_, err = render.New(c.option, c.option)
		assert.ErrorContains(t, err, c.option.String()+": given twice")
	}
}

// Reporters of a resource that has one of the renderer's name.
func TestReportersOfMetrics(t *testing.T) {
	const prometheus, slf4j = "org.apache.flink.metrics.prometheus.PrometheusReporterFactory",
		"org.apache.flink.metrics.slf4j.Slf4jReporterFactory"
	for _, c := range []struct{ reason, conf, want string }{
		{"another of this name", "metrics.reporter.prom.factory.class: " + slf4j, ""},
		{"another of this name beside one for Prometheus", "metrics.reporter.prom.factory.class: " + slf4j +
			", metrics.reporter.zeta.factory.class: " + prometheus, "metrics.reporter.zeta.port: 9249\n"},
		{"one for Prometheus of this name", "metrics.reporter.prom.factory.class: " + prometheus,
			"metrics.reporter.prom.port: 9249\n"},
		{"one with fields of this name", "metrics.reporter.prom.filterLabelValueCharacters: 'false'",
			"metrics.reporter.prom.factory.class: " + prometheus + "\n"},
	} {
		m, err := renderJob(t, app+"      flinkConfiguration: {"+c.conf+"}\n", render.Job{ID: jobID},
			render.WithMetrics(render.Metrics{}))
		if c.want == "" {
			assert.ErrorContains(t, err, "spec.template.spec.flinkConfiguration[metrics.reporter.prom.factory.class]: ")
			continue
		}
		assert.NilError(t, err, c.reason)
		assert.Assert(t, strings.Contains(yamlOf(t, m), c.want), c.reason)
		assert.Equal(t, len(m.Warnings()), 0, "%v", m.Warnings())
	}
}

var everywhere = []render.Peer{{NamespaceSelector: map[string]string{}}}

// Options that need each other say so, whatever their order.
func TestOptionsTogether(t *testing.T) {
	ingress, metrics := render.WithIngress(render.Ingress{Host: "{name}.example.com"}), render.WithMetrics(render.Metrics{})
	_, err := render.New(render.WithNetworkPolicies(render.NetworkPolicies{}), ingress, metrics)
	assert.ErrorContains(t, err, "WithNetworkPolicies.restFrom: required with an Ingress")
	assert.ErrorContains(t, err, "WithNetworkPolicies.metricsFrom: required with metrics")
	_, err = render.New(render.WithNetworkPolicies(render.NetworkPolicies{MetricsFrom: everywhere}))
	assert.ErrorContains(t, err, "WithNetworkPolicies.metricsFrom: must not be set without metrics")
	_, err = render.New(ingress, metrics, render.WithNetworkPolicies(render.NetworkPolicies{RESTFrom: everywhere,
		MetricsFrom: everywhere}))
	assert.NilError(t, err)
}

// What options and resources ask for together, and what is legal beside it.
func TestAroundResources(t *testing.T) {
	const conf = "      flinkConfiguration: {"
	ingress := render.WithIngress(render.Ingress{Host: "{name}.example.com"})
	https := render.WithIngress(render.Ingress{Host: "{name}.example.com",
		Annotations: map[string]string{"nginx.ingress.kubernetes.io/backend-protocol": "HTTPS"}})
	reactive := render.WithAutoscaling(render.Autoscaling{MaxReplicas: 4, Reactive: true})
	closed := render.WithNetworkPolicies(render.NetworkPolicies{CloseEgress: true})
	const annotation = "spec.template.metadata.annotations[flink.security.ssl.enabled]"
	const options = "spec.template.spec.flinkConfiguration"
	for _, c := range []struct {
		reason, text string
		option       render.Option
		refused      string // the field
		warned       string
	}{
		{"mutual TLS of the annotation", withTLS(app), ingress, annotation, ""},
		{"mutual TLS", app + conf + "security.ssl.rest.enabled: true, security.ssl.rest.authentication-enabled: true}\n",
			ingress, options + "[security.ssl.rest.authentication-enabled]", ""},
		{"mutual TLS that is off", app + conf + "security.ssl.rest.authentication-enabled: true}\n", ingress, "", ""},
		{"mutual TLS inside", app + conf + "security.ssl.internal.enabled: true}\n", ingress, "", ""},
		{"TLS", app + conf + "security.ssl.rest.enabled: true}\n", ingress, "", options},
		{"TLS by a variable", app + conf + "security.ssl.rest.enabled: '${TLS}'}\n" +
			"      kubernetes: {pods: {envVars: [{name: TLS, value: 'true'}]}}\n", ingress, "", options},
		{"TLS that the controller knows of", app + conf + "security.ssl.rest.enabled: true}\n", https, "", ""},
		{"another scheduler", app + conf + "jobmanager.scheduler: default}\n", reactive,
			options + "[jobmanager.scheduler]", ""},
		{"the scheduler", app + conf + "jobmanager.scheduler: Adaptive}\n", reactive, "", ""},
		{"as many as there may be", app + "      numberOfTaskManagers: 4\n", reactive, "", ""},
		{"as few as there may be", app + "      numberOfTaskManagers: 1\n", reactive, "", ""},
		{"more than there may be", app + "      numberOfTaskManagers: 5\n", reactive, "",
			"spec.template.spec.numberOfTaskManagers"},
		{"more than there may be in a session cluster", session + "  numberOfTaskManagers: 5\n", reactive, "",
			"spec.numberOfTaskManagers"},
		{"a session cluster is not reactive", session, reactive, "", ""},
		{"nor does its own configuration make it so", session + "  flinkConfiguration: {scheduler-mode: reactive}\n",
			render.Option{}, "spec.flinkConfiguration[scheduler-mode]", ""},
		{"a reactive Deployment", app + conf + "scheduler-mode: reactive}\n", render.Option{}, "", ""},
		{"no way to the API server", app + "      " + onVolume(haConf), closed, options + "[high-availability.type]", ""},
		{"no need of it", app, closed, "", ""},
		{"a way to it", app + "      " + onVolume(haConf), render.WithNetworkPolicies(render.NetworkPolicies{
			CloseEgress: true, APIServer: []string{"10.0.0.1/32"}}), "", ""},
		{"one's own port", app + conf + "metrics.internal.query-service.port: 7000-7010}\n", closed, "",
			options + "[metrics.internal.query-service.port]"},
		{"a port of Flink's choice for results", app + conf + "taskmanager.collect-sink.port: 0}\n", closed, "", ""},
		{"the same port", app + conf + "metrics.internal.query-service.port: 6126}\n", closed, "", ""},
	} {
		m, err := renderJob(t, c.text, render.Job{ID: jobID}, render.TLSSecret("tls"), c.option)
		var refused, warned []string
		for p := range flinktarget.Problems(err) {
			refused = append(refused, p.Field)
		}
		for _, w := range m.Warnings() {
			warned = append(warned, w.Field)
		}
		assert.Equal(t, strings.Join(refused, " "), c.refused, "%s: %v", c.reason, err)
		assert.Equal(t, strings.Join(warned, " "), c.warned, "%s: %v", c.reason, m.Warnings())
	}
}

// Hosts are labels of DNS, whatever the names are.
func TestHosts(t *testing.T) {
	long := strings.Repeat("a", 63)
	hosts := map[string]string{}
	for _, name := range []string{"a", "A", "a.b", "a-b", "a_b", long, long + "b", "ü", "日本語"} {
		m, err := renderJob(t, strings.ReplaceAll(app, "{name: app}", "{name: '"+name+"'}"), render.Job{ID: jobID},
			render.WithIngress(render.Ingress{Host: "x-{name}.{namespace}.example.com"}))
		assert.NilError(t, err)
		var ingress networkingv1.Ingress
		assert.NilError(t, find(t, m, "Ingress", "").Into(&ingress))
		host := ingress.Spec.Rules[0].Host
		first, rest, _ := strings.Cut(host, ".")
		assert.Equal(t, len(validation.IsDNS1123Label(first)), 0, host)
		assert.Equal(t, rest, "staging.example.com")
		if name != "A" { // which the label deploymentName does not tell from a
			assert.Equal(t, hosts[host], "", "%s is that of %s, too", host, name)
		}
		hosts[host] = name
	}
	assert.Equal(t, hosts["x-a-b.staging.example.com"], "a-b")
	m, err := renderJob(t, in(app, "{name: app}", "{name: "+long+"}"), render.Job{ID: jobID},
		render.WithIngress(render.Ingress{Host: "{name}.example.com"}))
	assert.NilError(t, err)
	assert.Assert(t, strings.Contains(yamlOf(t, m), "host: "+long+".example.com\n"), "what fits stays")
}

// Whoever goes over to an autoscaler is told that the replicas go, and how to keep the pods.
func TestCompareWithAutoscaling(t *testing.T) {
	text := app + "      numberOfTaskManagers: 3\n"
	before, err := renderJob(t, text, render.Job{ID: jobID})
	assert.NilError(t, err)
	after, err := renderJob(t, text, render.Job{ID: jobID}, render.WithAutoscaling(render.Autoscaling{MaxReplicas: 4}))
	assert.NilError(t, err)
	for _, c := range render.Compare(before, after) {
		for _, f := range c.Fields {
			if f.Path == "spec.replicas" {
				assert.Equal(t, f.Op, render.OpRemoved)
				assert.Equal(t, f.Effect, render.EffectInPlace)
				assert.Assert(t, strings.Contains(f.Cure, "kubectl apply --server-side"), f.Cure)
				return
			}
		}
	}
	t.Error("nothing is said of the replicas")
}
