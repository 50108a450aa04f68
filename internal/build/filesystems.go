package build

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/lazyregexp"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// ObjectStore is a file system that Flink reaches with a plugin.
type ObjectStore struct {
	Key string // of the option that names it, "" for a jar or a savepoint
	Jar bool   // or another file, which the JobManager alone fetches

	scheme string
	at     *field.Path // nil for a savepoint
	uri    string      // of a jar
}

// configuredStores returns the object stores that options refer to. Checkpoints,
// savepoints and the data of high availability are read and written by JobManager and
// TaskManagers.
func configuredStores(config map[string]string, at *field.Path) []ObjectStore {
	var out []ObjectStore
	for _, key := range tree.Keys(config) {
		for _, scheme := range flink.Schemes(config[key]) {
			if flink.IsStore(scheme) {
				out = append(out, ObjectStore{scheme: scheme, at: at.Key(key), Key: key})
			}
		}
	}
	return out
}

// plugins enables the plugins that the stores need, on the components that need them.
// The official images have them in opt, where Flink does not load them from. What other
// images have is not known: there a jar in a store needs its plugin anyhow, and for the
// rest there is a warning. A component that has the variable already is left alone.
func (d *decider) plugins(c *Plan) {
	for _, component := range [...]labels.Component{labels.JobManager, labels.TaskManager} {
		image := c.imageOf(component)
		version := pluginVersion(image, c.FlinkVersion)
		if c.setsVariable(component, flink.PluginsVariable) {
			continue
		}
		for _, s := range c.Stores {
			plugin := flink.FileSystem(s.scheme)
			name := plugin + "-" + version + ".jar"
			switch {
			case flink.BuiltIn(image, s.scheme):
			case plugin == "":
				d.withoutPlugin(c, s, component, image)
			case s.Jar && component == labels.TaskManager || slices.Contains(c.plugins[component], name):
			case s.Jar && version == "":
				d.fail(field.Invalid(s.at, decode.Shown(s.uri),
					"Flink needs its plugin for "+s.scheme+", and the name of that has the exact Flink version, which "+
						image+" does not tell: write a patch version in flinkVersion, such as "+c.Version.Patch+
						", or set "+flink.PluginsVariable+" in kubernetes.pods.envVars"), "uri-scheme")
			case s.Jar || flink.OfficialImage(image) != "" || slices.Contains(c.plugins[labels.JobManager], name):
				c.plugins[component] = append(c.plugins[component], name)
			default:
				d.warnPlugin(c, s, plugin, image)
			}
		}
	}
}

// warnPlugin warns once of a plugin that nobody may have enabled.
func (d *decider) warnPlugin(c *Plan, s ObjectStore, plugin, image string) {
	if slices.Contains(c.unknownPlugins, plugin) {
		return
	}
	c.unknownPlugins = append(c.unknownPlugins, plugin)
	d.warn("file-system-plugin", s.at,
		"Flink needs its plugin %s for %s://, which %s may not have in %s: build it in, or name its jar in "+
			"the variable %s in kubernetes.pods.envVars",
		plugin, s.scheme, image, c.Home.Plugins(), flink.PluginsVariable)
}

const ruleFileSystem = "file-system-image"

// withoutPlugin is about a file system that the image itself has to have.
func (d *decider) withoutPlugin(c *Plan, s ObjectStore, component labels.Component, image string) {
	needs := flink.InImages(s.scheme)
	if slices.Contains(c.unknownPlugins, needs) || s.Jar && component == labels.TaskManager ||
		needs == "Hadoop" && c.setsVariable(component, "HADOOP_CLASSPATH") {
		return
	}
	c.unknownPlugins = append(c.unknownPlugins, needs)
	message := fmt.Sprintf("Flink needs %s for %s://, which %s %%s have: build it in", needs, s.scheme, image)
	if needs == "Hadoop" {
		message += ", or mount it and set HADOOP_CLASSPATH in kubernetes.pods.envVars"
	}
	option := ""
	if s.Jar {
		message += "; an image of yours can fetch the jar, too, beside a dependency or before Flink 1.19"
		option = " FetcherImage"
	}
	if s.Jar && flink.OfficialImage(image) != "" {
		d.fail(field.Invalid(s.at, decode.Shown(s.uri), fmt.Sprintf(message, "does not")), "uri-scheme"+option)
		return
	}
	d.warn(ruleFileSystem+option, s.at, message, "may not")
}

// patchVersion is what the name of a plugin's jar ends in.
var patchVersion = lazyregexp.New(`^[0-9]+\.[0-9]+\.[0-9]+`)

// pluginVersion returns the exact version of Flink, "" if it is not known.
func pluginVersion(image, flinkVersion string) string {
	_, tag, _ := strings.Cut(image[strings.LastIndexByte(image, '/')+1:], ":")
	if exact := patchVersion().FindString(tag); exact != "" {
		return exact
	}
	return patchVersion().FindString(flinkVersion)
}

// preset sets the folders of checkpoints, savepoints and high availability in the blob
// storage of the platform, where the resource does not. VVP's folders are
// flink-jobs/namespaces/NAMESPACE/jobs/ID; those of session clusters are ours.
func (c *Plan) preset() {
	if c.opts.BlobStorage == "" {
		return
	}
	kind, id := "sessionclusters", strings.TrimPrefix(c.Name, "session-")
	if c.Job != nil {
		kind, id = "jobs", c.Job.ID
	}
	base := strings.Join([]string{strings.TrimSuffix(c.opts.BlobStorage, "/"), "flink-jobs/namespaces",
		c.Placeholders["namespace"], kind, id, ""}, "/")
	set := func(folder string, keys ...string) {
		if !c.sets(keys...) {
			c.Config[keys[0]] = base + folder
		}
	}
	set("checkpoints", checkpointFolders...)
	set("savepoints", "state.savepoints.dir", "execution.checkpointing.savepoint-dir",
		"savepoints.state.backend.fs.dir")
	if flink.HighAvailability(c.Version, c.Config).Kind != flink.HANone {
		set("high-availability", haStorage)
	}
}

// checkpointFolders are the options for the folder of checkpoints, today's first.
var checkpointFolders = []string{
	"state.checkpoints.dir", "execution.checkpointing.dir", "state.backend.fs.checkpointdir",
}

// sets reports whether the configuration has one of the options.
func (c *Plan) sets(keys ...string) bool {
	return slices.ContainsFunc(keys, func(key string) bool { return c.Config[key] != "" })
}

// checkpoints warns of checkpoints that have no place.
func (d *decider) checkpoints(c *Plan, at *field.Path) {
	if c.sets(checkpointFolders...) || // or the JobManager may be meant
		c.sets("state.checkpoint-storage", "execution.checkpointing.storage") {
		return
	}
	for _, key := range [...]string{
		"execution.checkpointing.interval", "execution.checkpointing.externalized-checkpoint-retention",
	} {
		if value := c.Config[key]; value != "" && value != "0" && value != "NO_EXTERNALIZED_CHECKPOINTS" {
			d.warn("checkpoint-directory BlobStorage", at.Key(key),
				"checkpoints stay in the memory of the JobManager, and are lost with it: set state.checkpoints.dir to "+
					"the URI of a folder, such as s3://bucket/checkpoints")
			return
		}
	}
}
