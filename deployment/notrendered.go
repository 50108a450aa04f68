package deployment

import "k8s.io/apimachinery/pkg/util/validation/field"

// notRendered refuses what is legal in VVP and would be lost, because nothing
// renders it yet.
func (c *checks) notRendered(l Logging, path *field.Path) {
	refuse := func(set bool, at *field.Path, reason string) {
		if set {
			c.add(field.Forbidden(at, "not rendered yet: "+reason), originNotRendered)
		}
	}
	refuse(l.Log4j2ConfigurationTemplate != "", path.Child("logging", "log4j2ConfigurationTemplate"), "set levels in log4jLoggers")
}
