package render

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// TLSSecret names the Kubernetes Secret with the certificates of Deployments whose
// template has the annotation flink.security.ssl.enabled: "true". VVP makes such a
// Secret for each job; here it has to be in the target's namespace, with the keys
//
//	keystore.jks    the certificate and its private key
//	truststore.jks  the certificates that are trusted
//	password        of both stores and of the private key, without a line break
//
// The stores are JKS or PKCS#12, whatever the names say. Flink's internal traffic
// and its REST API then use TLS, and each side has to prove who it is, as with VVP:
// a client of the REST API needs a certificate, too. Queryable state has no TLS in
// Flink. Options of the resource that this sets are replaced, with a warning.
//
// The password stands in no manifest. It is a variable of both Flink containers,
// and from there an argument of their processes, because Flink's images cannot
// write it into a mounted configuration: who may see the processes of the pod or of
// its node sees it. Flink hides it in its logs. To take it from another Secret,
// patch the variable FLINK_TLS_PASSWORD. Probes open connections only, because the
// kubelet has no certificate. Changed certificates do not restart pods.
func TLSSecret(name string) Option {
	return option(func(r *Renderer) error {
		if problems := validation.IsDNS1123Subdomain(name); len(problems) > 0 {
			return fmt.Errorf("render.TLSSecret: %q: %s", name, strings.Join(problems, "; "))
		}
		r.tlsSecret = name
		return nil
	})
}

const (
	tlsVolume   = "flink-tls"
	tlsDir      = flink.Home + "/tls"
	tlsPassword = "FLINK_TLS_PASSWORD"
)

// certificates makes a cluster use TLS with the Secret of the option. conf is the
// path of the options of Flink.
func (g *rendering) certificates(c *cluster, at, conf *field.Path) {
	if g.tlsSecret == "" {
		g.fail(field.Forbidden(at.Key(deployment.AnnotationTLS),
			"VVP makes the certificates, which cannot be done here: name a Secret that has them with render.TLSSecret, or remove the annotation and configure security.ssl.* in flinkConfiguration"), "tls")
		return
	}
	c.tls, c.tlsSecret = true, g.tlsSecret
	for _, key := range c.useCertificates() {
		g.warn(conf.Key(key), "not used: the annotation %s configures TLS", deployment.AnnotationTLS)
	}
}

// useCertificates sets Flink's options, and returns those that were set before.
func (c *cluster) useCertificates() []string {
	options := map[string]string{"security.ssl.rest.authentication-enabled": "true"}
	var passwords []flink.Property
	for _, side := range [...]string{"internal", "rest"} {
		prefix := "security.ssl." + side + "."
		options[prefix+"enabled"] = "true"
		options[prefix+"keystore"] = tlsDir + "/keystore.jks"
		options[prefix+"truststore"] = tlsDir + "/truststore.jks"
		for _, of := range [...]string{"key", "keystore", "truststore"} {
			passwords = append(passwords, flink.Property{Key: prefix + of + "-password", Value: "$(" + tlsPassword + ")"})
		}
	}
	var replaced []string
	take := func(key string) {
		i := slices.IndexFunc(c.properties, func(p flink.Property) bool { return p.Key == key })
		if _, ok := c.config[key]; ok || i >= 0 {
			replaced = append(replaced, key)
		}
		if i >= 0 {
			c.properties = slices.Delete(c.properties, i, i+1)
		}
		delete(c.config, key)
	}
	for _, key := range tree.Keys(options) {
		take(key)
		c.config[key] = options[key]
	}
	for _, p := range passwords {
		take(p.Key)
	}
	c.properties = append(c.properties, passwords...)
	return replaced
}

// mountCertificates puts the files and the password where Flink is told to look.
// Files of a Secret can be read by everybody in the pod unless told otherwise, so
// that this depends on no fsGroup.
func (c *cluster) mountCertificates(container tree.Map, mounts *volumes) {
	if c.tlsSecret == "" {
		return
	}
	mounts.secret(tlsVolume, c.tlsSecret, tlsDir, "keystore.jks", "truststore.jks")
	container["env"] = append(tree.Items(container, "env"), tree.Map{"name": tlsPassword,
		"valueFrom": tree.Map{"secretKeyRef": tree.Map{"name": c.tlsSecret, "key": "password"}}})
}
