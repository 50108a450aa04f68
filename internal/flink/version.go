package flink

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A Version says what one minor release of Flink accepts. Values are copies;
// changing one changes nothing else.
type Version struct {
	Minor string // "1.19"
	Major int    // 1 or 2
	Patch string // newest patch release that has an official image: "1.19.3"
	Java  int    // Java of the image tagged with the bare patch version

	// ConfigFile is the file written for this version. From 1.19 Flink reads
	// either name and prefers flink-conf.yaml (GlobalConfiguration); from 2.0
	// it reads config.yaml alone.
	ConfigFile string
	// StrictYAML says that ConfigFile is parsed as YAML 1.2, not line by line.
	StrictYAML bool

	// Jars: standalone-job accepts --jars (FLINK-28915).
	Jars bool
	// HostFlag: jobmanager and standalone-job accept --host and --webui-port.
	HostFlag bool
	// QueryableState: the library offers it. Flink deprecated it in 1.18
	// (FLINK-32559); 2.x still has the runtime, but is about to drop it.
	QueryableState bool

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
const (
	netUtilExport = "--add-exports=java.base/sun.net.util=ALL-UNNAMED "
	java17Options = "--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED" +
		" --add-exports=jdk.compiler/com.sun.tools.javac.api=ALL-UNNAMED" +
		" --add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED" +
		" --add-exports=jdk.compiler/com.sun.tools.javac.parser=ALL-UNNAMED" +
		" --add-exports=jdk.compiler/com.sun.tools.javac.tree=ALL-UNNAMED" +
		" --add-exports=jdk.compiler/com.sun.tools.javac.util=ALL-UNNAMED" +
		" --add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED" +
		" --add-opens=java.base/java.lang=ALL-UNNAMED" +
		" --add-opens=java.base/java.net=ALL-UNNAMED" +
		" --add-opens=java.base/java.io=ALL-UNNAMED" +
		" --add-opens=java.base/java.nio=ALL-UNNAMED" +
		" --add-opens=java.base/sun.nio.ch=ALL-UNNAMED" +
		" --add-opens=java.base/java.lang.reflect=ALL-UNNAMED" +
		" --add-opens=java.base/java.text=ALL-UNNAMED" +
		" --add-opens=java.base/java.time=ALL-UNNAMED" +
		" --add-opens=java.base/java.util=ALL-UNNAMED" +
		" --add-opens=java.base/java.util.concurrent=ALL-UNNAMED" +
		" --add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED" +
		" --add-opens=java.base/java.util.concurrent.locks=ALL-UNNAMED"
)

// versions is the table, oldest first; complete fills in what follows from it.
// Patch and Java: apache/flink-docker, release.metadata of each release commit.
var versions = []Version{
	{Minor: "1.15", Patch: "1.15.4", Java: 11},
	{Minor: "1.16", Patch: "1.16.3", Java: 11},
	{Minor: "1.17", Patch: "1.17.2", Java: 11},
	{Minor: "1.18", Patch: "1.18.1", Java: 11},
	{Minor: "1.19", Patch: "1.19.3", Java: 11},
	{Minor: "1.20", Patch: "1.20.4", Java: 11},
	{Minor: "2.0", Patch: "2.0.2", Java: 17},
	{Minor: "2.1", Patch: "2.1.2", Java: 17},
	{Minor: "2.2", Patch: "2.2.1", Java: 17},
}

// complete fills in what the table leaves out. Jars and HostFlag: checked against
// the option parser of each patch release.
func (v Version) complete() Version {
	v.Major = int(v.Minor[0] - '0')
	v.HostFlag, v.QueryableState, v.StrictYAML = v.Major == 1, v.Major == 1, v.Major > 1
	v.ConfigFile = legacyConfigFile
	if v.StrictYAML {
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
		v.JVMOptions = netUtilExport + java17Options
	default:
		v.JVMOptions = java17Options
	}
	return v
}

// ReadsConfig reports whether Flink takes its configuration from a file of this
// name, if no other is there.
func (v Version) ReadsConfig(file string) bool {
	return file == v.ConfigFile || file == yamlConfigFile && !v.before("1.19")
}

// before reports whether v is older than the minor version other, which must be
// in the table.
func (v Version) before(other string) bool {
	index := func(minor string) int {
		return slices.IndexFunc(versions, func(w Version) bool { return w.Minor == minor })
	}
	return index(v.Minor) < index(other)
}

// Lookup finds the release by a minor ("1.19") or patch version ("1.19.2").
func Lookup(version string) (Version, error) {
	minor := version
	if parts := strings.Split(version, "."); len(parts) == 3 && isNumber(parts[2]) {
		minor = parts[0] + "." + parts[1]
	}
	for _, v := range versions {
		if v.Minor == minor {
			return v.complete(), nil
		}
	}
	return Version{}, fmt.Errorf("Flink version %q is not supported; supported are %s", version,
		strings.Join(Supported(), ", "))
}

// Supported lists the minor versions, oldest first. The slice is the caller's.
func Supported() []string {
	minors := make([]string, 0, len(versions))
	for _, v := range versions {
		minors = append(minors, v.Minor)
	}
	return minors
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == "" && (s == "0" || s[0] != '0')
}
