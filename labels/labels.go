package labels

import (
	"fmt"

	"github.com/flinktarget/flinktarget"
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
// value, it returns the empty Set and an [*flinktarget.InvalidError] whose Problems have
// the name of each such field.
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
	var problems []flinktarget.Problem
	for _, in := range inputs {
		value := in.value
		if in.field == "Name" {
			value = Value(value)
		}
		p := flinktarget.Problem{Severity: flinktarget.SeverityError, Field: in.field}
		if p.Rule, p.Message = broken(in.value, value); p.Rule != "" {
			problems = append(problems, p)
		}
		labels = append(labels, label{in.key, value})
	}
	if len(problems) > 0 {
		return Set{}, &flinktarget.InvalidError{Problems: problems}
	}
	return setOf(labels), nil
}

// broken returns the rule that an input breaks, of which a label has the value.
func broken(input, value string) (rule, message string) {
	switch {
	case input == "":
		return "required", "required"
	case !isLegal(value):
		return "label", fmt.Sprintf("%.126q is not a valid label value: must be no more than %d characters, "+
			"consist of alphanumeric characters, '-', '_' or '.', and start and end with an alphanumeric character",
			input, maxValueLen)
	}
	return "", ""
}
