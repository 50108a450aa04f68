package deployment

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// What VVP fills in where a resource says nothing. Sources: VVP's pages
// "Resources (CPU, Memory)", "Logging", "Deployment Upgrades"; the numbers of
// attempts are those of VVP's own samples.
const (
	defaultLoggingProfile  = "default"
	defaultUpgradeStrategy = "STATEFUL"
	defaultRestoreStrategy = "LATEST_STATE"
	defaultAttempts        = 4
	defaultCPU             = json.Number("1")
	defaultJobManager      = "1G"
	defaultTaskManager     = "2G"
)

func or[T any](p *T, v T) *T {
	if p == nil {
		return &v
	}
	c := *p
	return &c
}

func (m Metadata) withDefaults() Metadata {
	m.Namespace = namespaceOf(m)
	m.Labels = present(m.Labels)
	m.Annotations = present(m.Annotations)
	return m
}

// present returns a copy that is never nil, so that patches find a map to add to.
func present(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return maps.Clone(m)
}

func (r Resources) withDefaults() Resources {
	fill := func(r *Resource, memory string) {
		if r.CPU == "" {
			r.CPU = defaultCPU
		}
		if r.Memory == "" {
			r.Memory = memory
		}
	}
	fill(&r.JobManager, defaultJobManager)
	fill(&r.TaskManager, defaultTaskManager)
	return r
}

func (l Logging) withDefaults() Logging {
	if l.LoggingProfile == "" {
		l.LoggingProfile = defaultLoggingProfile
	}
	l.Log4jLoggers = present(l.Log4jLoggers)
	if len(l.Log4jLoggers) == 0 {
		l.Log4jLoggers[""] = "INFO"
	}
	return l
}

// withDefaults returns a copy of c with all defaults that VVP documents.
func (c Config) withDefaults() Config {
	c = c.clone()
	c.Kind, c.APIVersion = KindDeployment, APIVersion
	c.Metadata = c.Metadata.withDefaults()
	switch c.Spec.State {
	case "":
		c.Spec.State = Running
	case canceled:
		c.Spec.State = Cancelled
	}
	up := or(c.Spec.UpgradeStrategy, UpgradeStrategy{})
	if up.Kind == "" {
		up.Kind = defaultUpgradeStrategy
	}
	restore := or(c.Spec.RestoreStrategy, RestoreStrategy{Kind: c.Spec.StartFromSavepoint.restore()})
	c.Spec.StartFromSavepoint = nil
	if restore.Kind == "" {
		restore.Kind = defaultRestoreStrategy
	}
	restore.AllowNonRestoredState = or(restore.AllowNonRestoredState, false)
	c.Spec.UpgradeStrategy, c.Spec.RestoreStrategy = up, restore
	c.Spec.MaxJobCreationAttempts = or(c.Spec.MaxJobCreationAttempts, int32(defaultAttempts))
	c.Spec.MaxSavepointCreationAttempts = or(c.Spec.MaxSavepointCreationAttempts, int32(defaultAttempts))
	c.Spec.Template.Metadata.Annotations = present(c.Spec.Template.Metadata.Annotations)
	t := &c.Spec.Template.Spec
	t.Parallelism = or(t.Parallelism, int32(1))
	t.Resources = t.Resources.withDefaults()
	t.FlinkConfiguration = present(t.FlinkConfiguration)
	t.Logging = t.Logging.withDefaults()
	return c
}

// restore is the restore strategy that stands for the field of VVP 2.0.
func (s *StartFromSavepoint) restore() string {
	switch {
	case s == nil || s.Kind == "":
		return ""
	case strings.EqualFold(s.Kind, "LATEST"):
		return "LATEST_SAVEPOINT"
	default:
		return "NONE"
	}
}

// clone returns a copy that shares nothing with c. Empty maps and lists become nil,
// so that what says nothing is written in one way.
func (c Config) clone() Config {
	c.Metadata = c.Metadata.clone()
	s := &c.Spec
	s.UpgradeStrategy = clonePointer(s.UpgradeStrategy)
	s.RestoreStrategy = clonePointer(s.RestoreStrategy)
	if s.RestoreStrategy != nil {
		s.RestoreStrategy.AllowNonRestoredState = clonePointer(s.RestoreStrategy.AllowNonRestoredState)
	}
	s.StartFromSavepoint = clonePointer(s.StartFromSavepoint)
	s.MaxJobCreationAttempts = clonePointer(s.MaxJobCreationAttempts)
	s.MaxSavepointCreationAttempts = clonePointer(s.MaxSavepointCreationAttempts)
	s.Template.Metadata.Annotations = cloneMap(s.Template.Metadata.Annotations)
	t := &s.Template.Spec
	t.Artifact.AdditionalDependencies = cloneList(t.Artifact.AdditionalDependencies)
	t.Artifact.AdditionalPythonLibraries = cloneList(t.Artifact.AdditionalPythonLibraries)
	t.Artifact.AdditionalPythonArchives = cloneList(t.Artifact.AdditionalPythonArchives)
	t.LatestCheckpointFetchInterval = clonePointer(t.LatestCheckpointFetchInterval)
	t.Parallelism = clonePointer(t.Parallelism)
	t.NumberOfTaskManagers = clonePointer(t.NumberOfTaskManagers)
	t.FlinkConfiguration = cloneMap(t.FlinkConfiguration)
	t.Logging.Log4jLoggers = cloneMap(t.Logging.Log4jLoggers)
	t.Kubernetes = t.Kubernetes.clone()
	return c
}

func (m Metadata) clone() Metadata {
	m.Labels = cloneMap(m.Labels)
	m.Annotations = cloneMap(m.Annotations)
	return m
}

func cloneMap(m map[string]string) map[string]string {
	if len(m) == 0 {
		return nil
	}
	return maps.Clone(m)
}

func cloneList[T any](l []T) []T {
	if len(l) == 0 {
		return nil
	}
	return slices.Clone(l)
}

func clonePointer[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}
