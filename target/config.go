package target

import (
	"maps"
	"slices"

	"github.com/flinktarget/flinktarget/patch"
)

// The kind and API version of a DeploymentTarget, and the VVP namespace of
// resources that name none.
const (
	Kind             = "DeploymentTarget"
	APIVersion       = "v1"
	DefaultNamespace = "default"
)

// Config is a DeploymentTarget as data to build and edit, in the shape of VVP's YAML
// and JSON. [New] checks it and makes a [Target] of a copy.
type Config struct {
	// Kind and APIVersion may be empty, or "DeploymentTarget" and "v1".
	Kind       string `json:"kind,omitempty"`
	APIVersion string `json:"apiVersion,omitempty"`
	// Metadata says which target it is, Spec where and how Flink runs.
	Metadata Metadata `json:"metadata"`
	Spec     Spec     `json:"spec"`
}

// Metadata identifies a target.
type Metadata struct {
	// ID is a lower-case UUID, by which Deployments may refer to the target. VVP's
	// API assigns it; it may be empty.
	ID string `json:"id,omitempty"`
	// Name is required: 1 to 250 characters of 0-9, a-z, A-Z, "-" and "_" (VVP,
	// REST API, resource names).
	Name string `json:"name"`
	// Namespace is a VVP namespace. Empty means "default".
	Namespace string `json:"namespace,omitempty"`
	// Labels and Annotations are VVP's, and may change after creation.
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// Spec is the part of a target that never changes after creation.
type Spec struct {
	// Kubernetes is required: it says where Flink runs.
	Kubernetes *Kubernetes `json:"kubernetes"`
	// DeploymentPatchSet is applied to what is rendered for the target.
	DeploymentPatchSet []patch.Patch `json:"deploymentPatchSet,omitempty"`
}

// Kubernetes says where Flink runs.
type Kubernetes struct {
	// Namespace is a Kubernetes namespace, at most 63 characters. Empty means the
	// namespace that the platform runs in, which must then be an option of the renderer.
	Namespace string `json:"namespace,omitempty"`
}

// clone returns a copy that shares nothing with c. Patches are immutable values.
func (c Config) clone() Config {
	c.Metadata.Labels = maps.Clone(c.Metadata.Labels)
	c.Metadata.Annotations = maps.Clone(c.Metadata.Annotations)
	if c.Spec.Kubernetes != nil {
		k := *c.Spec.Kubernetes
		c.Spec.Kubernetes = &k
	}
	c.Spec.DeploymentPatchSet = slices.Clone(c.Spec.DeploymentPatchSet)
	return c
}
