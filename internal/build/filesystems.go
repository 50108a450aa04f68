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
		official := flink.OfficialImage(image) != ""
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
			case s.Jar || official || slices.Contains(c.plugins[labels.JobManager], name):
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
	official := flink.OfficialImage(image) != ""
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
	if s.Jar && official {
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
