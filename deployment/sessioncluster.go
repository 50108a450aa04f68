package deployment

import (
	"github.com/flinktarget/flinktarget"
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
	d *data[SessionClusterConfig]
}

// NewSessionCluster checks a configuration and returns a SessionCluster made of a
// copy of it. The error is an [*flinktarget.InvalidError] with all problems.
func NewSessionCluster(c SessionClusterConfig) (SessionCluster, error) {
	c = clone(c)
	if errs := validateSessionCluster(c); len(errs) > 0 {
		return SessionCluster{}, decode.Invalid(subject(c), decode.Fields(errs)...)
	}
	return SessionCluster{d: &data[SessionClusterConfig]{config: c}}, nil
}

// ParseSessionCluster reads one SessionCluster in YAML or JSON, as [Parse] reads
// a Deployment.
func ParseSessionCluster(file string, text []byte) (SessionCluster, error) {
	return decode.Parse("", file, text, Reader{}.sessionCluster)
}

func (o Reader) sessionCluster(root *yaml.Node) (SessionCluster, error) {
	var c SessionClusterConfig
	if problems := decode.Newer(root, &c, o.AllowUnknown, validateSessionCluster); len(problems) > 0 {
		return SessionCluster{}, decode.Invalid(subject(c), problems...)
	}
	return SessionCluster{d: &data[SessionClusterConfig]{config: clone(c), source: root, newer: o.AllowUnknown}}, nil
}

// IsZero reports whether s is the zero value, which is no SessionCluster.
func (s SessionCluster) IsZero() bool { return s.d == nil }

// ID returns metadata.id, or the id that is derived from kind, namespace and name
// where that is empty.
func (s SessionCluster) ID() string { return s.d.id() }

// Name returns metadata.name.
func (s SessionCluster) Name() string { return s.d.get().Metadata.Name }

// Namespace returns the VVP namespace, "default" if none was given.
func (s SessionCluster) Namespace() string { return s.d.namespace() }

// Target returns the target that the SessionCluster refers to.
func (s SessionCluster) Target() target.Ref {
	if s.d == nil {
		return target.Ref{}
	}
	return target.Ref{Namespace: s.Namespace(), Name: s.d.config.Spec.DeploymentTargetName}
}

// Owner returns the SessionCluster as one who refers to a target. Its UID is
// metadata.id, which may be empty.
func (s SessionCluster) Owner() target.Owner { return s.d.owner() }

// Config returns a copy of the configuration, as it was given.
func (s SessionCluster) Config() SessionClusterConfig { return clone(s.d.get()) }

// Resolved returns a copy of the configuration with everything filled in that VVP
// documents a default for.
func (s SessionCluster) Resolved() SessionClusterConfig {
	if s.d == nil {
		return SessionClusterConfig{}
	}
	return s.d.config.resolved()
}

// Patch returns the SessionCluster that a target's patch set makes of s, as
// [Deployment.Patch] does.
func (s SessionCluster) Patch(set patch.Set) (SessionCluster, error) {
	root, err := s.d.patch(set, s.Resolved)
	if root == nil {
		return s, err
	}
	return Reader{AllowUnknown: s.d.newer}.sessionCluster(root)
}

// Position returns where a field stands in the text that s was read from, as
// [Deployment.Position].
func (s SessionCluster) Position(field string) flinktarget.Position { return s.d.position(field) }

// Equal reports whether s and t have equal configurations, as [Deployment.Equal].
func (s SessionCluster) Equal(t SessionCluster) bool { return s.d.equal(t.d) }

// String returns the kind and namespace/name, for messages.
func (s SessionCluster) String() string { return subject(s.d.get()) }

// MarshalJSON returns the configuration as JSON, which ParseSessionCluster reads;
// null for the zero value.
func (s SessionCluster) MarshalJSON() ([]byte, error) { return s.d.json() }

// UnmarshalJSON sets the variable s as ParseSessionCluster does, to the zero value for
// null. The SessionCluster that it held before does not change.
func (s *SessionCluster) UnmarshalJSON(text []byte) error {
	return decode.JSON(s, text, Reader{}.sessionCluster)
}
