// Package catalog is data about what the renderer emits and what patches may do
// to it. It has no behaviour beyond looking things up, and imports nothing of
// the library, so that patch, target and render agree by reading the same lines.
package catalog

// Mode says for which resource an object is emitted.
type Mode uint8

// The modes, as bits.
const (
	Application Mode = 1 << iota // a Deployment that runs in application mode
	Session                      // a SessionCluster
)

// Kind is a kind of Kubernetes object that the renderer emits.
type Kind struct {
	APIVersion, Kind string
	Modes            Mode
	// Optional kinds may be deleted by a patch; others are needed by the rest.
	Optional bool
}

var kinds = [...]Kind{
	{"v1", "ServiceAccount", Application | Session, true},
	{"rbac.authorization.k8s.io/v1", "Role", Application | Session, true},
	{"rbac.authorization.k8s.io/v1", "RoleBinding", Application | Session, true},
	{"v1", "ConfigMap", Application | Session, false},
	{"v1", "Service", Application | Session, false},
	{"apps/v1", "Deployment", Application | Session, false},
	{"batch/v1", "Job", Application, false},
	{"policy/v1", "PodDisruptionBudget", Application | Session, true},
}

// Kinds returns the kinds that the renderer emits.
func Kinds() []Kind { return append([]Kind(nil), kinds[:]...) }

// Lookup returns the emitted kind, if there is one.
func Lookup(apiVersion, kind string) (Kind, bool) {
	for _, k := range kinds {
		if k.APIVersion == apiVersion && k.Kind == kind {
			return k, true
		}
	}
	return Kind{}, false
}

// VVP's API version and the kinds that a patch set can change.
const (
	VVPVersion     = "v1"
	Deployment     = "Deployment"
	SessionCluster = "SessionCluster"
)

// IsResource reports whether an inline patch with these addresses the VVP
// resource. Kubernetes has no Deployment in its group "v1".
func IsResource(apiVersion, kind string) bool {
	return apiVersion == VVPVersion && (kind == Deployment || kind == SessionCluster)
}

// ProtectedOfResource returns the paths of a VVP resource that no patch changes:
// its identity, and what it refers to.
func ProtectedOfResource() [][]string {
	return [][]string{
		{"apiVersion"}, {"kind"},
		{"metadata", "id"}, {"metadata", "name"}, {"metadata", "namespace"},
		{"spec", "deploymentTargetId"}, {"spec", "deploymentTargetName"}, {"spec", "sessionClusterName"},
	}
}

// ProtectedOfObject returns the paths of a Kubernetes object that no patch
// changes. Selectors are immutable in Kubernetes and tie Services to pods.
func ProtectedOfObject() [][]string {
	return [][]string{
		{"apiVersion"}, {"kind"},
		{"metadata", "name"}, {"metadata", "namespace"},
		{"spec", "selector"},
	}
}

// LabelPaths returns where objects carry labels: their own, and their pods'.
func LabelPaths() [][]string {
	return [][]string{
		{"metadata", "labels"},
		{"spec", "template", "metadata", "labels"},
	}
}

// JobIDLabel is the key of the system label that differs from job to job.
const JobIDLabel = "jobId"

// SystemLabels returns the keys of the labels that the platform sets.
func SystemLabels() []string {
	return []string{
		"app", "component", "deploymentId", "deploymentName", JobIDLabel,
		"sessionClusterId", "sessionClusterName", "system", "vvpNamespace",
	}
}

// MergeList is a list of a VVP resource that strategic merges merge by key, or a
// map or list whose content merges like a Kubernetes type.
type MergeList struct {
	// Path has the names joined by dots; "[]" stands for the elements of a list.
	Path string
	Keys []string
	// Type is a type of Kubernetes' core/v1.
	Type string
}

// MergeLists returns the merge lists of a VVP kind. Parts of a resource that are
// of a Kubernetes type merge as they do in a pod.
func MergeLists(kind string) []MergeList {
	prefix := "spec.kubernetes."
	if kind == Deployment {
		prefix = "spec.template.spec.kubernetes."
	}
	return []MergeList{
		{Path: prefix + "pods.envVars", Keys: []string{"name"}, Type: "EnvVar"},
		{Path: prefix + "pods.imagePullSecrets", Keys: []string{"name"}},
		{Path: prefix + "pods.volumeMounts", Keys: []string{"name"}},
		{Path: prefix + "pods.volumeMounts[].volume", Type: "Volume"},
		{Path: prefix + "jobManagerPodTemplate", Type: "PodTemplateSpec"},
		{Path: prefix + "taskManagerPodTemplate", Type: "PodTemplateSpec"},
	}
}
