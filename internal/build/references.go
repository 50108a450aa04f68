package build

import (
	"maps"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// references takes the values that refer to environment variables out of conf and
// returns them as arguments, where Kubernetes puts the variable in. Flink's images
// do not expand variables in a mounted configuration file.
func (d *decider) references(c *Plan, at *field.Path) []flink.Property {
	var out []flink.Property
	conf, known := c.Config, expanded(c.Config, c.known())
	for _, key := range tree.Keys(conf) {
		if !strings.Contains(conf[key], "${") {
			continue
		}
		found := flink.Reference().FindAllStringSubmatch(conf[key], -1)
		if len(found) == 0 || flink.IsJVMOptions(key) {
			continue // the scripts expand variables themselves, and read the file only
		}
		if flink.ReadByStartScript(key) {
			d.unresolvable(at.Key(key), "variables are not expanded in "+key+", which Flink's start scripts read from "+
				"the file: write the value out")
			continue
		}
		for _, p := range flink.CheckScript(key + "=" + known[key]) {
			d.fail(field.Invalid(at.Key(key), field.OmitValueType{}, "with the values of its variables: "+p.String()),
				"reference")
		}
		missing := false
		for _, m := range found {
			if !c.mayHave(m[1]) {
				missing, c.Unresolved = true, true
				d.unresolved(c, m[1], at.Key(key))
			}
		}
		if !missing {
			out = append(out, flink.Property{Key: key, Value: expandable(conf[key])})
			delete(conf, key)
		}
	}
	return out
}

func (d *decider) unresolved(c *Plan, name string, at *field.Path) {
	of := ""
	if c.Session != nil {
		of = " of the SessionCluster"
	}
	d.unresolvable(at, "${"+name+"} is no variable of both pods: set it in kubernetes.pods.envVars"+of+", or in the "+
		"Flink containers of both, by pod templates or patches; for a secret with valueFrom.secretKeyRef")
}

// unresolvable says that a reference stays as it is, which is an error unless it is allowed.
func (d *decider) unresolvable(at *field.Path, text string) {
	if d.opts.AllowUnresolved {
		d.warn("reference", at, "%s", text)
		return
	}
	d.fail(field.Invalid(at, field.OmitValueType{}, text), "reference")
}

// substituted returns a copy of options with the values in that are known, of what begins with
// a sign and matches an expression: a name in braces.
func substituted(conf, known map[string]string, sign string, names func() *regexp.Regexp) map[string]string {
	out := maps.Clone(conf)
	for key, text := range conf {
		if strings.Contains(text, sign) {
			out[key] = names().ReplaceAllStringFunc(text, func(found string) string {
				if value, ok := known[strings.Trim(found, "${} \t\r\n\f")]; ok {
					return value
				}
				return found
			})
		}
	}
	return out
}

// expanded are the options of a configuration as Flink will see them, as far as the
// variables they refer to are known.
func expanded(conf, known map[string]string) map[string]string {
	if len(known) == 0 {
		return conf
	}
	return substituted(conf, known, "${", flink.Reference)
}

// jvmOptions checks what the shell in Flink's start scripts makes of options of the JVM.
func (d *decider) jvmOptions(c *Plan, at *field.Path) {
	for _, key := range tree.Keys(c.Config) {
		if !flink.IsJVMOptions(key) {
			continue
		}
		for _, component := range [...]labels.Component{labels.JobManager, labels.TaskManager} {
			if strings.HasSuffix(key, "manager") && !strings.HasSuffix(key, component.String()) {
				continue
			}
			problem, changed := flink.JVMOptions(c.Version, key, c.Config[key], variables(c.ownEnv(component)))
			if problem != nil {
				d.fail(field.Invalid(at.Key(key), field.OmitValueType{}, problem.String()), "jvm-options")
			}
			for _, what := range changed {
				d.warn("jvm-options", at.Key(key), "a shell evaluates the options once more: %s", what)
			}
			if problem != nil || len(changed) > 0 {
				break // which is the same for the other, but for values of variables
			}
		}
	}
}

// expandable turns ${NAME} into Kubernetes' $(NAME), and protects all else.
func expandable(value string) string {
	const mark = "\x00" // which no text of a resource has
	return strings.ReplaceAll(escape(flink.Reference().ReplaceAllString(value, mark+"($1)")), mark, "$")
}

// escape keeps Kubernetes from expanding anything in an argument: $$ is how it
// writes $ (Container.args).
func escape(s string) string { return strings.ReplaceAll(s, "$", "$$") }
