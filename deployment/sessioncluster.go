package deployment

import (
	"encoding/json"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/yamldoc"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/target"
)

// SessionClusterConfig is a VVP SessionCluster as it is written, as [Config] is a
// Deployment. [NewSessionCluster] checks it.
type SessionClusterConfig struct {
	// Kind and APIVersion may be empty, or "SessionCluster" and "v1".
	Kind       string `json:"kind,omitempty"`
	APIVersion string `json:"apiVersion,omitempty"`
	// Metadata says which SessionCluster it is, Spec what it is like.
	Metadata Metadata           `json:"metadata"`
	Spec     SessionClusterSpec `json:"spec"`
}

// SessionClusterSpec is the spec of a SessionCluster.
type SessionClusterSpec struct {
	// State is RUNNING or STOPPED; RUNNING if empty.
	State State `json:"state,omitempty"`
	// DeploymentTargetName is required.
	DeploymentTargetName string `json:"deploymentTargetName"`
	// FlinkVersion is required: a minor version such as 1.20, or a patch version of it.
	FlinkVersion string `json:"flinkVersion" wire:"number"`
	// FlinkImageRegistry, FlinkImageRepository and FlinkImageTag are as in an Artifact.
	FlinkImageRegistry   string `json:"flinkImageRegistry,omitempty"`
	FlinkImageRepository string `json:"flinkImageRepository,omitempty"`
	FlinkImageTag        string `json:"flinkImageTag,omitempty"`
	// NumberOfTaskManagers is 1 if nil.
	NumberOfTaskManagers *int32 `json:"numberOfTaskManagers,omitempty"`
	// Resources, FlinkConfiguration, Logging and Kubernetes are as in a TemplateSpec.
	Resources          Resources         `json:"resources,omitzero"`
	FlinkConfiguration map[string]string `json:"flinkConfiguration,omitempty" wire:"scalar"`
	Logging            Logging           `json:"logging,omitzero"`
	Kubernetes         Kubernetes        `json:"kubernetes,omitzero"`
}

func (c SessionClusterConfig) clone() SessionClusterConfig {
	c.Metadata = c.Metadata.clone()
	c.Spec.NumberOfTaskManagers = clonePointer(c.Spec.NumberOfTaskManagers)
	c.Spec.FlinkConfiguration = cloneMap(c.Spec.FlinkConfiguration)
	c.Spec.Logging.Log4jLoggers = cloneMap(c.Spec.Logging.Log4jLoggers)
	c.Spec.Kubernetes = c.Spec.Kubernetes.clone()
	return c
}

func (c SessionClusterConfig) withDefaults() SessionClusterConfig {
	c = c.clone()
	c.Kind, c.APIVersion = KindSessionCluster, APIVersion
	c.Metadata = c.Metadata.withDefaults()
	if c.Spec.State == "" {
		c.Spec.State = Running
	}
	c.Spec.NumberOfTaskManagers = or(c.Spec.NumberOfTaskManagers, int32(1))
	c.Spec.Resources = c.Spec.Resources.withDefaults()
	c.Spec.FlinkConfiguration = present(c.Spec.FlinkConfiguration)
	c.Spec.Logging = c.Spec.Logging.withDefaults()
	return c
}

func (c SessionClusterConfig) subject() string { return subject(KindSessionCluster, c.Metadata) }

// A SessionCluster is a VVP SessionCluster that has been checked: an immutable
// value, safe for concurrent use. The zero value is no SessionCluster.
type SessionCluster struct {
	_ [0]func() // compare with Equal, not with ==
	d *sessionClusterData
}

// sessionClusterData does not change after it was made.
type sessionClusterData struct {
	config SessionClusterConfig // as it was given
	source *yamldoc.Node        // nil if it was not read from a text
}

// NewSessionCluster checks a configuration and returns a SessionCluster made of a
// copy of it. The error is an [*InvalidError] with all problems.
func NewSessionCluster(c SessionClusterConfig) (SessionCluster, error) {
	c = c.clone()
	if errs := validateSessionCluster(c); len(errs) > 0 {
		return SessionCluster{}, &InvalidError{Subject: c.subject(), Fields: decode.Fields(errs)}
	}
	return SessionCluster{d: &sessionClusterData{config: c}}, nil
}

// ParseSessionCluster reads one SessionCluster in YAML or JSON, as [Parse] reads
// a Deployment.
func ParseSessionCluster(file string, text []byte) (SessionCluster, error) {
	root, problems := decode.Document(file, text)
	if root == nil {
		return SessionCluster{}, invalid("", problems)
	}
	return sessionClusterFromNode(root)
}

func sessionClusterFromNode(root *yamldoc.Node) (SessionCluster, error) {
	var c SessionClusterConfig
	if problems := decode.Resource(root, &c, validateSessionCluster); len(problems) > 0 {
		return SessionCluster{}, invalid(c.subject(), problems)
	}
	return SessionCluster{d: &sessionClusterData{config: c.clone(), source: root}}, nil
}

func (s SessionCluster) get() SessionClusterConfig {
	if s.d == nil {
		return SessionClusterConfig{}
	}
	return s.d.config
}

// IsZero reports whether s is the zero value, which is no SessionCluster.
func (s SessionCluster) IsZero() bool { return s.d == nil }

// ID returns metadata.id, or the id that is derived from kind, namespace and name
// where that is empty.
func (s SessionCluster) ID() string {
	if s.d == nil {
		return ""
	}
	return idOf(KindSessionCluster, s.d.config.Metadata)
}

// Name returns metadata.name.
func (s SessionCluster) Name() string { return s.get().Metadata.Name }

// Namespace returns the VVP namespace, "default" if none was given.
func (s SessionCluster) Namespace() string {
	if s.d == nil {
		return ""
	}
	return namespaceOf(s.d.config.Metadata)
}

// Target returns the target that the SessionCluster refers to.
func (s SessionCluster) Target() target.Ref {
	if s.d == nil {
		return target.Ref{}
	}
	return target.Ref{Namespace: s.Namespace(), Name: s.d.config.Spec.DeploymentTargetName}
}

// Owner returns the SessionCluster as one who refers to a target. Its UID is
// metadata.id, which may be empty.
func (s SessionCluster) Owner() target.Owner {
	return target.Owner{Kind: KindSessionCluster, Namespace: s.Namespace(), Name: s.Name(), UID: s.get().Metadata.ID}
}

// Config returns a copy of the configuration, as it was given.
func (s SessionCluster) Config() SessionClusterConfig { return s.get().clone() }

// Resolved returns a copy of the configuration with everything filled in that VVP
// documents a default for.
func (s SessionCluster) Resolved() SessionClusterConfig {
	if s.d == nil {
		return SessionClusterConfig{}
	}
	return s.d.config.withDefaults()
}

// Patch returns the SessionCluster that a target's patch set makes of s, as
// [Deployment.Patch] does.
func (s SessionCluster) Patch(set patch.Set) (SessionCluster, error) {
	if s.d == nil {
		return SessionCluster{}, nil
	}
	c := s.Resolved()
	if !set.HasResource(KindSessionCluster) {
		return SessionCluster{d: &sessionClusterData{config: c.clone()}}, nil
	}
	root, err := patched(set, KindSessionCluster, c)
	if err != nil {
		return SessionCluster{}, err
	}
	return sessionClusterFromNode(root)
}

// Position returns where a field stands in the text that s was read from, as
// [Deployment.Position].
func (s SessionCluster) Position(field string) patch.Position {
	if s.d == nil {
		return patch.Position{}
	}
	return patch.Position(s.d.source.Locate(field))
}

// Equal reports whether s and t have equal configurations, as [Deployment.Equal].
func (s SessionCluster) Equal(t SessionCluster) bool {
	if s.d == nil || t.d == nil {
		return s.d == t.d
	}
	return equalJSON(s.d.config, t.d.config)
}

// String returns the kind and namespace/name, for messages.
func (s SessionCluster) String() string { return s.get().subject() }

// MarshalJSON returns the configuration as JSON, which ParseSessionCluster reads;
// null for the zero value.
func (s SessionCluster) MarshalJSON() ([]byte, error) {
	if s.d == nil {
		return []byte("null"), nil
	}
	return json.Marshal(s.d.config)
}

// UnmarshalJSON sets the variable s as ParseSessionCluster does, to the zero value for
// null. The SessionCluster that it held before does not change.
func (s *SessionCluster) UnmarshalJSON(text []byte) error {
	return decode.JSON(s, text, ParseSessionCluster)
}
