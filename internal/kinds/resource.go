package kinds

import "slices"

// VVP's API version and the kinds of its resources that patches change.
const (
	VVPVersion     = "v1"
	Deployment     = "Deployment"
	SessionCluster = "SessionCluster"
)

// Resource is a kind of VVP resource that patches change.
type Resource struct {
	TypeMeta
	// Protected are the fields that no patch changes: the identity, and references.
	Protected [][]string
	// Lists are the merge lists of strategic merges, less those of Kubernetes types.
	Lists []MergeList
	// Present are the maps that patches always find, if empty. JSON leaves empty ones out.
	Present [][]string
}

// MergeList is a list that strategic merges merge by keys, or a map or list whose
// content merges like a Kubernetes type.
type MergeList struct {
	// Path has the names joined by dots; "[]" stands for the elements of a list.
	Path string
	Keys []string
	// Type is a type of Kubernetes' core/v1.
	Type string
}

var resources = []Resource{
	resource(Deployment, "spec.template.spec.kubernetes.", [][]string{
		{"spec", "template", "metadata", "annotations"},
		{"spec", "template", "spec", "flinkConfiguration"},
	}),
	resource(SessionCluster, "spec.kubernetes.", [][]string{{"spec", "flinkConfiguration"}}),
}

func resource(kind, kubernetes string, present [][]string) Resource {
	return Resource{
		TypeMeta: TypeMeta{VVPVersion, kind},
		Protected: append(slices.Clone(identity), [][]string{
			{"metadata", "id"},
			{"spec", "deploymentTargetId"}, {"spec", "deploymentTargetName"}, {"spec", "sessionClusterName"},
		}...),
		Lists: []MergeList{
			{Path: kubernetes + "pods.envVars", Keys: []string{"name"}, Type: "EnvVar"},
			{Path: kubernetes + "pods.imagePullSecrets", Keys: []string{"name"}},
			{Path: kubernetes + "pods.volumeMounts", Keys: []string{"name"}},
			{Path: kubernetes + "pods.volumeMounts[].volume", Type: "Volume"},
			{Path: kubernetes + "jobManagerPodTemplate", Type: "PodTemplateSpec"},
			{Path: kubernetes + "taskManagerPodTemplate", Type: "PodTemplateSpec"},
		},
		Present: append(present, []string{"metadata", "labels"}, []string{"metadata", "annotations"}),
	}
}

// Resources returns the kinds of VVP resources that patches change. The slice is shared.
func Resources() []Resource { return resources[:len(resources):len(resources)] }

// LookupResource returns the VVP resource that an inline patch addresses, and false if
// it addresses none. Kubernetes has no Deployment in its group "v1".
func LookupResource(t TypeMeta) (Resource, bool) {
	i := slices.IndexFunc(resources, func(r Resource) bool { return r.TypeMeta == t })
	if i < 0 {
		return Resource{}, false
	}
	return resources[i], true
}

// Fill makes the maps of a VVP resource that patches always find.
func Fill(t TypeMeta, doc map[string]any) {
	resource, _ := LookupResource(t)
	for _, path := range resource.Present {
		at := doc
		for _, key := range path {
			next, ok := at[key].(map[string]any)
			if !ok {
				next = map[string]any{}
				at[key] = next
			}
			at = next
		}
	}
}

// LabelPaths are where objects carry labels: their own, and their pods'. Read only.
var LabelPaths = [][]string{
	{"metadata", "labels"},
	{"spec", "template", "metadata", "labels"},
}

// JobIDLabel is the key of the system label that differs from job to job.
const JobIDLabel = "jobId"

// SystemLabels are the keys of the labels that the platform sets. Read only.
var SystemLabels = []string{
	"app", "component", "deploymentId", "deploymentName", JobIDLabel,
	"sessionClusterId", "sessionClusterName", "system", "vvpNamespace",
}
