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
	// HostFlag: jobmanager and standalone-job accept --host.
	HostFlag bool
	// QueryableState: the state servers and proxies exist (removed in 2.0).
	QueryableState bool

	// JVMOptions is the value of env.java.opts.all in the distribution's own
	// configuration file, which a mounted configuration hides. Flink needs it
	// on Java 17 and later. Empty when the distribution sets none.
	JVMOptions string

	// HAKey and StateBackendKey are the current spellings of these options.
	HAKey           string
	StateBackendKey string
	// HAKubernetes is the value of HAKey that selects Kubernetes high
	// availability: 1.15 knows only the factory class.
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

// versions is the table, oldest first. Image tags: apache/flink-docker,
// release.metadata of each release commit.
var versions = []Version{
	{Minor: "1.15", Patch: "1.15.4", Java: 11, HostFlag: true, QueryableState: true, NetworkMax: 1 << 30,
		HAKey: "high-availability", HAKubernetes: haFactoryClass, StateBackendKey: "state.backend"},
	{Minor: "1.16", Patch: "1.16.3", Java: 11, HostFlag: true, QueryableState: true, NetworkMax: 1 << 30,
		HAKey: "high-availability", HAKubernetes: "kubernetes", StateBackendKey: "state.backend"},
	{Minor: "1.17", Patch: "1.17.2", Java: 11, HostFlag: true, QueryableState: true},
	{Minor: "1.18", Patch: "1.18.1", Java: 11, HostFlag: true, QueryableState: true, JVMOptions: netUtilExport + java17Options},
	{Minor: "1.19", Patch: "1.19.3", Java: 11, HostFlag: true, QueryableState: true, Jars: true, JVMOptions: netUtilExport + java17Options},
	{Minor: "1.20", Patch: "1.20.4", Java: 11, HostFlag: true, QueryableState: true, Jars: true, JVMOptions: netUtilExport + java17Options},
	{Minor: "2.0", Patch: "2.0.2", Java: 17, Jars: true, StrictYAML: true, JVMOptions: netUtilExport + java17Options},
	{Minor: "2.1", Patch: "2.1.2", Java: 17, Jars: true, StrictYAML: true, JVMOptions: java17Options},
	{Minor: "2.2", Patch: "2.2.1", Java: 17, Jars: true, StrictYAML: true, JVMOptions: java17Options},
}

// complete fills in what the table leaves out because most releases share it.
func (v Version) complete() Version {
	v.Major = int(v.Minor[0] - '0')
	v.ConfigFile = legacyConfigFile
	if v.StrictYAML {
		v.ConfigFile = yamlConfigFile
	}
	if v.NetworkMax == 0 {
		v.NetworkMax = math.MaxInt64 // TaskManagerOptions.NETWORK_MEMORY_MAX since 1.17
	}
	if v.HAKey == "" {
		v.HAKey, v.HAKubernetes = "high-availability.type", "kubernetes"
	}
	if v.StateBackendKey == "" {
		v.StateBackendKey = "state.backend.type"
	}
	return v
}

// IsZero reports whether v is not a version at all.
func (v Version) IsZero() bool { return v.Minor == "" }

// An UnsupportedVersionError reports a version that is not in the table.
type UnsupportedVersionError struct {
	Version   string
	Supported []string
}

func (e *UnsupportedVersionError) Error() string {
	return fmt.Sprintf("Flink version %q is not supported; supported are %s", e.Version, strings.Join(e.Supported, ", "))
}

// Lookup finds the release by a minor ("1.19") or patch version ("1.19.2").
// The error is an *UnsupportedVersionError.
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
	return Version{}, &UnsupportedVersionError{Version: version, Supported: Supported()}
}

// Supported lists the minor versions, oldest first. The slice is the caller's.
func Supported() []string {
	minors := make([]string, 0, len(versions))
	for _, v := range versions {
		minors = append(minors, v.Minor)
	}
	return slices.Clip(minors)
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == "" && (s == "0" || s[0] != '0')
}
