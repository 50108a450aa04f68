package deployment

import (
	"cmp"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/secrets"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// flinkSettings is what Deployments and SessionClusters tell of Flink.
type flinkSettings struct {
	version   string
	versionAt *field.Path
	resources Resources
	config    map[string]string
	path      *field.Path // of resources and flinkConfiguration
}

func (c *checks) flink(s flinkSettings) {
	at := s.path.Child("resources")
	filled := s.resources.withDefaults()
	jm, jmOK := c.resource(filled.JobManager, at.Child("jobmanager"))
	tm, tmOK := c.resource(filled.TaskManager, at.Child("taskmanager"))
	// Without a version, what the oldest one refuses is reported: all do.
	version, err := flink.Lookup(cmp.Or(s.version, flink.Supported()[0]))
	if err != nil {
		c.add(field.NotSupported(s.versionAt, clip(s.version), flink.Supported()), originVersion)
		version, _ = flink.Lookup(flink.Supported()[0])
	}
	var file map[string]string // what the file must hold; without a version it is not known which file
	if err == nil && s.version != "" {
		file = inFile(version, s.config)
	}
	c.configuration(version, s.config, file, s.path.Child("flinkConfiguration"))
	if c.partial {
		return // what does not fit may be made to fit by what is filled in
	}
	if jmOK {
		_, problems := version.JobManagerMemory(wholeMiB(jm), s.config)
		c.memory(problems, s, component{"jobmanager", "a JobManager", s.resources.JobManager.Memory, filled.JobManager.Memory, jm, version.MinJobManagerProcess})
	}
	if tmOK {
		_, problems := version.TaskManagerMemory(wholeMiB(tm), s.config)
		c.memory(problems, s, component{"taskmanager", "a TaskManager", s.resources.TaskManager.Memory, filled.TaskManager.Memory, tm, version.MinTaskManagerProcess})
	}
}

// wholeMiB is what Flink is told of a size: rounded down, so that it never
// exceeds the container's limit.
func wholeMiB(bytes int64) int64 { return bytes &^ (1<<20 - 1) }

// resource checks one component's size and returns its memory in bytes.
func (c *checks) resource(r Resource, path *field.Path) (int64, bool) {
	if milli, err := Millicores(r.CPU.String()); err != nil {
		c.invalid(path.Child("cpu"), clip(r.CPU.String()), originQuantity, "%v", err)
	} else if milli < 100 {
		c.invalid(path.Child("cpu"), r.CPU.String(), originMinimum, "at least 0.1 is needed") // VVP 2.3.1
	}
	bytes, err := Bytes(r.Memory)
	if err != nil {
		c.invalid(path.Child("memory"), clip(r.Memory), originQuantity, "%v", err)
		return 0, false
	}
	return bytes, true
}

// component is the memory of one component, and the least that it starts with.
type component struct {
	name, what    string
	given, memory string // as the user wrote it, if he did; and with the default
	bytes         int64
	least         func(config map[string]string) (bytes int64, ok bool)
}

// memory reports what Flink's own arithmetic says of a size. Problems of the
// process size belong to resources, others to the key they name.
func (c *checks) memory(problems []flink.Problem, s flinkSettings, of component) {
	for _, p := range problems {
		key := p.Key
		p.Key = ""
		if key != of.name+".memory.process.size" {
			c.invalid(s.path.Child("flinkConfiguration").Key(key), field.OmitValueType{}, originMemory, "%s", p)
			continue
		}
		if least, ok := of.least(s.config); ok && least > of.bytes {
			p.Cure = fmt.Sprintf("with these options %s needs at least %s: write %s or more", of.what, flink.FormatMiB(least), vvpMemory(least))
		}
		size := of.memory
		if of.given == "" {
			size = "the default of " + size
		}
		at := s.path.Child("resources", of.name, "memory")
		c.invalid(at, field.OmitValueType{}, originMemory, "%s is %s (VVP counts in powers of ten, Flink in powers of two): %s", size, flink.FormatMiB(wholeMiB(of.bytes)), p)
	}
}

// vvpMemory writes a size in VVP's units, rounded up.
func vvpMemory(bytes int64) string {
	const m = 1_000_000
	return strconv.FormatInt((bytes+m-1)/m, 10) + "m"
}

// inFile returns what of a configuration is written into Flink's configuration file
// as it is. Values that refer to variables become arguments; in front of Java's
// options the renderer puts those of the distribution.
func inFile(v flink.Version, conf map[string]string) map[string]string {
	out := maps.Clone(conf)
	for key, value := range conf {
		switch {
		case strings.Contains(value, "${") && flink.Reference().MatchString(value) && !flink.ReadByStartScript(key):
			delete(out, key)
		case v.JVMOptions != "" && (key == v.JVMOptionsKey || key == "env.java.opts" && v.JVMOptionsKey == "env.java.opts.all"):
			out[key] = strings.TrimSpace(v.JVMOptions + " " + value)
		}
	}
	return out
}

// configuration checks the keys of flinkConfiguration, and that Flink's
// configuration file can hold what must be in it.
func (c *checks) configuration(v flink.Version, conf, file map[string]string, path *field.Path) {
	_, _, problems := flink.ConfigFile(v, file)
	if ha := flink.HighAvailability(v, conf); ha.Kind == flink.HACustom && !strings.ContainsAny(ha.Value, ".${") {
		c.add(field.NotSupported(path.Key(ha.Key), clip(ha.Value), []string{"none", "kubernetes", "zookeeper", "the class of a factory, with its package"}), originConfig)
	}
	for _, key := range tree.Keys(conf) {
		at := path.Key(key)
		if key == "" || strings.ContainsAny(key, " \t\r\n:#=") {
			c.invalid(at, field.OmitValueType{}, originConfig, "a key is not empty and has no blanks and none of the characters : # =")
			continue
		}
		if reason, owned := flink.Owned(key); owned {
			c.add(field.Forbidden(at, "the renderer sets this key: "+reason), originConfig)
			continue
		}
		for _, p := range problems {
			if p.Key == key {
				p.Key = ""
				c.invalid(at, field.OmitValueType{}, originConfig, "%s", p)
			}
		}
	}
}

// slots checks that the job fits on the TaskManagers.
func (c *checks) slots(t TemplateSpec, path *field.Path) {
	n, ok := flink.Slots(t.FlinkConfiguration)
	if !ok {
		c.invalid(path.Child("flinkConfiguration").Key(flink.SlotsKey), clip(t.FlinkConfiguration[flink.SlotsKey]), originSlots, "a whole number of at least 1 is wanted")
		return
	}
	parallelism, managers := *or(t.Parallelism, 1), t.NumberOfTaskManagers
	if managers == nil || *managers < 1 {
		return
	}
	if have := int64(*managers) * n; have < int64(parallelism) {
		c.invalid(path.Child("numberOfTaskManagers"), *managers, originSlots,
			"%d TaskManagers with %d slots each have %d slots; parallelism %d needs %d TaskManagers or more slots in %s",
			*managers, n, have, parallelism, TaskManagers(parallelism, n), flink.SlotsKey)
	}
}

// TaskManagers returns how many TaskManagers with so many slots each a
// parallelism needs.
func TaskManagers(parallelism int32, slots int64) int32 {
	return int32((int64(parallelism) + slots - 1) / slots)
}

func (c *checks) logging(l Logging, path *field.Path) {
	for _, p := range flink.CheckLoggers(l.Log4jLoggers) {
		at := path.Child("log4jLoggers").Key(p.Key)
		if p.Key = ""; secrets.Text(p.Reason) {
			p.Reason = "not a log level"
		}
		c.invalid(at, field.OmitValueType{}, originLogging, "%s", p)
	}
}
