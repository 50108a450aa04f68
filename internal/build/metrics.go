package build

import (
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// Metrics says how Prometheus gets metrics.
type Metrics struct {
	Port       int32
	PodMonitor bool              // in place of annotations
	Labels     map[string]string // of the PodMonitor
}

const (
	metricsPort = "metrics" // the name
	reporter    = "metrics.reporter."
	reporters   = "metrics.reporters"
	ownReporter = "prom"
)

// metrics makes the resource's own reporter for Prometheus listen on the port of the option, or
// adds one. Others stay.
func (d *decider) metrics(c *Plan, at *field.Path) {
	if c.Metrics = d.opts.Metrics; c.Metrics == nil {
		return
	}
	option, class := c.Version.Prometheus()
	name, taken := "", ""
	for _, key := range tree.Keys(c.Config) {
		rest, isReporter := strings.CutPrefix(key, reporter)
		n, kind, _ := strings.Cut(rest, ".")
		switch {
		case !isReporter || kind != "class" && kind != "factory.class":
		case strings.TrimSuffix(c.Config[key], "Factory") == strings.TrimSuffix(class, "Factory"):
			name = n
		case n == ownReporter:
			taken = key
		}
	}
	if name == "" {
		name = ownReporter
		if taken != "" {
			d.fail(field.Forbidden(at.Key(taken), "the reporter for Prometheus has this name: give yours another"),
				"flink-configuration WithMetrics")
		}
	}
	c.Config[reporter+name+"."+option] = class
	d.take(c, at, reporter+name+".port", strconv.Itoa(int(c.Metrics.Port)), "WithMetrics")
	// Without a list, Flink has all reporters.
	if list := c.Config[reporters]; strings.TrimSpace(list) != "" {
		names := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
		if !slices.Contains(names, name) {
			c.Config[reporters] = list + "," + name
		}
	}
}

// take sets an option of Flink that the resource may have set to something else.
func (d *decider) take(c *Plan, at *field.Path, key, value, option string) {
	if own, ok := c.Config[key]; ok && strings.TrimSpace(own) != value {
		d.warn("no-effect "+option, at.Key(key), "not used: it is %s", value)
	}
	c.Config[key] = value
}

// scrapeAnnotations are what Prometheus' example of a configuration for Kubernetes goes by.
func (c *Plan) scrapeAnnotations() map[string]string {
	m := c.Metrics
	if m == nil || m.PodMonitor {
		return map[string]string{}
	}
	return map[string]string{"prometheus.io/scrape": "true", "prometheus.io/port": strconv.Itoa(int(m.Port))}
}

func (c *Plan) podMonitor() tree.Map {
	return c.object("monitoring.coreos.com/v1", "PodMonitor", c.Name, 0, c.Metrics.Labels,
		tree.Map{"spec": tree.Map{
			"selector":            tree.Map{"matchLabels": c.selector(0)},
			"podMetricsEndpoints": []any{tree.Map{"port": metricsPort}},
		}})
}
