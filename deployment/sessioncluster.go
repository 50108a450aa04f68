package deployment

import (
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/target"
)

// SessionClusterConfig is a VVP SessionCluster as it is written, as [Config] is a
// Deployment. [NewSessionCluster] checks it.
type SessionClusterConfig struct {
	// Kind and APIVersion may be empty, or "SessionCluster" and "v1".
	Kind       string `json:"kind,omitempty" enum:"SessionCluster"`
	APIVersion string `json:"apiVersion,omitempty" enum:"v1"`
	// Metadata says which SessionCluster it is, Spec what it is like.
	Metadata Metadata           `json:"metadata" required:"true"`
	Spec     SessionClusterSpec `json:"spec" required:"true"`
}

// SessionClusterSpec is the spec of a SessionCluster.
type SessionClusterSpec struct {
	// State is RUNNING or STOPPED, in any case; RUNNING if empty.
	State State `json:"state,omitempty" enum:"RUNNING,STOPPED" case:"any" default:"RUNNING"`
	// DeploymentTargetName is required.
	DeploymentTargetName string `json:"deploymentTargetName" format:"target-name" required:"a DeploymentTarget"`
	// FlinkVersion is required: a minor version such as 1.20, or a patch version of it.
	FlinkVersion string `json:"flinkVersion" wire:"number" required:"such as 1.20"`
	// FlinkImageRegistry, FlinkImageRepository and FlinkImageTag are as in an Artifact.
	FlinkImageRegistry   string `json:"flinkImageRegistry,omitempty" format:"image-registry"`
	FlinkImageRepository string `json:"flinkImageRepository,omitempty" format:"image-repository"`
	FlinkImageTag        string `json:"flinkImageTag,omitempty" format:"image-tag"`
	// NumberOfTaskManagers is 1 if nil.
	NumberOfTaskManagers *int32 `json:"numberOfTaskManagers,omitempty" min:"1" default:"1"`
	// Resources, FlinkConfiguration, Logging and Kubernetes are as in a TemplateSpec.
	Resources          Resources         `json:"resources,omitzero"`
	FlinkConfiguration map[string]string `json:"flinkConfiguration,omitempty" wire:"scalar" default:"{}"`
	Logging            Logging           `json:"logging,omitzero"`
	Kubernetes         Kubernetes        `json:"kubernetes,omitzero"`
}

// A SessionCluster is a VVP SessionCluster that has been checked: an immutable
// value, safe for concurrent use. The zero value is no SessionCluster.
type SessionCluster struct {
	_ [0]func() // compare with Equal, not with ==
	*data[SessionClusterConfig]
}

// NewSessionCluster checks a configuration and returns a SessionCluster made of a
// copy of it. The error is an [*flinktarget.InvalidError] with all problems.
func NewSessionCluster(c SessionClusterConfig) (SessionCluster, error) {
	c = clone(c)
	if errs := validateSessionCluster(c); len(errs) > 0 {
		return SessionCluster{}, decode.Invalid(subject(c), decode.Fields(errs)...)
	}
	return SessionCluster{data: &data[SessionClusterConfig]{config: c}}, nil
}

// ParseSessionCluster reads one SessionCluster in YAML or JSON, as [Parse] reads
// a Deployment.
func ParseSessionCluster(file string, text []byte) (SessionCluster, error) {
	return decode.Parse("", file, text, Reader{}.sessionCluster)
}

func (o Reader) sessionCluster(root *yaml.Node) (SessionCluster, error) {
	var c SessionClusterConfig
	if problems := decode.Resource(root, &c, o.AllowUnknown, validateSessionCluster); len(problems) > 0 {
		return SessionCluster{}, decode.Invalid(subject(c), problems...)
	}
	return SessionCluster{data: &data[SessionClusterConfig]{config: clone(c), source: root, newer: o.AllowUnknown}}, nil
}

// Target returns the target that the SessionCluster refers to.
func (s SessionCluster) Target() target.Ref {
	return target.Ref{Namespace: s.Namespace(), Name: s.get().Spec.DeploymentTargetName}
}

// Config returns a copy of the configuration, as it was given.
func (s SessionCluster) Config() SessionClusterConfig { return clone(s.get()) }

// Resolved returns a copy of the configuration with everything filled in that VVP
// documents a default for.
func (s SessionCluster) Resolved() SessionClusterConfig { return s.data.resolved() }

// Patch returns the SessionCluster that a target's patch set makes of s, as
// [Deployment.Patch] does.
func (s SessionCluster) Patch(set patch.Set) (SessionCluster, error) {
	root, err := s.patch(set)
	if root == nil {
		return s, err
	}
	return Reader{AllowUnknown: s.newer}.sessionCluster(root)
}

// Equal reports whether s and t have equal configurations, as [Deployment.Equal].
func (s SessionCluster) Equal(t SessionCluster) bool { return s.data.equal(t.data) }

// UnmarshalJSON sets the variable s as ParseSessionCluster does, to the zero value for
// null. The SessionCluster that it held before does not change.
func (s *SessionCluster) UnmarshalJSON(text []byte) error {
	return decode.JSON(s, text, Reader{}.sessionCluster)
}
