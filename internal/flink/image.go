package flink

import (
	"cmp"
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
	PortQueryService    = 6126 // metrics.internal.query-service.port, where policies need a number
	PortREST            = 8081 // rest.port
	PortStateServer     = 9067 // the default of queryable-state.server.ports
)

// Ports are all of them, some of which are open with some options only.
func Ports() []int {
	return []int{PortTaskManagerData, PortTaskManagerRPC, PortJobManagerRPC, PortBlobServer, PortQueryableState,
		PortQueryService, PortREST, PortStateServer}
}

// A Home is the folder of Flink in an image. The zero value is that of the official
// images (apache/flink-docker: Dockerfile and docker-entrypoint.sh).
type Home string

const (
	officialHome Home = "/opt/flink"
	vvpHome      Home = "/flink" // VVP's pages "Artifacts" and "Custom Docker Images"
)

// HomeOf returns where an image has Flink: VVP's have it in /flink.
func HomeOf(image string) Home {
	if VVPImage(image) {
		return vvpHome
	}
	return ""
}

// String returns the folder, and the methods below folders in it.
func (h Home) String() string { return string(cmp.Or(h, officialHome)) }

func (h Home) Conf() string    { return h.String() + "/conf" }
func (h Home) UserLib() string { return h.String() + "/usrlib" }
func (h Home) Log() string     { return h.String() + "/log" }
func (h Home) Plugins() string { return h.String() + "/plugins" }

// Elsewhere returns the known home that a path is in, if that is not h; "" otherwise.
func (h Home) Elsewhere(path string) Home {
	for _, other := range [...]Home{officialHome, vvpHome} {
		if other.String() != h.String() && strings.HasPrefix(path, other.String()+"/") {
			return other
		}
	}
	return ""
}

// Places and identity in the images.
const (
	ArtifactsDir = "/opt/flink/artifacts" // default of user.artifacts.base-dir
	TempDir      = "/tmp"                 // pid files, io.tmp.dirs

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
func (h Home) HidesConfig(v Version, mountPath string) bool {
	at, conf := Mounted(mountPath), h.Conf()
	return mountPath != "" && (at == conf || at == conf+"/"+v.ConfigFile ||
		strings.HasPrefix(conf, strings.TrimSuffix(at, "/")+"/"))
}

// PluginsVariable is what the entrypoint of Flink's images reads: the plugins of opt
// to link into the plugins folder. It stops the container if one is not in opt.
const PluginsVariable = "ENABLE_BUILT_IN_PLUGINS"
