package flink

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/internal/lazyregexp"
)

// A Version says what one minor release of Flink accepts. Values are copies;
// changing one changes nothing else.
type Version struct {
	Minor string // "1.19"
	Major int    // 1 or 2
	Patch string // newest patch release that has an official image: "1.19.3"

	// ConfigFile is the file written for this version. From 1.19 Flink reads
	// either name and prefers flink-conf.yaml (GlobalConfiguration); from 2.0
	// it reads config.yaml alone.
	// It is parsed as YAML 1.2 then, and line by line before.
	ConfigFile string

	// Jars: standalone-job accepts --jars (FLINK-28915).
	Jars bool

	// JVMOptions is the value of env.java.opts.all in the distribution's own
	// configuration file, which a mounted configuration hides. Flink needs it
	// on Java 17 and later; on Java 8 the start scripts make the JVM ignore
	// what it does not know (config.sh). Empty when the distribution sets none.
	JVMOptions string
	// JVMOptionsKey is where to set them so that the user's env.java.opts.all
	// stays his own: env.java.default-opts.all, or before 1.19, which has no
	// such option, env.java.opts.all itself.
	JVMOptionsKey string

	// HAKey and StateBackendKey are the current spellings of these options
	// (HighAvailabilityOptions.HA_MODE, StateBackendOptions.STATE_BACKEND).
	HAKey           string
	StateBackendKey string
	// HAKubernetes is the value of HAKey that selects Kubernetes high
	// availability: in 1.15 HighAvailabilityMode has no KUBERNETES, and only
	// the name of the factory class works.
	HAKubernetes string

	// NetworkMax is the default of taskmanager.memory.network.max, in bytes.
	NetworkMax int64
}

const (
	legacyConfigFile = "flink-conf.yaml"
	yamlConfigFile   = "config.yaml"

	haFactoryClass = "org.apache.flink.kubernetes.highavailability.KubernetesHaServicesFactory"
)

// Java 17 options of the distribution: conf/flink-conf.yaml in 1.18,
// conf/config.yaml since; 2.1 dropped the first one.
var (
	java17Options = javaOptions("exports", "java.rmi/sun.rmi.registry jdk.compiler/com.sun.tools.javac.api "+
		"jdk.compiler/com.sun.tools.javac.file jdk.compiler/com.sun.tools.javac.parser "+
		"jdk.compiler/com.sun.tools.javac.tree jdk.compiler/com.sun.tools.javac.util "+
		"java.security.jgss/sun.security.krb5") + " " +
		javaOptions("opens", "java.base/java.lang java.base/java.net java.base/java.io java.base/java.nio "+
			"java.base/sun.nio.ch java.base/java.lang.reflect java.base/java.text java.base/java.time "+
			"java.base/java.util java.base/java.util.concurrent java.base/java.util.concurrent.atomic "+
			"java.base/java.util.concurrent.locks")
	netUtilOptions = javaOptions("exports", "java.base/sun.net.util") + " " + java17Options
)

// javaOptions opens or exports packages to the class path.
func javaOptions(verb, packages string) string {
	options := strings.Fields(packages)
	for i, p := range options {
		options[i] = "--add-" + verb + "=" + p + "=ALL-UNNAMED"
	}
	return strings.Join(options, " ")
}

// patches are the newest patch release of each minor one that has an official image,
// oldest first: apache/flink-docker, release.metadata of each release commit.
var patches = []string{"1.15.4", "1.16.3", "1.17.2", "1.18.1", "1.19.3", "1.20.5", "2.0.2", "2.1.3", "2.2.1",
	"2.3.0"}

func minorOf(patch string) string { return patch[:strings.LastIndexByte(patch, '.')] }

// newVersion returns what is known of a release. Jars: checked against the option
// parser of each patch release.
func newVersion(patch string) Version {
	v := Version{Minor: minorOf(patch), Patch: patch, Major: int(patch[0] - '0')}
	v.ConfigFile = legacyConfigFile
	if v.Major > 1 {
		v.ConfigFile = yamlConfigFile
	}
	v.HAKey, v.HAKubernetes, v.StateBackendKey = "high-availability.type", "kubernetes", "state.backend.type"
	v.NetworkMax = math.MaxInt64 // TaskManagerOptions since 1.17
	if v.before("1.17") {
		v.HAKey, v.StateBackendKey, v.NetworkMax = "high-availability", "state.backend", 1024*mib
	}
	if v.before("1.16") {
		v.HAKubernetes = haFactoryClass
	}
	v.Jars, v.JVMOptionsKey = true, "env.java.default-opts.all" // CoreOptions.FLINK_DEFAULT_JVM_OPTIONS
	if v.before("1.19") {
		v.Jars, v.JVMOptionsKey = false, "env.java.opts.all"
	}
	switch {
	case v.before("1.18"):
	case v.before("2.1"):
		v.JVMOptions = netUtilOptions
	default:
		v.JVMOptions = java17Options
	}
	return v
}

// Prometheus returns the option of a reporter of metrics that makes it Prometheus', without
// metrics.reporter.NAME, and its value. The plugin is in plugins/ of the images.
func (v Version) Prometheus() (option, class string) {
	class = "org.apache.flink.metrics.prometheus.PrometheusReporter"
	if v.before("1.16") { // FLINK-27206
		return "class", class
	}
	return "factory.class", class + "Factory"
}

// ReadsConfig reports whether Flink takes its configuration from a file of this
// name, if no other is there.
func (v Version) ReadsConfig(file string) bool {
	return file == v.ConfigFile || file == yamlConfigFile && !v.before("1.19")
}

// before reports whether v is older than the minor version other, which must be
// supported.
func (v Version) before(other string) bool {
	return indexOf(v.Minor) < indexOf(other)
}

func indexOf(minor string) int {
	return slices.IndexFunc(patches, func(patch string) bool { return minorOf(patch) == minor })
}

// Lookup finds the release of a minor version ("1.19"), the newest that is known, or the one
// of a patch version ("1.19.2"), which need not be known.
func Lookup(version string) (Version, error) {
	if parts := strings.Split(version, "."); len(parts) == 3 && isNumber(parts[2]) && indexOf(minorOf(version)) >= 0 {
		return newVersion(version), nil
	}
	if i := indexOf(version); i >= 0 {
		return newVersion(patches[i]), nil
	}
	return Version{}, fmt.Errorf("version %q of Flink is not supported; supported are %s", version,
		strings.Join(Supported(), ", "))
}

// engine is what VVP 3 calls a version of its engine, VERA.
var engine = lazyregexp.New(`^(?:vera-[0-9.]+-)?flink-([0-9]+(?:\.[0-9]+){1,2})$`)

// OfEngine returns the version of Flink in the name of an engine of VVP 3, such as
// vera-4.1-flink-1.20; "" if it has none.
func OfEngine(name string) string {
	if m := engine().FindStringSubmatch(name); m != nil {
		return m[1]
	}
	return ""
}

// Supported lists the minor versions, oldest first. The slice is the caller's.
func Supported() []string {
	minors := slices.Clone(patches)
	for i, patch := range patches {
		minors[i] = minorOf(patch)
	}
	return minors
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == "" && (s == "0" || s[0] != '0')
}
