package deployment

import (
	"cmp"
	"encoding/json"

	corev1 "k8s.io/api/core/v1"

	"github.com/flinktarget/flinktarget/internal/flink"
)

// The kinds and the API version of the resources of this package.
const (
	KindDeployment     = "Deployment"
	KindSessionCluster = "SessionCluster"
	APIVersion         = "v1"
)

// Config is a VVP Deployment as it is written: an open struct in the shape of
// VVP's YAML and JSON. It is data to build and edit; [New] checks it and makes a
// [Deployment] of a copy. A pointer or map that is nil, and a string that is
// empty, is a field that is not set.
//
// It works with encoding/json and with libraries for YAML. sigs.k8s.io/yaml makes JSON of
// YAML first, and 1.20 is 1.2 then: quote such values, or use [Parse]. Its parts, such as a
// Spec, have no methods for libraries that do not know the tag json.
type Config struct {
	// Kind and APIVersion may be empty, or "Deployment" and "v1".
	Kind       string `json:"kind,omitempty" enum:"Deployment"`
	APIVersion string `json:"apiVersion,omitempty" enum:"v1"`
	// Metadata says which Deployment it is, Spec what runs.
	Metadata Metadata `json:"metadata" required:"true"`
	Spec     Spec     `json:"spec" required:"true"`
}

// Metadata identifies a Deployment or a SessionCluster.
type Metadata struct {
	// ID is the UUID that VVP gave, in lower case. Where it is empty, the id is
	// derived from kind, namespace and name.
	ID string `json:"id,omitempty" format:"uuid"`
	// Name is required. VVP 2.4 and newer allow 1 to 63 characters of a-z, 0-9 and
	// "-" in it; the names of Deployments in older versions are free text, which is
	// accepted here too, up to 250 characters.
	Name string `json:"name" required:"the name of the resource"`
	// DisplayName is what VVP's user interface shows. Deployments only.
	DisplayName string `json:"displayName,omitempty"`
	// Namespace is a VVP namespace. Empty means "default".
	Namespace string `json:"namespace,omitempty" default:"default" format:"label-value"`
	// Labels and Annotations are VVP's own.
	Labels      map[string]string `json:"labels,omitempty" default:"{}"`
	Annotations map[string]string `json:"annotations,omitempty" default:"{}"`
}

// State is the desired state of a resource.
type State string

// The states. SUSPENDED and CANCELLED are of Deployments, STOPPED is of
// SessionClusters. They may be written in any case, as on VVP's pages; Resolved has
// them in upper case. CANCELED, with one L, is read as CANCELLED, with a warning.
const (
	Running   State = "RUNNING"
	Suspended State = "SUSPENDED"
	Cancelled State = "CANCELLED"
	Stopped   State = "STOPPED"
)

// canceled is how VVP's pages sometimes spell Cancelled.
const canceled State = "CANCELED"

// Spec is the spec of a Deployment. Exactly one of DeploymentTargetID,
// DeploymentTargetName and SessionClusterName is set.
type Spec struct {
	// State is RUNNING if empty. It may be written in any case.
	State State `json:"state,omitempty" enum:"RUNNING,SUSPENDED,CANCELLED" also:"CANCELED" case:"any" default:"RUNNING"`
	// DeploymentTargetID and DeploymentTargetName refer to a target of the same VVP
	// namespace; SessionClusterName names the SessionCluster that runs the job.
	DeploymentTargetID   string `json:"deploymentTargetId,omitempty" format:"uuid"`
	DeploymentTargetName string `json:"deploymentTargetName,omitempty" format:"target-name"`
	SessionClusterName   string `json:"sessionClusterName,omitempty" format:"cluster-name"`

	// UpgradeStrategy is STATEFUL and RestoreStrategy LATEST_STATE if nil.
	UpgradeStrategy *UpgradeStrategy `json:"upgradeStrategy,omitempty" default:"{}"`
	RestoreStrategy *RestoreStrategy `json:"restoreStrategy,omitempty" default:"{}"`
	// StartFromSavepoint is VVP 2.0's form of RestoreStrategy; only one of them
	// can be set.
	StartFromSavepoint *StartFromSavepoint `json:"startFromSavepoint,omitempty"`
	// MaxSavepointCreationAttempts is 4 if nil.
	MaxSavepointCreationAttempts *int32 `json:"maxSavepointCreationAttempts,omitempty" min:"1" default:"4"`
	// MaxJobCreationAttempts is 4 if nil.
	MaxJobCreationAttempts *int32 `json:"maxJobCreationAttempts,omitempty" min:"1" default:"4"`
	// JobFailureExpirationTime is a number or a duration; VVP documents no unit.
	JobFailureExpirationTime string `json:"jobFailureExpirationTime,omitempty" wire:"number" format:"duration"`

	// Template is required: the job.
	Template Template `json:"template" required:"true"`
}

// UpgradeStrategy says what VVP does with a running job when its template changes.
type UpgradeStrategy struct {
	// Kind is STATEFUL, STATELESS or NONE, in any case.
	Kind string `json:"kind,omitempty" enum:"STATEFUL,STATELESS,NONE" case:"any" default:"STATEFUL"`
}

// RestoreStrategy says which state VVP starts a job from.
type RestoreStrategy struct {
	// Kind is LATEST_STATE, LATEST_SAVEPOINT or NONE, in any case.
	Kind string `json:"kind,omitempty" enum:"LATEST_STATE,LATEST_SAVEPOINT,NONE" case:"any" default:"LATEST_STATE"`
	// AllowNonRestoredState lets a job start from a savepoint with state that belongs
	// to no operator of it. False if nil.
	AllowNonRestoredState *bool `json:"allowNonRestoredState,omitempty" default:"false"`
}

// StartFromSavepoint says whether VVP 2.0 starts a job from its latest savepoint.
type StartFromSavepoint struct {
	// Kind is NONE or LATEST, in any case.
	Kind string `json:"kind,omitempty" enum:"NONE,LATEST" case:"any"`
}

// Template is what jobs are made of.
type Template struct {
	// Metadata has annotations, and Spec is the job itself.
	Metadata TemplateMetadata `json:"metadata,omitzero"`
	Spec     TemplateSpec     `json:"spec" required:"true"`
}

// TemplateMetadata has annotations that VVP itself acts on.
type TemplateMetadata struct {
	// Annotations are AnnotationQueryableState, AnnotationTLS, and others of VVP's own.
	Annotations map[string]string `json:"annotations,omitempty" default:"{}"`
}

// The annotations of a template that have a meaning. Their values are "true" and
// "false".
const (
	AnnotationQueryableState = "flink.queryable-state.enabled"
	AnnotationTLS            = "flink.security.ssl.enabled"
)

// TemplateSpec says what a job runs, and how.
type TemplateSpec struct {
	// Artifact is required: the program.
	Artifact Artifact `json:"artifact" required:"true"`
	// Parallelism is 1 if nil.
	Parallelism *int32 `json:"parallelism,omitempty" min:"1" default:"1"`
	// NumberOfTaskManagers is as many as the parallelism needs if nil.
	NumberOfTaskManagers *int32 `json:"numberOfTaskManagers,omitempty" min:"1"`
	// Resources has CPU and memory of the containers.
	Resources Resources `json:"resources,omitzero"`
	// FlinkConfiguration has Flink's options. Values are text whatever YAML makes
	// of them.
	FlinkConfiguration map[string]string `json:"flinkConfiguration,omitempty" wire:"scalar" default:"{}"`
	// Logging says what Flink logs, and Kubernetes adds to pods and objects.
	Logging    Logging    `json:"logging,omitzero"`
	Kubernetes Kubernetes `json:"kubernetes,omitzero"`
	// LatestCheckpointFetchInterval is how often VVP asks Flink for its latest
	// checkpoint; VVP documents no unit.
	LatestCheckpointFetchInterval *int32 `json:"latestCheckpointFetchInterval,omitempty" min:"0"`
}

// The kinds of artifacts.
const (
	ArtifactJar       = "JAR"
	ArtifactSQLScript = "SQLSCRIPT"
	ArtifactPython    = "PYTHON"
)

// Artifact is the program, and the image that runs it. Which fields can be set
// depends on its kind.
type Artifact struct {
	// Kind is JAR, SQLSCRIPT or PYTHON, in any case.
	Kind string `json:"kind" enum:"JAR,SQLSCRIPT,PYTHON" case:"any" required:"JAR, SQLSCRIPT or PYTHON"`

	// JarURI is required for a JAR, and for no other kind.
	JarURI string `json:"jarUri,omitempty" of:"JAR" required:"for JAR" format:"uri"`
	// EntryClass may be empty if the jar's manifest names the class. JAR only.
	EntryClass string `json:"entryClass,omitempty" of:"JAR" format:"class"`
	// MainArgs are split as a POSIX shell does; nothing is expanded. JAR and PYTHON.
	MainArgs string `json:"mainArgs,omitempty" of:"JAR,PYTHON"`

	// SQLScript is required for a SQLSCRIPT, and for no other kind.
	SQLScript string `json:"sqlScript,omitempty" of:"SQLSCRIPT" required:"for SQLSCRIPT"`

	// PythonArtifactURI is required for a PYTHON artifact, and for no other kind.
	PythonArtifactURI string `json:"pythonArtifactUri,omitempty" of:"PYTHON" required:"for PYTHON" format:"uri"`
	// EntryModule, AdditionalPythonLibraries and AdditionalPythonArchives are for
	// PYTHON only. The lists hold URIs.
	EntryModule               string   `json:"entryModule,omitempty" of:"PYTHON" format:"module"`
	AdditionalPythonLibraries []string `json:"additionalPythonLibraries,omitempty" of:"PYTHON" format:"uri"`
	AdditionalPythonArchives  []string `json:"additionalPythonArchives,omitempty" of:"PYTHON" format:"uri"`

	// AdditionalDependencies are URIs of jars for the user-code class path.
	AdditionalDependencies []string `json:"additionalDependencies,omitempty" format:"uri"`
	// FlinkVersion is a minor version such as 1.20, or a patch version of it, whose official
	// image runs where the parts of the image's name are left out. It is required, but in
	// session mode, where it is the SessionCluster's, and where EngineVersionName names it.
	FlinkVersion string `json:"flinkVersion,omitempty" wire:"number"`
	// EngineVersionName is VVP 3's form of FlinkVersion, such as vera-4.1-flink-1.20.
	EngineVersionName string `json:"engineVersionName,omitempty" format:"engine"`
	// FlinkImageRegistry, FlinkImageRepository and FlinkImageTag are the parts of the
	// image's name. What is left out is taken from the official image of the version.
	FlinkImageRegistry   string `json:"flinkImageRegistry,omitempty" format:"image-registry"`
	FlinkImageRepository string `json:"flinkImageRepository,omitempty" format:"image-repository"`
	FlinkImageTag        string `json:"flinkImageTag,omitempty" format:"image-tag"`
}

// Version returns the version of Flink: FlinkVersion, or the one in EngineVersionName;
// "" if none is named.
func (a Artifact) Version() string {
	return cmp.Or(a.FlinkVersion, flink.OfEngine(a.EngineVersionName))
}

// Resources are what a container of each component gets. Requests and limits are
// the same.
type Resources struct {
	// JobManager is the size of one JobManager, TaskManager that of each TaskManager.
	JobManager  Resource `json:"jobmanager,omitzero" default:"{\"memory\": \"1G\"}"`
	TaskManager Resource `json:"taskmanager,omitzero" default:"{\"memory\": \"2G\"}"`
}

// Resource is the size of a container.
type Resource struct {
	// CPU is in cores, a decimal number of at least 0.1. 1 if empty.
	CPU json.Number `json:"cpu,omitempty" min:"0.1" format:"cores" default:"1"`
	// Memory is a decimal number with an optional unit k, m or g in any case. Units
	// are powers of ten: "1g" is 1,000,000,000 bytes. Without a unit it is bytes.
	// If empty, 1G for the JobManager and 2G for a TaskManager.
	Memory string `json:"memory,omitempty" wire:"number" format:"memory"`
}

// Logging says what Flink logs.
type Logging struct {
	// LoggingProfile names a configuration of Log4j; "default" if empty.
	LoggingProfile string `json:"loggingProfile,omitempty" default:"default"`
	// Log4jLoggers has a level for each logger; "" is the root logger.
	Log4jLoggers map[string]string `json:"log4jLoggers,omitempty" wire:"scalar" default:"{\"\": \"INFO\"}"`
	// Log4j2ConfigurationTemplate replaces the profile. The renderer refuses it.
	Log4j2ConfigurationTemplate string `json:"log4j2ConfigurationTemplate,omitempty"`
}

// Kubernetes adds to what is rendered. Labels of the system win over all others.
// Either Pods is set or the templates are, not both.
type Kubernetes struct {
	// Labels are added to workloads and Services.
	Labels map[string]string `json:"labels,omitempty"`
	// Annotations are added to all objects and pods.
	Annotations map[string]string `json:"annotations,omitempty"`
	// Pods has options for the pods of both components.
	Pods *Pods `json:"pods,omitempty"`
	// JobManagerPodTemplate and TaskManagerPodTemplate are merged into the generated
	// pods. They may be partial: containers are merged by name (flink-jobmanager,
	// flink-taskmanager). apiVersion v1 and kind Pod or PodTemplate mean nothing.
	JobManagerPodTemplate  Raw[corev1.PodTemplateSpec] `json:"jobManagerPodTemplate,omitzero"`
	TaskManagerPodTemplate Raw[corev1.PodTemplateSpec] `json:"taskManagerPodTemplate,omitzero"`
}

// Pods are options for the pods of JobManager and TaskManagers.
type Pods struct {
	// Annotations and Labels are put on pods.
	Annotations map[string]string `json:"annotations,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	// NodeSelector, Affinity, Tolerations and ImagePullSecrets are the fields of the
	// same names in the spec of pods.
	NodeSelector     map[string]string                  `json:"nodeSelector,omitempty"`
	Affinity         Raw[corev1.Affinity]               `json:"affinity,omitzero"`
	Tolerations      []Raw[corev1.Toleration]           `json:"tolerations,omitempty"`
	ImagePullSecrets []Raw[corev1.LocalObjectReference] `json:"imagePullSecrets,omitempty"`
	// VolumeMounts adds a volume to the pod and mounts it in the Flink container.
	VolumeMounts []VolumeMount `json:"volumeMounts,omitempty"`
	// EnvVars are set in the Flink container.
	EnvVars []Raw[corev1.EnvVar] `json:"envVars,omitempty"`
	// SecurityContext is that of the pod, not of its containers.
	SecurityContext Raw[corev1.PodSecurityContext] `json:"securityContext,omitzero"`
}

// VolumeMount is a volume and where it is mounted. Both have Name's name; where
// one says otherwise, that is an error.
type VolumeMount struct {
	// Name is required. Volume is the pod's, VolumeMount is where Flink's container has it.
	Name        string                  `json:"name,omitempty"`
	Volume      Raw[corev1.Volume]      `json:"volume"`
	VolumeMount Raw[corev1.VolumeMount] `json:"volumeMount"`
}
