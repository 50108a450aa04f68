package build

import (
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
)

const (
	TLSVolume   = "flink-tls"
	TLSDir      = "/opt/flink/tls"
	TLSPassword = "FLINK_TLS_PASSWORD"
)

// certificates makes a cluster use TLS with the Secret of the option. conf is the
// path of the options of Flink.
func (d *decider) certificates(c *Plan, at, conf *field.Path) {
	if d.opts.TLSSecret == "" {
		d.fail(field.Forbidden(at.Key(deployment.AnnotationTLS),
			"VVP makes the certificates, which cannot be done here: name a Secret that has them, "+
				"or remove the annotation and configure security.ssl.* in flinkConfiguration"), "tls TLSSecret")
		return
	}
	c.tls, c.certificates = true, true
	for _, key := range c.useCertificates() {
		d.warn("no-effect", conf.Key(key), "not used: the annotation %s configures TLS", deployment.AnnotationTLS)
	}
}

// useCertificates sets Flink's options, and returns those that were set before.
func (c *Plan) useCertificates() []string {
	options := map[string]string{"security.ssl.rest.authentication-enabled": "true"}
	var passwords []flink.Property
	for _, side := range [...]string{"internal", "rest"} {
		prefix := "security.ssl." + side + "."
		options[prefix+"enabled"] = "true"
		options[prefix+"keystore"] = TLSDir + "/keystore.jks"
		options[prefix+"truststore"] = TLSDir + "/truststore.jks"
		for _, of := range [...]string{"key", "keystore", "truststore"} {
			passwords = append(passwords,
				flink.Property{Key: prefix + of + "-password", Value: "$(" + TLSPassword + ")"})
		}
	}
	var replaced []string
	take := func(key string) {
		i := slices.IndexFunc(c.Properties, func(p flink.Property) bool { return p.Key == key })
		if _, ok := c.Config[key]; ok || i >= 0 {
			replaced = append(replaced, key)
		}
		if i >= 0 {
			c.Properties = slices.Delete(c.Properties, i, i+1)
		}
		delete(c.Config, key)
	}
	for _, key := range tree.Keys(options) {
		take(key)
		c.Config[key] = options[key]
	}
	for _, p := range passwords {
		take(p.Key)
	}
	c.Properties = append(c.Properties, passwords...)
	return replaced
}

// mountCertificates puts the files and the password where Flink is told to look.
// Files of a Secret can be read by everybody in the pod unless told otherwise, so
// that this depends on no fsGroup.
func (c *Plan) mountCertificates(container tree.Map, mounts *volumes) {
	if !c.certificates {
		return
	}
	var items []any
	for _, key := range [...]string{"keystore.jks", "truststore.jks"} {
		items = append(items, tree.Map{"key": key, "path": key})
	}
	mounts.add(TLSVolume, TLSDir, "secret", tree.Map{"secretName": c.opts.TLSSecret, "items": items})
	container["env"] = append(tree.Items(container, "env"), tree.Map{"name": TLSPassword,
		"valueFrom": tree.Map{"secretKeyRef": tree.Map{"name": c.opts.TLSSecret, "key": "password"}}})
}
