package render

import (
	"maps"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// cluster is one Flink cluster, about to be built: everything decided, no
// Kubernetes object made yet.
type cluster struct {
	name      string // prefix of all names, and Flink's cluster id
	namespace string
	labels    labels.Set // without component
	version   flink.Version
	image     string

	config      map[string]string // the configuration file
	properties  []flink.Property  // what the file cannot hold: passed as -D
	log4j       string
	resources   deployment.Resources
	kubernetes  deployment.Kubernetes
	tls         bool // REST answers https only, so that HTTP probes cannot work
	tlsSecret   string
	queryable   bool
	managers    int32
	jobArgs     []string // of the JobManager, after the command; nil for session clusters
	application bool
	settings    *field.Path // of resources, flinkConfiguration, kubernetes in the resource
	attempts    int32
	artifact    artifact

	stores         []objectStore
	plugins        [3][]string // jars of file system plugins to enable, by component
	unknownPlugins []string    // that were warned of

	ha           bool  // JobManagers find each other, and are found, without the Service
	haKubernetes bool  // through ConfigMaps
	jobManagers  int32 // of a session cluster, one of them leading

	labelTrees, selectorTrees [3]tree.Map // by component, once they are made
}

// settings are what both kinds of resources say of a Flink cluster.
type settings struct {
	flinkVersion              string
	versionAt                 *field.Path
	registry, repository, tag string
	resources                 deployment.Resources
	config                    map[string]string
	logging                   deployment.Logging
	kubernetes                deployment.Kubernetes
	path                      *field.Path // of resources, flinkConfiguration, kubernetes
	application               bool
}

// cluster decides what both kinds of clusters have in common.
func (g *rendering) cluster(s settings, name string, set labels.Set) *cluster {
	c := &cluster{name: name, namespace: g.namespace(), labels: set, kubernetes: s.kubernetes, resources: s.resources, application: s.application, settings: s.path}
	var err error
	if c.version, err = flink.Lookup(s.flinkVersion); err != nil {
		g.fail(field.NotSupported(s.versionAt, s.flinkVersion, flink.Supported()), "flink-version")
		return c
	}
	c.image = g.image(s, c.version)
	at := s.path.Child("flinkConfiguration")
	c.config = g.configuration(c, s, at)
	c.stores = configuredStores(s.config, at)
	g.hidesConfig(c, s.path.Child("kubernetes"))
	c.log4j = g.log4j(s.logging, s.path.Child("logging"))
	return c
}

// log4j is the logging configuration: a profile with the levels of the resource.
func (g *rendering) log4j(l deployment.Logging, at *field.Path) string {
	profile, ok := g.profiles[l.LoggingProfile]
	var text string
	var problems []flink.Problem
	switch {
	case ok:
		text, problems = flink.Log4jProfile(profile, l.Log4jLoggers)
	case l.LoggingProfile == defaultProfile:
		text, problems = flink.Log4jProperties(l.Log4jLoggers)
	default:
		e := field.NotSupported(at.Child("loggingProfile"), l.LoggingProfile, append(tree.Keys(g.profiles), defaultProfile))
		e.Detail += "; give its text with render.LoggingProfiles"
		g.fail(e, "logging")
	}
	for _, p := range problems {
		g.fail(field.Invalid(at.Child("log4jLoggers").Key(p.Key), field.OmitValueType{}, p.String()), "logging")
	}
	return text
}

// defaultProfile is the one that VVP always has.
const defaultProfile = "default"

// image puts the image together as VVP does, registry/repository:tag. What is not
// given comes from the official images; where nothing is given, options come first.
func (g *rendering) image(s settings, v flink.Version) string {
	repository, tag := s.repository, s.tag
	if image, ok := g.images[v.Minor]; ok && s.registry+repository+tag == "" {
		return image
	}
	if repository == "" {
		repository = "flink"
	}
	if tag == "" {
		tag = v.Patch
	}
	if s.registry != "" {
		repository = strings.TrimSuffix(s.registry, "/") + "/" + repository
	}
	return repository + ":" + tag
}

// configuration is the user's configuration with what makes the cluster work.
func (g *rendering) configuration(c *cluster, s settings, at *field.Path) map[string]string {
	conf := maps.Clone(s.config) // with the defaults there always is one
	jvmOptions(conf, c.version)
	g.highAvailability(c, conf, at)
	c.jobManagers = g.standby(c, conf, at)
	c.tls = conf["security.ssl.rest.enabled"] == "true" || conf["security.ssl.enabled"] == "true"
	if _, ok := conf[flink.SlotsKey]; !ok {
		conf[flink.SlotsKey] = "1"
	}
	for key, value := range map[string]string{
		"jobmanager.rpc.port":             strconv.Itoa(flink.PortJobManagerRPC),
		"blob.server.port":                strconv.Itoa(flink.PortBlobServer),
		"rest.port":                       strconv.Itoa(flink.PortREST),
		"taskmanager.rpc.port":            strconv.Itoa(flink.PortTaskManagerRPC),
		"taskmanager.data.port":           strconv.Itoa(flink.PortTaskManagerData),
		"jobmanager.memory.process.size":  processSize(s.resources.JobManager),
		"taskmanager.memory.process.size": processSize(s.resources.TaskManager),
	} {
		conf[key] = value
	}
	c.identify(conf)
	c.properties = g.references(conf, c.environment(), at)
	return conf
}

// jvmOptions sets the options that the distribution's own configuration file has,
// and that the mounted one hides. The user's options come after them.
func jvmOptions(conf map[string]string, v flink.Version) {
	const all, old = "env.java.opts.all", "env.java.opts"
	if v.JVMOptions == "" {
		return
	}
	if v.JVMOptionsKey != all {
		conf[v.JVMOptionsKey] = strings.TrimSpace(v.JVMOptions + " " + conf[v.JVMOptionsKey])
		return
	}
	own, ok := conf[all]
	if !ok {
		own = conf[old] // the deprecated key counts only where the new one is missing
	}
	delete(conf, old)
	conf[all] = strings.TrimSpace(v.JVMOptions + " " + own)
}

// processSize tells Flink a size in its own units: powers of two, rounded down,
// so that it stays below the container's limit.
func processSize(r deployment.Resource) string {
	bytes, err := deployment.Bytes(r.Memory)
	if err != nil {
		return "" // resources are checked before anything is rendered
	}
	return flink.MemoryValue(bytes)
}
