package render

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/lazyregexp"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// pluginsVariable is what the entrypoint of Flink's images reads: the plugins of opt
// to link into the plugins folder. It stops the container if one is not in opt.
const pluginsVariable = "ENABLE_BUILT_IN_PLUGINS"

// objectStore is a file system that Flink reaches with a plugin.
type objectStore struct {
	scheme string
	at     *field.Path // what asks for it, nil for Job.SavepointLocation
	key    string      // of the option, "" for a jar or a savepoint
	jar    bool        // which the JobManager alone fetches
}

// configuredStores returns the object stores that options refer to. Checkpoints,
// savepoints and the data of high availability are read and written by JobManager and
// TaskManagers.
func configuredStores(config map[string]string, at *field.Path) []objectStore {
	var out []objectStore
	for _, key := range tree.Keys(config) {
		for scheme := range flink.Schemes(config[key]) {
			if _, ok := flink.FileSystem(scheme); ok {
				out = append(out, objectStore{scheme: scheme, at: at.Key(key), key: key})
			}
		}
	}
	return out
}

// plugins enables the plugins that the stores need, on the components that need them.
// The official images have them in opt, where Flink does not load them from. What other
// images have is not known: there a jar in a store needs its plugin anyhow, and for the
// rest there is a warning. A component that has the variable already is left alone.
func (g *rendering) plugins(c *cluster, flinkVersion string) {
	version := pluginVersion(c.image, flinkVersion)
	_, official := flink.OfficialImage(c.image)
	for _, component := range [...]labels.Component{labels.JobManager, labels.TaskManager} {
		if c.variables(component)[pluginsVariable] {
			continue
		}
		for _, s := range c.stores {
			plugin, _ := flink.FileSystem(s.scheme)
			name := plugin + "-" + version + ".jar"
			switch {
			case s.jar && component == labels.TaskManager || slices.Contains(c.plugins[component], name):
			case s.jar && version == "":
				g.fail(field.Invalid(s.at, decode.Shown(c.artifact.jar), "Flink needs its plugin for "+s.scheme+", and the name of that has the exact Flink version, which "+c.image+
					" does not tell: write a patch version in flinkVersion, such as "+c.version.Patch+", or set "+pluginsVariable+" in kubernetes.pods.envVars"), "uri-scheme")
			case s.jar || official || slices.Contains(c.plugins[labels.JobManager], name):
				c.plugins[component] = append(c.plugins[component], name)
			default:
				g.warnPlugin(c, s, plugin)
			}
		}
	}
}

// warnPlugin warns once of a plugin that nobody may have enabled.
func (g *rendering) warnPlugin(c *cluster, s objectStore, plugin string) {
	if slices.Contains(c.unknownPlugins, plugin) {
		return
	}
	c.unknownPlugins = append(c.unknownPlugins, plugin)
	g.warn(s.at, "Flink needs its plugin %s for %s://, which %s may not have in %s: build it in, or name its jar in the variable %s in kubernetes.pods.envVars",
		plugin, s.scheme, c.image, flink.PluginsDir, pluginsVariable)
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
