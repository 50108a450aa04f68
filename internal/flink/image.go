package flink

import (
	"path"
	"strings"
)

// Ports of a standalone cluster. The RPC port of the JobManager and the REST
// port are Flink's defaults; the ports of the blob server and the TaskManager
// are random by default and fixed here. 6122, 6124 and 6125 are the numbers of
// Flink's own standalone manifests for Kubernetes; 6121 is the number in common
// use for TaskManager data.
const (
	PortTaskManagerData = 6121 // taskmanager.data.port
	PortTaskManagerRPC  = 6122 // taskmanager.rpc.port
	PortJobManagerRPC   = 6123 // jobmanager.rpc.port
	PortBlobServer      = 6124 // blob.server.port
	PortQueryableState  = 6125 // queryable-state.proxy.ports
	PortREST            = 8081 // rest.port
)

// Places and identity in the official images (apache/flink-docker: Dockerfile
// and docker-entrypoint.sh).
const (
	Home         = "/opt/flink"
	ConfDir      = Home + "/conf"
	UserLibDir   = Home + "/usrlib"
	LogDir       = Home + "/log"
	PluginsDir   = Home + "/plugins"
	ArtifactsDir = Home + "/artifacts" // default of user.artifacts.base-dir
	TempDir      = "/tmp"              // pid files, io.tmp.dirs

	UserID  int64 = 9999
	GroupID int64 = 9999
)

// First arguments that docker-entrypoint.sh understands.
const (
	CommandJobManager    = "jobmanager"
	CommandStandaloneJob = "standalone-job"
	CommandTaskManager   = "taskmanager"
)

// ContainerPrefix is what the containers of Flink are called with their component:
// flink-jobmanager, flink-taskmanager, as in VVP's pods, because pod templates and
// patches address them by name.
const ContainerPrefix = "flink-"

// Volumes of the pods: of the configuration, and of what init containers put into usrlib.
const (
	ConfigVolume  = "flink-config"
	UserLibVolume = "flink-usrlib"
)

// Mounted returns where a mount path leads: kubelet reads one without a / as from the root.
func Mounted(mountPath string) string {
	if strings.HasPrefix(mountPath, "/") {
		return path.Clean(mountPath) // which allocates nothing, mostly
	}
	return path.Join("/", mountPath)
}

// HidesConfig reports whether what is mounted at a path hides the configuration, or Flink
// with it: at its folder, at its file, or above.
func HidesConfig(v Version, mountPath string) bool {
	at := Mounted(mountPath)
	return mountPath != "" && (at == ConfDir || at == ConfDir+"/"+v.ConfigFile ||
		strings.HasPrefix(ConfDir, strings.TrimSuffix(at, "/")+"/"))
}

// PluginsVariable is what the entrypoint of Flink's images reads: the plugins of opt
// to link into the plugins folder. It stops the container if one is not in opt.
const PluginsVariable = "ENABLE_BUILT_IN_PLUGINS"
