package judges

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	podutil "k8s.io/kubernetes/pkg/api/pod"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// The judges.
const (
	byValidation  = "validation"   // the API server, for the object itself
	byPods        = "pods"         // the API server, for the pods that a controller makes of it
	byPodSecurity = "pod-security" // admission to a namespace that enforces "restricted"
)

// warnings returns what the API server would warn of, though it takes the objects.
func warnings(objects []map[string]any) []string {
	var out []string
	for _, object := range objects {
		typed, err := decode(object)
		pod := podOf(typed)
		if err != nil || pod == nil {
			continue // judge reports the error
		}
		scheme.Default(pod)
		var internal core.Pod
		err = scheme.Convert(pod, &internal, nil)
		for _, text := range podutil.GetWarningsForPod(context.Background(), &internal, nil) {
			out = append(out, nameOf(object)+": "+text)
		}
		if err != nil {
			out = append(out, nameOf(object)+": "+err.Error())
		}
	}
	return out
}

// A refusal is what a judge says against an object.
type refusal struct {
	judge  string
	object string // Kind namespace/name
	reason string
}

func (r refusal) String() string { return r.judge + ": " + r.object + ": " + r.reason }

// judge returns everything that a cluster would hold against the objects.
func judge(objects ...map[string]any) (out []refusal) {
	for _, object := range objects {
		out = append(out, judgeOne(object)...)
	}
	return out
}

func judgeOne(object map[string]any) (out []refusal) {
	refuse := func(judge string, reasons ...string) {
		for _, reason := range reasons {
			out = append(out, refusal{judge, nameOf(object), reason})
		}
	}
	typed, err := decode(object)
	if err != nil {
		refuse(byValidation, err.Error())
		return out
	}
	refuse(byValidation, validate(typed)...)
	if pod := podOf(typed); pod != nil {
		refuse(byPods, validate(pod)...)
		refuse(byPodSecurity, restricted(pod)...)
	}
	return out
}

func nameOf(object map[string]any) string {
	metadata, _ := object["metadata"].(map[string]any)
	return fmt.Sprint(object["kind"], " ", metadata["namespace"], "/", metadata["name"])
}

var evaluator = func() policy.Evaluator {
	e, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		panic(err)
	}
	return e
}()

// restricted returns why the Pod Security Standard of that name refuses a pod.
func restricted(pod *corev1.Pod) []string {
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	var out []string
	for _, result := range evaluator.EvaluatePod(level, &pod.ObjectMeta, &pod.Spec) {
		if !result.Allowed {
			out = append(out, result.ForbiddenReason+": "+result.ForbiddenDetail)
		}
	}
	return out
}
