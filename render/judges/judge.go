package judges

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
)

// The judges.
const (
	Validation  = "validation"   // the API server, for the object itself
	Pods        = "pods"         // the API server, for the pods that a controller makes of it
	PodSecurity = "pod-security" // admission to a namespace that enforces "restricted"
)

// Warnings returns what the API server would warn of, though it takes the objects.
func Warnings(objects []map[string]any) []string {
	var out []string
	for _, object := range objects {
		typed, err := decode(object)
		if err != nil {
			continue // Judge reports it
		}
		for _, text := range warnings(typed) {
			out = append(out, nameOf(object)+": "+text)
		}
	}
	return out
}

// A Refusal is what a judge says against an object.
type Refusal struct {
	Judge  string
	Object string // Kind namespace/name
	Reason string
}

// String returns the three parts in one line.
func (r Refusal) String() string { return r.Judge + ": " + r.Object + ": " + r.Reason }

// Judge returns everything that a cluster would hold against the objects, which
// are maps as encoding/json makes them.
func Judge(objects []map[string]any) []Refusal {
	var out []Refusal
	for _, object := range objects {
		out = append(out, judge(object)...)
	}
	return out
}

func judge(object map[string]any) []Refusal {
	s := &sitting{name: nameOf(object)}
	typed, err := decode(object)
	if err != nil {
		s.refuse(Validation, err.Error())
		return s.refusals
	}
	s.object(typed)
	return s.refusals
}

// sitting is about one object.
type sitting struct {
	name     string
	refusals []Refusal
}

func (s *sitting) refuse(judge, reason string) {
	s.refusals = append(s.refusals, Refusal{Judge: judge, Object: s.name, Reason: reason})
}

func (s *sitting) object(typed runtime.Object) {
	errs, err := validate(typed)
	if err != nil {
		s.refuse(Validation, err.Error())
		return
	}
	for _, e := range errs {
		s.refuse(Validation, e.Error())
	}
	pod := podOf(typed)
	if pod == nil {
		return
	}
	if errs, err = validate(pod); err != nil {
		s.refuse(Pods, err.Error())
	}
	for _, e := range errs {
		s.refuse(Pods, e.Error())
	}
	for _, reason := range restricted(pod) {
		s.refuse(PodSecurity, reason)
	}
}

func nameOf(object map[string]any) string {
	metadata, _ := object["metadata"].(map[string]any)
	return fmt.Sprint(object["kind"], " ", metadata["namespace"], "/", metadata["name"])
}
