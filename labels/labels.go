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

// Component is one of the two parts of a Flink cluster. The zero value, like every
// value that is not one of the constants, means neither.
type Component uint8

// The parts of a Flink cluster.
const (
	JobManager Component = iota + 1
	TaskManager
)

// String returns the value of the label component, "jobmanager" or "taskmanager",
// or the empty string for neither.
func (c Component) String() string {
	if names := [...]string{JobManager: "jobmanager", TaskManager: "taskmanager"}; int(c) < len(names) {
		return names[c]
	}
	return ""
}

// Deployment has what the labels of a Deployment are made of. All fields are
// required.
type Deployment struct {
	Namespace string // metadata.namespace: the platform's namespace, not Kubernetes'
	ID        string // metadata.id
	Name      string // metadata.name; any text, because Value is applied to it
	JobID     string // metadata.id of the Job, with dashes
}

// SessionCluster has what the labels of a SessionCluster are made of: Namespace, ID
// and Name as in Deployment. All fields are required.
type SessionCluster struct{ Namespace, ID, Name string }

// ForDeployment returns the labels of the Kubernetes objects of d, without a
// component. If a field is empty, or one other than Name is not a valid label
// value, it returns the empty Set and an error that joins one *InputError for each
// such field.
func ForDeployment(d Deployment) (Set, error) {
	return newSet(AppJob, []input{
		{"Namespace", KeyVVPNamespace, d.Namespace},
		{"ID", KeyDeploymentID, d.ID},
		{"Name", KeyDeploymentName, d.Name},
		{"JobID", KeyJobID, d.JobID},
	})
}

// ForSessionCluster returns the labels of the Kubernetes objects of s, without a
// component. Its errors are those of ForDeployment.
func ForSessionCluster(s SessionCluster) (Set, error) {
	return newSet(AppSessionCluster, []input{
		{"Namespace", KeyVVPNamespace, s.Namespace},
		{"ID", KeySessionClusterID, s.ID},
		{"Name", KeySessionClusterName, s.Name},
	})
}

type input struct{ field, key, value string }

func newSet(app string, inputs []input) (Set, error) {
	labels := append(make([]label, 0, 8), label{KeyApp, app}, label{KeySystem, System})
	var errs []error
	for _, in := range inputs {
		value := in.value
		if in.field == "Name" {
			value = Value(value)
		}
		if value == "" || !isLegal(value) {
			errs = append(errs, &InputError{Input: in.field, Value: in.value})
		}
		labels = append(labels, label{in.key, value})
	}
	if len(errs) > 0 {
		return Set{}, errors.Join(errs...)
	}
	return setOf(labels), nil
}

// InputError reports a field of a Deployment or SessionCluster of this package that
// is missing, or is not a valid label value.
type InputError struct {
	Input string // the name of the field: Namespace, ID, Name or JobID
	Value string // the value of the field; empty if it is missing
}

// Error names the field and up to 126 bytes of its value.
func (e *InputError) Error() string {
	if e.Value == "" {
		return fmt.Sprintf("labels: %s is required", e.Input)
	}
	shown := e.Value
	if len(shown) > 2*maxValueLen {
		shown = shown[:2*maxValueLen] + "..."
	}
	return fmt.Sprintf("labels: %s %q is not a valid label value: must be no more than %d characters, consist of "+
		"alphanumeric characters, '-', '_' or '.', and start and end with an alphanumeric character",
		e.Input, shown, maxValueLen)
}
