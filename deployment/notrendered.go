package deployment

import "k8s.io/apimachinery/pkg/util/validation/field"

// notRendered refuses what is legal in VVP and would be lost, because nothing
// renders it.
func (c *checks) notRendered(l Logging, path *field.Path) {
	if l.Log4j2ConfigurationTemplate != "" {
		c.add(field.Forbidden(path.Child("logging", "log4j2ConfigurationTemplate"),
			"VVP's templates (Twig) are not evaluated here: set levels in log4jLoggers, or name a loggingProfile whose text is given to the renderer"), originNotRendered)
	}
}
