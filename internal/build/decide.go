// Package build makes the Kubernetes objects of a Flink cluster. [Decide] takes what a
// resource says and decides everything: all rules, no objects. The [Plan] that it
// returns makes the objects: no rules. What is wrong is told as field errors, what is
// worth a look as warnings; patches and the places of fields in files are the
// business of others.
package build

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// Options are those of a Renderer that change what is built. They are checked.
type Options struct {
	Images          map[string]string // by minor version
	Profiles        map[string]string // of logging
	FetcherImage    string
	Runner          Runner // of SQL scripts, before Flink 2.0
	TLSSecret       string
	Home            flink.Home // of Flink in all images; "" if it is told by their names
	BlobStorage     string     // a URI
	Budgets         bool
	Metrics         *Metrics
	Ingress         *Ingress
	Autoscaling     *Autoscaling
	Policies        *NetworkPolicies
	AllowUnresolved bool
}

// Input is what a Deployment or a SessionCluster says of a Flink cluster, with all
// defaults.
type Input struct {
	Name      string // prefix of all names, and Flink's cluster id
	Namespace string // of Kubernetes
	Labels    labels.Set

	FlinkVersion              string
	Registry, Repository, Tag string
	Resources                 deployment.Resources
	Config                    map[string]string
	Placeholders              map[string]string // what VVP's {{ name }} in values of Config stands for
	Logging                   deployment.Logging
	Kubernetes                deployment.Kubernetes
	TaskManagers              *int32 // as many as the job needs if nil

	// Final are the containers of Flink, by component, after all patches: what else than the
	// resource sets variables that the configuration refers to. They are nil at first.
	Final [3]tree.Map

	Settings *field.Path // of resources, flinkConfiguration, logging and kubernetes
	Job      *Job        // nil for a session cluster
	Session  *Session    // that runs the job; nil in application mode
}

// Job is what a Deployment says of its job.
type Job struct {
	ID                    string // a UUID
	Savepoint             string
	AllowNonRestoredState bool
	Parallelism           int32
	Attempts              int32
	Artifact              deployment.Artifact
	Annotations           map[string]string // of the template
}

// Plan is one Flink cluster with everything decided, and no Kubernetes object made yet.
type Plan struct {
	Input
	opts       Options
	Version    flink.Version
	Image      string
	Home       flink.Home
	Properties []flink.Property // what the configuration file cannot hold: passed as -D
	JobArgs    []string         // of the JobManager, after the command and Properties
	Script     string           // of SQL; "" if there is none
	Python     bool             // the JobManager needs Python
	HA         bool             // JobManagers find each other, and are found, without the Service
	Stores     []ObjectStore

	Metrics      *Metrics // nil if nothing serves them
	HAKubernetes bool     // high availability through ConfigMaps
	Unresolved   bool     // the configuration refers to variables that are not known

	command      []string // of the JobManager
	configFile   string   // the text
	log4j        string
	tls          bool             // REST answers https only, so that HTTP probes cannot work
	certificates bool             // of Options.TLSSecret are mounted
	passwords    []flink.Property // of the certificates, as arguments
	queryable    bool             // state can be queried
	managers     int32            // TaskManagers
	artifact     artifact
	pods         deployment.Pods // zero if there are no such options

	plugins        [3][]string // jars of file system plugins to enable, by component
	unknownPlugins []string    // that were warned of
	templates      [3]tree.Map // of the user, by component

	labelTrees, selectorTrees [3]tree.Map // by component, once they are made
}

// Command is the first argument of the JobManager's container.
func (c *Plan) Command() string { return c.command[0] }

// components are those that have pods.
func (c *Plan) components() []labels.Component {
	if c.Session != nil {
		return []labels.Component{labels.JobManager}
	}
	return []labels.Component{labels.JobManager, labels.TaskManager}
}

// Warning is something to look at, though it can be rendered.
type Warning struct {
	Rule    string
	Field   *field.Path // nil if it is about no field
	Message string
}

// decider collects what is wrong while a plan is made.
type decider struct {
	opts     Options
	problems field.ErrorList
	warnings []Warning
}

func (d *decider) fail(e *field.Error, origin string) {
	d.problems = append(d.problems, e.WithOrigin(origin))
}

func (d *decider) warn(rule string, path *field.Path, format string, args ...any) {
	d.warnings = append(d.warnings, Warning{rule, path, fmt.Sprintf(format, args...)})
}

// Decide returns the plan of a cluster. It is of use only without problems. The plan
// shares with the input what it does not change.
func Decide(in Input, o Options) (*Plan, field.ErrorList, []Warning) {
	d := &decider{opts: o}
	c := &Plan{Input: in, opts: o}
	c.Version, _ = flink.Lookup(in.FlinkVersion) // which the resource was checked for, as all that is read here
	c.templates[labels.JobManager] = decode.Shared(in.Kubernetes.JobManagerPodTemplate)
	c.templates[labels.TaskManager] = decode.Shared(in.Kubernetes.TaskManagerPodTemplate)
	if in.Kubernetes.Pods != nil {
		c.pods = *in.Kubernetes.Pods
	}
	if c.Image = c.image(); c.Session != nil {
		d.submission(c)
		return c, d.problems, d.warnings
	}
	c.command = []string{flink.CommandJobManager}
	c.Home = d.home(c)
	d.image(c)
	at := in.Settings.Child("flinkConfiguration")
	c.Config = c.filled()
	c.preset()
	d.checkpoints(c, at)
	c.Stores = configuredStores(expanded(c.Config, c.known()), at)
	if in.Job != nil {
		d.annotations(c)
	}
	d.configuration(c, at)
	d.hidesConfig(c, c.PodsAt())
	c.log4j = d.logging(in.Logging, in.Settings.Child("logging"))
	if in.Job != nil {
		c.command = []string{flink.CommandStandaloneJob}
		d.job(c)
	}
	d.strayFetchers(c)
	d.ingress(c, at)
	c.managers = c.taskManagers()
	d.plugins(c)
	return c, d.problems, d.warnings
}

// job decides what only the cluster of one job has.
func (d *decider) job(c *Plan) {
	at := c.Settings.Child("artifact")
	c.Config["parallelism.default"] = strconv.Itoa(int(c.Job.Parallelism))
	d.artifact(c, at)
	for _, scheme := range flink.Schemes(c.Job.Savepoint) {
		if flink.IsStore(scheme) {
			c.Stores = append(c.Stores, ObjectStore{scheme: scheme})
		}
	}
	c.JobArgs = d.arguments(c, at)
}

// taskManagers is how many there are, at most if something scales them.
func (c *Plan) taskManagers() int32 {
	if a := c.opts.Autoscaling; a != nil {
		return a.MaxReplicas
	}
	if c.TaskManagers != nil {
		return *c.TaskManagers
	}
	slots, _ := flink.Slots(c.Config) // checked before
	return deployment.TaskManagers(c.Job.Parallelism, max(1, slots))
}

// annotations acts on the annotations of the template that VVP gives a meaning.
func (d *decider) annotations(c *Plan) {
	at := field.NewPath("spec", "template", "metadata", "annotations")
	if c.Job.Annotations[deployment.AnnotationTLS] == "true" {
		d.certificates(c, at, c.Settings.Child("flinkConfiguration"))
	}
	if c.Job.Annotations[deployment.AnnotationQueryableState] != "true" {
		return
	}
	if c.Version.Major > 1 { // which deprecates it (FLINK-32559) and still has the runtime
		d.fail(field.Forbidden(at.Key(deployment.AnnotationQueryableState),
			"queryable state is deprecated in Flink and rendered up to 1.20 only; remove the annotation"),
			"queryable-state")
		return
	}
	d.warn("queryable-state", at.Key(deployment.AnnotationQueryableState), "nothing can be queried unless Flink's "+
		"flink-queryable-state-runtime-%s.jar is on its class path: the images have it in %s/opt at most; copy it to "+
		"%s/lib in an image of your own", c.Version.Patch, c.Home, c.Home)
	c.queryable = true
	c.Config["queryable-state.enable"] = "true"
	c.Config["queryable-state.proxy.ports"] = strconv.Itoa(flink.PortQueryableState)
}

// mainArgs are those of the program.
func (d *decider) mainArgs(c *Plan, at *field.Path) []string {
	main, _ := flink.SplitArgs(c.Job.Artifact.MainArgs)
	if kinds.IsReserved(strings.Join(main, " ")) { // put together from quoted parts
		d.fail(field.Invalid(at.Child("mainArgs"), field.OmitValueType{}, kinds.Reserved), "text")
	}
	return main
}

// arguments are those of standalone-job. Everything of the user's is protected
// from expansion by Kubernetes.
func (d *decider) arguments(c *Plan, at *field.Path) []string {
	main := d.mainArgs(c, at)
	args, problems := flink.JobArgs{
		JobClass:              c.artifact.program.class,
		JobID:                 c.flinkJobID(),
		Jar:                   c.artifact.jar,
		FromSavepoint:         c.Job.Savepoint,
		AllowNonRestoredState: c.Job.Savepoint != "" && c.Job.AllowNonRestoredState,
		Args:                  append(c.artifact.program.args, main...),
	}.Strings()
	for _, p := range problems {
		d.fail(field.Invalid(at, field.OmitValueType{}, p.String()), "arguments")
	}
	return args
}

// logging is the logging configuration: a profile with the levels of the resource.
func (d *decider) logging(l deployment.Logging, at *field.Path) string {
	profile, ok := d.opts.Profiles[l.LoggingProfile]
	switch {
	case ok:
		return flink.Log4jProfile(profile, l.Log4jLoggers)
	case l.LoggingProfile != defaultProfile:
		e := field.NotSupported(at.Child("loggingProfile"), l.LoggingProfile,
			append(tree.Keys(d.opts.Profiles), defaultProfile))
		e.Detail += "; give its text"
		d.fail(e, "logging UseLoggingProfiles")
	}
	return flink.Log4jProperties(l.Log4jLoggers)
}

// defaultProfile is the one that VVP always has.
const defaultProfile = "default"

// configuration is the user's configuration with what makes the cluster work.
func (d *decider) configuration(c *Plan, at *field.Path) {
	conf := c.Config
	d.jvmOptions(c, at)
	jvmOptions(conf, c.Version)
	d.metrics(c, at)
	d.autoscaling(c, at)
	d.policies(c, at)
	d.highAvailability(c, at)
	d.oneJobManager(c, at)
	known := expanded(conf, c.known())
	c.tls = known["security.ssl.rest.enabled"] == "true" || known["security.ssl.enabled"] == "true"
	if _, ok := conf[flink.SlotsKey]; !ok {
		conf[flink.SlotsKey] = "1"
	}
	maps.Copy(conf, map[string]string{
		"jobmanager.rpc.port":             strconv.Itoa(flink.PortJobManagerRPC),
		"blob.server.port":                strconv.Itoa(flink.PortBlobServer),
		"rest.port":                       strconv.Itoa(flink.PortREST),
		"taskmanager.rpc.port":            strconv.Itoa(flink.PortTaskManagerRPC),
		"taskmanager.data.port":           strconv.Itoa(flink.PortTaskManagerData),
		"jobmanager.memory.process.size":  processSize(c.Resources.JobManager),
		"taskmanager.memory.process.size": processSize(c.Resources.TaskManager),
	})
	c.identify()
	c.Properties = append(d.references(c, at), c.passwords...)
}

// filled returns a copy of the configuration with VVP's placeholders filled in. Others
// stay: the resource warns of them.
func (c *Plan) filled() map[string]string {
	return substituted(c.Config, c.Placeholders, "{{", flink.Placeholder)
}

// WriteConfig makes the text of the configuration file, which the objects need.
func (c *Plan) WriteConfig() field.ErrorList {
	var d decider
	var problems []flink.Problem
	_, c.configFile, problems = flink.ConfigFile(c.Version, c.Config)
	for _, p := range problems {
		at := c.Settings.Child("flinkConfiguration").Key(p.Key)
		p.Key = ""
		d.fail(field.Invalid(at, field.OmitValueType{}, p.String()), "flink-configuration")
	}
	return d.problems
}

// jvmOptions sets the options that the distribution's own configuration file has,
// and that the mounted one hides. The user's options come after them.
func jvmOptions(conf map[string]string, v flink.Version) {
	const all, old = "env.java.opts.all", "env.java.opts"
	if v.JVMOptions == "" {
		return
	}
	own, ok := conf[v.JVMOptionsKey]
	if v.JVMOptionsKey == all {
		if !ok {
			own = conf[old] // the deprecated key counts only where the new one is missing
		}
		delete(conf, old)
	}
	conf[v.JVMOptionsKey] = strings.TrimSpace(v.JVMOptions + " " + own)
}

// processSize tells Flink a size in its own units: powers of two, rounded down,
// so that it stays below the container's limit.
func processSize(r deployment.Resource) string {
	bytes, _ := deployment.Bytes(r.Memory)
	return flink.MemoryValue(bytes)
}
