package labels

import (
	"errors"
	"fmt"
)

// Keys of the labels.
const (
	KeyApp                = "app"
	KeySystem             = "system"
	KeyComponent          = "component"
	KeyVVPNamespace       = "vvpNamespace"
	KeyDeploymentID       = "deploymentId"
	KeyDeploymentName     = "deploymentName"
	KeyJobID              = "jobId"
	KeySessionClusterID   = "sessionClusterId"
	KeySessionClusterName = "sessionClusterName"
)

// Values of the labels that are the same for every resource.
const (
	System            = "ververica-platform"    // of KeySystem
	AppJob            = "flink-job"             // of KeyApp, for a Deployment
	AppSessionCluster = "flink-session-cluster" // of KeyApp, for a SessionCluster
)

// Component tells the two parts of a Flink cluster apart. Its zero value, like
// every value that is not one of the constants, means neither of them.
type Component uint8

// The parts of a Flink cluster.
const (
	JobManager Component = iota + 1
	TaskManager
)

// String returns the value of the label component, "jobmanager" or "taskmanager",
// or the empty string for neither.
func (c Component) String() string {
	switch c {
	case JobManager:
		return "jobmanager"
	case TaskManager:
		return "taskmanager"
	default:
		return ""
	}
}

// Deployment holds what the labels of a Deployment are made of. All fields are
// required.
type Deployment struct {
	Namespace string // metadata.namespace: the platform's namespace, not Kubernetes'
	ID        string // metadata.id
	Name      string // metadata.name; any text, it is put through Value
	JobID     string // metadata.id of the Job, with dashes
}

// SessionCluster holds what the labels of a SessionCluster are made of. All fields
// are required.
type SessionCluster struct {
	Namespace string // metadata.namespace: the platform's namespace, not Kubernetes'
	ID        string // metadata.id
	Name      string // metadata.name; any text, it is put through Value
}

// ForDeployment returns the labels of the Kubernetes objects of d, without a
// component. If a field is empty, or one other than Name is not a legal label
// value, it returns the empty Set and an error that holds one *InputError for each
// such field.
func ForDeployment(d Deployment) (Set, error) {
	err := errors.Join(
		checkValue("Namespace", d.Namespace),
		checkValue("ID", d.ID),
		checkName(d.Name),
		checkValue("JobID", d.JobID),
	)
	if err != nil {
		return Set{}, err
	}
	return newSet(
		label{KeyApp, AppJob},
		label{KeySystem, System},
		label{KeyVVPNamespace, d.Namespace},
		label{KeyDeploymentID, d.ID},
		label{KeyDeploymentName, Value(d.Name)},
		label{KeyJobID, d.JobID},
	), nil
}

// ForSessionCluster returns the labels of the Kubernetes objects of s, without a
// component. Its errors are those of ForDeployment.
func ForSessionCluster(s SessionCluster) (Set, error) {
	err := errors.Join(
		checkValue("Namespace", s.Namespace),
		checkValue("ID", s.ID),
		checkName(s.Name),
	)
	if err != nil {
		return Set{}, err
	}
	return newSet(
		label{KeyApp, AppSessionCluster},
		label{KeySystem, System},
		label{KeyVVPNamespace, s.Namespace},
		label{KeySessionClusterID, s.ID},
		label{KeySessionClusterName, Value(s.Name)},
	), nil
}

// InputError says that a field of a Deployment or SessionCluster of this package
// is missing, or that it is not a legal label value.
type InputError struct {
	Input string // the name of the field: Namespace, ID, Name or JobID
	Value string // what it held; empty means that it is missing
}

// Error names the field, and its value if there is one.
func (e *InputError) Error() string {
	if e.Value == "" {
		return fmt.Sprintf("labels: %s is required", e.Input)
	}
	shown := e.Value
	if len(shown) > 2*maxValueLen {
		shown = shown[:2*maxValueLen] + "..."
	}
	return fmt.Sprintf("labels: %s %q is not a legal label value: "+
		"at most %d characters, A-Z, a-z, 0-9, '-', '_' or '.', the first and the last a letter or a digit",
		e.Input, shown, maxValueLen)
}

func checkValue(input, value string) error {
	if value == "" || !isLegal(value) {
		return &InputError{Input: input, Value: value}
	}
	return nil
}

func checkName(name string) error {
	if name == "" {
		return &InputError{Input: "Name"}
	}
	return nil
}
