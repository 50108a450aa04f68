package build

import (
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
	c.certificates = true
	options := map[string]string{mutualTLS: "true"}
	for _, side := range [...]string{"internal", "rest"} {
		prefix := "security.ssl." + side + "."
		options[prefix+"enabled"] = "true"
		options[prefix+"keystore"] = TLSDir + "/keystore.jks"
		options[prefix+"truststore"] = TLSDir + "/truststore.jks"
		for _, of := range [...]string{"key", "keystore", "truststore"} {
			key := prefix + of + "-password"
			options[key] = ""
			c.passwords = append(c.passwords, flink.Property{Key: key, Value: "$(" + TLSPassword + ")"})
		}
	}
	for _, key := range tree.Keys(options) {
		if _, ok := c.Config[key]; ok {
			d.warn("no-effect", conf.Key(key), "not used: the annotation %s configures TLS", deployment.AnnotationTLS)
		}
		c.Config[key] = options[key]
	}
	for _, p := range c.passwords {
		delete(c.Config, p.Key) // it is an argument
	}
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
