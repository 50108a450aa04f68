package deployment

import (
	corev1 "k8s.io/api/core/v1"
)

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
	JobManagerPodTemplate  PodTemplate `json:"jobManagerPodTemplate,omitzero"`
	TaskManagerPodTemplate PodTemplate `json:"taskManagerPodTemplate,omitzero"`
}

// Pods are options for the pods of JobManager and TaskManagers.
type Pods struct {
	// Annotations and Labels are put on pods.
	Annotations map[string]string `json:"annotations,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	// NodeSelector, Affinity, Tolerations and ImagePullSecrets are the fields of the
	// same names in the spec of pods.
	NodeSelector     map[string]string      `json:"nodeSelector,omitempty"`
	Affinity         Affinity               `json:"affinity,omitzero"`
	Tolerations      []Toleration           `json:"tolerations,omitempty"`
	ImagePullSecrets []LocalObjectReference `json:"imagePullSecrets,omitempty"`
	// VolumeMounts adds a volume to the pod and mounts it in the Flink container.
	VolumeMounts []VolumeMount `json:"volumeMounts,omitempty"`
	// EnvVars are set in the Flink container.
	EnvVars []EnvVar `json:"envVars,omitempty"`
	// SecurityContext is that of the pod, not of its containers.
	SecurityContext PodSecurityContext `json:"securityContext,omitzero"`
}

// VolumeMount is a volume and where it is mounted. Both have Name's name; where
// one says otherwise, that is an error.
type VolumeMount struct {
	// Name is required. Volume is the pod's, VolumeMount is where Flink's container has it.
	Name        string           `json:"name,omitempty"`
	Volume      Volume           `json:"volume"`
	VolumeMount VolumeMountPoint `json:"volumeMount"`
}

// Parts of Kubernetes objects that a resource holds: checked against the
// Kubernetes type, kept as they were written.
type (
	PodTemplate          = Raw[corev1.PodTemplateSpec]
	Affinity             = Raw[corev1.Affinity]
	Toleration           = Raw[corev1.Toleration]
	LocalObjectReference = Raw[corev1.LocalObjectReference]
	Volume               = Raw[corev1.Volume]
	VolumeMountPoint     = Raw[corev1.VolumeMount]
	EnvVar               = Raw[corev1.EnvVar]
	PodSecurityContext   = Raw[corev1.PodSecurityContext]
)
