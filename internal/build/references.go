package build

import (
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// references takes the values that refer to environment variables out of conf and
// returns them as arguments, where Kubernetes puts the variable in. Flink's images
// do not expand variables in a mounted configuration file.
func (d *decider) references(conf map[string]string, env map[string]bool, at *field.Path) []flink.Property {
	var out []flink.Property
	for _, key := range tree.Keys(conf) {
		if !strings.Contains(conf[key], "${") {
			continue
		}
		found := flink.Reference().FindAllStringSubmatch(conf[key], -1)
		if len(found) == 0 || flink.ReadByStartScript(key) {
			continue // the scripts expand variables themselves, and read the file only
		}
		missing := false
		for _, m := range found {
			if !env[m[1]] {
				missing = true
				d.unresolved(m[1], at.Key(key))
			}
		}
		if !missing {
			out = append(out, flink.Property{Key: key, Value: expandable(conf[key])})
			delete(conf, key)
		}
	}
	return out
}

func (d *decider) unresolved(name string, at *field.Path) {
	text := "${" + name +
		"} is no variable of both pods: set it in kubernetes.pods.envVars, or in the Flink containers of both pod " +
		"templates; for a secret with valueFrom.secretKeyRef"
	if d.opts.AllowUnresolved {
		d.warn("reference", at, "%s", text)
		return
	}
	d.fail(field.Invalid(at, field.OmitValueType{}, text), "reference")
}

// expandable turns ${NAME} into Kubernetes' $(NAME), and protects all else.
func expandable(value string) string {
	var b strings.Builder
	end := 0
	for _, m := range flink.Reference().FindAllStringSubmatchIndex(value, -1) {
		b.WriteString(escape(value[end:m[0]]))
		b.WriteString("$(" + value[m[2]:m[3]] + ")")
		end = m[1]
	}
	b.WriteString(escape(value[end:]))
	return b.String()
}

// escape keeps Kubernetes from expanding anything in an argument: $$ is how it
// writes $ (Container.args).
func escape(s string) string { return strings.ReplaceAll(s, "$", "$$") }

func escapeAll(args []string) []string {
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = escape(a)
	}
	return out
}
