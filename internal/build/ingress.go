package build

import (
	"maps"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

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
	name, id := of[labels.KeyDeploymentName], of[labels.KeyDeploymentID]
	if c.Job == nil {
		name, id = of[labels.KeySessionClusterName], of[labels.KeySessionClusterID]
	}
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
