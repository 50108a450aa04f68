// Package schemas makes JSON Schemas (draft 2020-12) of VVP's kinds, for editors that
// complete and check YAML. They accept what the parsers do, as far as a schema can say it:
// fields by their json tags and no others, null where it means unset, and more than strings
// where a `wire` tag says so.
package schemas

import (
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/schema"
	"github.com/flinktarget/flinktarget/target"
)

// JSON returns the JSON Schema of a kind, "DeploymentTarget", "Deployment" or
// "SessionCluster", with an indent of two blanks. What it refuses, the Parse functions of
// packages target and deployment refuse; they check more. The error names the kinds.
func JSON(kind string) ([]byte, error) {
	r, ok := rootOf(kind)
	if !ok {
		return nil, fmt.Errorf("schemas: no kind %q; the kinds are %s, %s and %s",
			kind, target.Kind, deployment.KindDeployment, deployment.KindSessionCluster)
	}
	return r.json(), nil
}

func rootOf(kind string) (root, bool) {
	switch kind {
	case target.Kind:
		return root{kind, reflect.TypeFor[target.Config](), targetRules()}, true
	case deployment.KindDeployment:
		return root{kind, reflect.TypeFor[deployment.Config](), deploymentRules()}, true
	case deployment.KindSessionCluster:
		return root{kind, reflect.TypeFor[deployment.SessionClusterConfig](), sessionClusterRules()}, true
	default:
		return root{}, false
	}
}

// rule is an object of a schema, or a part of one.
type rule = map[string]any

// describe adds descriptions of the fields below a path. {default} stands for the default.
func describe(rules map[string]rule, prefix string, texts map[string]string) {
	for path, text := range texts {
		path = prefix + path
		if rules[path] == nil {
			rules[path] = rule{}
		}
		rules[path]["description"] = text
	}
}

func commonRules() map[string]rule {
	rules := map[string]rule{}
	describe(rules, "", map[string]string{
		"kind":                 "The kind of the resource.",
		"apiVersion":           "The version of VVP's API.",
		"metadata.id":          "The UUID that VVP gave. Derived from kind, namespace and name if it is left out.",
		"metadata.namespace":   "A VVP namespace, not one of Kubernetes; {default} if it is left out.",
		"metadata.labels":      "VVP's own; not copied to Kubernetes.",
		"metadata.annotations": "VVP's own; not copied to Kubernetes.",
		"spec.state":           "{default} if it is left out.",
	})
	return rules
}

// clusterRules are those of a Flink cluster, below prefix; image is where its image is.
func clusterRules(prefix, image string) map[string]rule {
	minors := strings.ReplaceAll(strings.Join(flink.Supported(), "|"), ".", `\.`)
	rules := map[string]rule{
		image + "flinkVersion":                         {"pattern": `^((` + minors + `)(\.(0|[1-9][0-9]*))?)?$`},
		prefix + "logging.log4j2ConfigurationTemplate": {"maxLength": 0},
		prefix + "kubernetes":                          {"not": podsAndTemplates()},
	}
	describe(rules, image, map[string]string{
		"flinkVersion":         "A minor version of Flink, such as 1.20, or a patch version of it.",
		"flinkImageRegistry":   "The image is registry/repository:tag.",
		"flinkImageRepository": "The image is registry/repository:tag.",
		"flinkImageTag":        "The image is registry/repository:tag.",
	})
	const (
		cpu    = "Cores; at least 0.1."
		memory = "A number with a unit k, m or g in any case, powers of ten: 2g is 2,000,000,000 bytes."
	)
	describe(rules, prefix, map[string]string{
		"numberOfTaskManagers": "As many as the parallelism needs if it is left out; 1 in a SessionCluster.",
		"resources":            "What the containers get. Requests and limits are the same.",

		"resources.jobmanager.cpu":     cpu,
		"resources.jobmanager.memory":  memory,
		"resources.taskmanager.cpu":    cpu,
		"resources.taskmanager.memory": memory,

		"flinkConfiguration":                  "Options of Flink. ${NAME} is a variable of the containers.",
		"logging.loggingProfile":              "The name of a logging profile; {default} if it is left out.",
		"logging.log4jLoggers":                "A level for each logger; \"\" is the root logger.",
		"logging.log4j2ConfigurationTemplate": "Not rendered.",
		"kubernetes.labels":                   "Added to workloads and Services. Labels of the platform win.",
		"kubernetes.annotations":              "Added to all objects and pods.",
		"kubernetes.pods":                     "Options for the pods of both components. Not together with pod templates.",
		"kubernetes.pods.envVars":             "Variables of Flink's containers.",
		"kubernetes.pods.volumeMounts":        "Volumes, and where Flink's containers mount them.",
		"kubernetes.jobManagerPodTemplate":    "Merged into the pod of the JobManager. May be partial.",
		"kubernetes.taskManagerPodTemplate":   "Merged into the pods of the TaskManagers. May be partial.",
	})
	return rules
}

func podsAndTemplates() rule {
	hasTemplate := func(name string) rule {
		return rule{"required": []any{name}, "properties": rule{name: rule{"type": "object"}}}
	}
	pods := rule{
		"type": "object", "additionalProperties": true, "minProperties": 1,
		"not": rule{"additionalProperties": rule{"type": "null"}},
	}
	return rule{
		"required":   []any{"pods"},
		"properties": rule{"pods": pods},
		"anyOf":      []any{hasTemplate("jobManagerPodTemplate"), hasTemplate("taskManagerPodTemplate")},
	}
}

func sessionClusterRules() map[string]rule {
	rules := commonRules()
	maps.Copy(rules, clusterRules("spec.", "spec."))
	maps.Copy(rules, map[string]rule{
		"metadata.name":             {"pattern": schema.Patterns["cluster-name"], "minLength": 1},
		"metadata.displayName":      {"maxLength": 0},
		"spec.deploymentTargetName": {"pattern": "^[0-9a-zA-Z_-]+$"}, // it is required
	})
	describe(rules, "", map[string]string{
		"metadata.name":             "At most 63 characters of a-z, 0-9 and -.",
		"metadata.displayName":      "Of Deployments only.",
		"spec.deploymentTargetName": "The DeploymentTarget that says where to run.",
	})
	return rules
}
