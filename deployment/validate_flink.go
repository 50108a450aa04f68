package deployment

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/schema"
	"github.com/flinktarget/flinktarget/internal/secrets"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// cluster is what Deployments and SessionClusters say of a Flink cluster.
type cluster struct {
	version    string
	versionAt  *field.Path
	resources  Resources
	config     map[string]string
	logging    Logging
	kubernetes Kubernetes
	path       *field.Path // of all but the version
	elsewhere  bool        // a SessionCluster is it, and has the version and the memory
}

func (t TemplateSpec) cluster(path *field.Path) cluster {
	at := path.Child("artifact", "flinkVersion")
	if t.Artifact.FlinkVersion == "" && t.Artifact.EngineVersionName != "" {
		at = path.Child("artifact", "engineVersionName")
	}
	return cluster{t.Artifact.Version(), at, t.Resources, t.FlinkConfiguration, t.Logging, t.Kubernetes, path, false}
}

func (s SessionClusterSpec) cluster(path *field.Path) cluster {
	version := path.Child("flinkVersion")
	return cluster{s.FlinkVersion, version, s.Resources, s.FlinkConfiguration, s.Logging, s.Kubernetes, path, false}
}

func (c *checks) cluster(s cluster) {
	c.flink(s)
	for _, p := range flink.CheckLoggers(s.logging.Log4jLoggers) {
		if c.full() {
			break
		}
		at := s.path.Child("logging", "log4jLoggers").Key(p.Key)
		if p.Key = ""; secrets.Text(p.Reason) {
			p.Reason = "not a log level"
		}
		c.fail(field.Invalid(at, field.OmitValueType{}, p.String()), "logging")
	}
	if s.logging.Log4j2ConfigurationTemplate != "" {
		c.fail(field.Forbidden(s.path.Child("logging", "log4j2ConfigurationTemplate"),
			"VVP's templates (Twig) are not supported: set levels in log4jLoggers, "+
				"or name a loggingProfile and give its text to the renderer"), "not-rendered")
	}
	c.kubernetes(s.kubernetes, s.path.Child("kubernetes"))
}

func (c *checks) flink(s cluster) {
	if s.elsewhere {
		s.version = ""
	}
	// Without a version, what the oldest one refuses is reported: all do.
	version, err := flink.Lookup(cmp.Or(s.version, flink.Supported()[0]))
	if err != nil {
		c.fail(field.NotSupported(s.versionAt, s.version, flink.Supported()), "flink-version")
		version, _ = flink.Lookup(flink.Supported()[0])
	}
	var file map[string]string // what the file must hold; without a version it is not known which file
	if err == nil && s.version != "" {
		file = inFile(version, s.config)
	}
	c.configuration(version, s.config, file, s.path.Child("flinkConfiguration"))
	if c.partial || s.elsewhere {
		return // what does not fit may be made to fit by what is filled in
	}
	given, filled := s.resources, withDefaults(s.resources)
	memory(c, s, "jobmanager", given.JobManager, filled.JobManager, version.JobManager)
	memory(c, s, "taskmanager", given.TaskManager, filled.TaskManager, version.TaskManager)
}

// wholeMiB is what Flink is told of a size: rounded down, so that it never
// exceeds the container's limit.
func wholeMiB(bytes int64) int64 { return bytes &^ (1<<20 - 1) }

// memory reports what Flink's own arithmetic says of the size of a component, which is
// given without and filled with the defaults. Problems of the process size belong to
// resources, others to the key they name.
func memory[M any](
	c *checks, s cluster, name string, given, filled Resource, under func(map[string]string) flink.Process[M],
) {
	bytes, err := Bytes(filled.Memory)
	if err != nil {
		return // which is reported where it stands
	}
	process := under(s.config)
	_, problems := process.Memory(wholeMiB(bytes))
	for _, p := range problems {
		key := p.Key
		p.Key = ""
		if key != name+".memory.process.size" {
			at := s.path.Child("flinkConfiguration").Key(key)
			c.fail(field.Invalid(at, field.OmitValueType{}, p.String()), "flink-memory")
			continue
		}
		if least, ok := process.Least(); ok && least > bytes {
			p.Cure = fmt.Sprintf("with these options a %s needs at least %s: write %s or more",
				name, flink.FormatMiB(least), vvpMemory(least))
			if least, ok = under(unmanaged(s.config)).Least(); ok && least <= bytes {
				p.Cure += ", or set " + managedFraction + `: "0.0" in flinkConfiguration for a job without managed ` +
					"memory, which RocksDB, batch jobs and Python need"
			}
		}
		size := filled.Memory
		if given.Memory == "" {
			size = "the default of " + size
		}
		c.fail(field.Invalid(s.path.Child("resources", name, "memory"), field.OmitValueType{},
			fmt.Sprintf("%s is %s (VVP counts in powers of ten, Flink in powers of two): %s",
				size, flink.FormatMiB(wholeMiB(bytes)), p)), "flink-memory")
	}
}

const managedFraction = "taskmanager.memory.managed.fraction"

// unmanaged returns a configuration without managed memory, if it does not say how much
// there is. With it, Flink starts with the 1g that VVP documents as the least.
func unmanaged(conf map[string]string) map[string]string {
	out := map[string]string{managedFraction: "0.0"}
	maps.Copy(out, conf)
	return out
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
		case v.JVMOptions == "":
		case key == v.JVMOptionsKey, key == "env.java.opts" && v.JVMOptionsKey == "env.java.opts.all":
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
		known := []string{"none", "kubernetes", "zookeeper", "the class of a factory, with its package"}
		c.fail(field.NotSupported(path.Key(ha.Key), ha.Value, known), "flink-configuration")
	}
	for _, key := range tree.Keys(conf) {
		at := path.Key(key)
		if key == "" || strings.ContainsAny(key, " \t\r\n:#=") {
			c.fail(field.Invalid(at, field.OmitValueType{},
				"a key must not be empty, and must not contain blanks, ':', '#' or '='"), "flink-configuration")
			continue
		}
		if reason := flink.Owned(key); reason != "" {
			c.fail(field.Forbidden(at, "the renderer sets this key: "+reason), "flink-configuration")
			continue
		}
		for _, p := range problems {
			if p.Key == key {
				p.Key = ""
				c.fail(field.Invalid(at, field.OmitValueType{}, p.String()), "flink-configuration")
			}
		}
	}
}

// slots checks that the job fits on the TaskManagers.
func (c *checks) slots(t TemplateSpec, path *field.Path) {
	n, ok := flink.Slots(t.FlinkConfiguration)
	if !ok {
		c.fail(field.Invalid(path.Child("flinkConfiguration").Key(flink.SlotsKey), t.FlinkConfiguration[flink.SlotsKey],
			"must be a whole number greater than or equal to 1"), "flink-slots")
		return
	}
	managers := t.NumberOfTaskManagers
	if managers == nil || *managers < 1 || flink.Elastic(t.FlinkConfiguration) {
		return
	}
	defaults := schema.Defaults(reflect.TypeFor[TemplateSpec]()).Interface().(TemplateSpec)
	parallelism := *cmp.Or(t.Parallelism, defaults.Parallelism)
	if have := int64(*managers) * n; have < int64(parallelism) {
		c.fail(field.Invalid(path.Child("numberOfTaskManagers"), *managers, fmt.Sprintf(
			"%d TaskManagers with %d slots each have %d slots; "+
				"parallelism %d needs %d TaskManagers or more slots in %s",
			*managers, n, have, parallelism, TaskManagers(parallelism, n), flink.SlotsKey)), "flink-slots")
	}
}

// TaskManagers returns how many TaskManagers with so many slots each a
// parallelism needs.
func TaskManagers(parallelism int32, slots int64) int32 {
	return int32((int64(parallelism) + slots - 1) / slots)
}
