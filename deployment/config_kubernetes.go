package deployment

import corev1 "k8s.io/api/core/v1"

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
