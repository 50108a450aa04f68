package deployment

import (
	"fmt"
	"maps"
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/schema"
)

// JSONSchema returns the JSON Schema (draft 2020-12) of a kind of this package,
// "Deployment" or "SessionCluster", for editors. What it refuses, Parse refuses;
// Parse checks more. The error names the kinds.
func JSONSchema(kind string) ([]byte, error) {
	root, ok := schemaRoot(kind)
	if !ok {
		return nil, fmt.Errorf("deployment: no kind %q; the kinds are %s and %s",
			kind, KindDeployment, KindSessionCluster)
	}
	return schema.Make(root), nil
}

func schemaRoot(kind string) (schema.Root, bool) {
	r := schema.Root{
		ID:       "https://github.com/flinktarget/flinktarget/schemas/" + strings.ToLower(kind) + ".json",
		Title:    kind + " of Ververica Platform",
		Ignored:  decode.ServerSide(),
		Special:  specialTypes(),
		Patterns: map[string]string{},
	}
	for name, f := range formats {
		r.Patterns[name] = f.schema
	}
	switch kind {
	case KindDeployment:
		r.Type, r.Rules = reflect.TypeFor[Config](), deploymentRules()
	case KindSessionCluster:
		r.Type, r.Rules = reflect.TypeFor[SessionClusterConfig](), sessionClusterRules()
	default:
		return schema.Root{}, false
	}
	return r, true
}

// rule is a shorthand of what follows.
type rule = schema.Map

func describe(text string) rule { return rule{"description": text} }

// specialTypes are the types of Kubernetes that have a JSON form of their own.
func specialTypes() map[reflect.Type]rule {
	return map[reflect.Type]rule{
		reflect.TypeFor[resource.Quantity]():    {"type": []any{"string", "number"}},
		reflect.TypeFor[intstr.IntOrString]():   {"type": []any{"integer", "string"}},
		reflect.TypeFor[metav1.Time]():          {"type": "string", "format": "date-time"},
		reflect.TypeFor[metav1.MicroTime]():     {"type": "string", "format": "date-time"},
		reflect.TypeFor[metav1.Duration]():      {"type": "string"},
		reflect.TypeFor[metav1.FieldsV1]():      {"type": "object"},
		reflect.TypeFor[runtime.RawExtension](): {"type": "object"},
	}
}

func commonRules() map[string]rule {
	return map[string]rule{
		"kind":       describe("The kind of the resource."),
		"apiVersion": describe("The version of VVP's API."),
		"metadata.id": describe("The UUID that VVP gave. " +
			"Derived from kind, namespace and name if it is left out."),
		"metadata.namespace":   describe("A VVP namespace, not one of Kubernetes; {default} if it is left out."),
		"metadata.labels":      describe("VVP's own; not copied to Kubernetes."),
		"metadata.annotations": describe("VVP's own; not copied to Kubernetes."),
		"spec.state":           describe("{default} if it is left out."),
	}
}

// clusterRules are those of a Flink cluster, below prefix; image is where its image is.
func clusterRules(prefix, image string) map[string]rule {
	minors := strings.ReplaceAll(strings.Join(flink.Supported(), "|"), ".", `\.`)
	rules := map[string]rule{
		image + "flinkVersion": {
			"description": "A minor version of Flink, such as 1.20, or a patch version of it.",
			"pattern":     `^((` + minors + `)(\.(0|[1-9][0-9]*))?)?$`,
		},
	}
	for _, part := range [...]string{"Registry", "Repository", "Tag"} {
		rules[image+"flinkImage"+part] = describe("The image is registry/repository:tag.")
	}
	for path, text := range map[string]string{
		"numberOfTaskManagers": "As many as the parallelism needs if it is left out; " +
			"1 in a SessionCluster.",
		"resources":              "What the containers get. Requests and limits are the same.",
		"flinkConfiguration":     "Options of Flink. ${NAME} is a variable of the containers.",
		"logging.loggingProfile": "The name of a logging profile; {default} if it is left out.",
		"logging.log4jLoggers":   "A level for each logger; \"\" is the root logger.",
		"kubernetes.labels":      "Added to workloads and Services. Labels of the platform win.",
		"kubernetes.annotations": "Added to all objects and pods.",
		"kubernetes.pods": "Options for the pods of both components. " +
			"Not together with pod templates.",
		"kubernetes.pods.envVars":           "Variables of Flink's containers.",
		"kubernetes.pods.volumeMounts":      "Volumes, and where Flink's containers mount them.",
		"kubernetes.jobManagerPodTemplate":  "Merged into the pod of the JobManager. May be partial.",
		"kubernetes.taskManagerPodTemplate": "Merged into the pods of the TaskManagers. May be partial.",
	} {
		rules[prefix+path] = describe(text)
	}
	rules[prefix+"logging.log4j2ConfigurationTemplate"] = rule{"description": "Not rendered.", "maxLength": 0}
	rules[prefix+"kubernetes"] = rule{"not": podsAndTemplates()}
	for _, component := range [...]string{"jobmanager", "taskmanager"} {
		at := prefix + "resources." + component
		rules[at+".cpu"] = describe("Cores; at least 0.1.")
		rules[at+".memory"] = describe("A number with a unit k, m or g in any case, powers of ten: " +
			"2g is 2,000,000,000 bytes.")
	}
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
		"metadata.name": {
			"description": "At most 63 characters of a-z, 0-9 and -.",
			"pattern":     formats[clusterName].schema,
			"minLength":   1,
		},
		"metadata.displayName": {"description": "Of Deployments only.", "maxLength": 0},
		"spec.deploymentTargetName": {
			"description": "The DeploymentTarget that says where to run.",
			"pattern":     "^[0-9a-zA-Z_-]+$", // it is required
		},
	})
	return rules
}
