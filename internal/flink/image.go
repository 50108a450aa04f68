package flink

// Ports of a standalone cluster. JobManagerRPC, REST, TaskManagerData and
// QueryableState are Flink's defaults (jobmanager.rpc.port, rest.port,
// queryable-state.proxy.ports); BlobServer, TaskManagerRPC and TaskManagerData
// are random by default and fixed here, as in Flink's own Kubernetes manifests.
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
	OptDir       = Home + "/opt"
	ArtifactsDir = Home + "/artifacts" // default of user.artifacts.base-dir
	TempDir      = "/tmp"              // pid files, io.tmp.dirs
	Entrypoint   = "/docker-entrypoint.sh"

	UserID  int64 = 9999
	GroupID int64 = 9999
)

// First arguments that docker-entrypoint.sh understands.
const (
	CommandJobManager    = "jobmanager"
	CommandStandaloneJob = "standalone-job"
	CommandTaskManager   = "taskmanager"
)
