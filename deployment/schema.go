package deployment

import (
	"fmt"
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/schema"
)

// JSONSchema returns the JSON Schema (draft 2020-12) of a kind of this package,
// "Deployment" or "SessionCluster", for editors. What it refuses, Parse refuses;
// Parse checks more. The error names the kinds.
func JSONSchema(kind string) ([]byte, error) {
	switch kind {
	case KindDeployment:
		return schema.Make(schema.Root{
			ID: schemaID("deployment"), Title: "Deployment of Ververica Platform",
			Type: reflect.TypeFor[Config](), Rules: deploymentRules(), Ignored: decode.ServerSide(), Special: specialTypes(),
		}), nil
	case KindSessionCluster:
		return schema.Make(schema.Root{
			ID: schemaID("sessioncluster"), Title: "SessionCluster of Ververica Platform",
			Type: reflect.TypeFor[SessionClusterConfig](), Rules: sessionClusterRules(), Ignored: decode.ServerSide(), Special: specialTypes(),
		}), nil
	}
	return nil, fmt.Errorf("deployment: no kind %q; the kinds are %s and %s", kind, KindDeployment, KindSessionCluster)
}

func schemaID(name string) string {
	return "https://github.com/flinktarget/flinktarget/schemas/" + name + ".json"
}

// rule is a shorthand of what follows.
type rule = schema.Map

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

const (
	clusterPattern  = "^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)?$"
	decimalPattern  = `^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?$`
	memorySizes     = `^([0-9]{1,18}(\.[0-9]{1,18})?|\.[0-9]{1,18})\s?[kKmMgG]?$`
	durationPattern = `^([0-9]{1,18}\s?[a-zA-Zµ]{0,16}|PT?[0-9A-Z.]{1,40})?$`
)

func describe(text string) rule { return rule{"description": text} }

// oneOf takes these words. Empty means unset, which editors need not propose.
func oneOf(text string, words ...string) rule {
	var list []any
	for _, w := range words {
		list = append(list, w)
	}
	return rule{"description": text, "anyOf": []any{rule{"enum": list}, rule{"pattern": "^$"}}}
}

// anyCase takes these words in any case.
func anyCase(text string, words ...string) rule {
	r := oneOf(text, words...)
	var patterns []string
	for _, w := range words {
		patterns = append(patterns, caseless(w))
	}
	r["anyOf"] = append(r["anyOf"].([]any), rule{"pattern": "^(" + strings.Join(patterns, "|") + ")$"})
	return r
}

// caseless is a pattern for a word in any case, for which JSON Schema has no flag.
func caseless(word string) string {
	var b strings.Builder
	for _, c := range word {
		if lower := strings.ToLower(string(c)); lower != string(c) {
			fmt.Fprintf(&b, "[%c%s]", c, lower)
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}

func versionRule() rule {
	minors := strings.ReplaceAll(strings.Join(flink.Supported(), "|"), ".", `\.`)
	return rule{"description": "A minor version of Flink, such as 1.20, or a patch version of it.", "pattern": `^((` + minors + `)(\.(0|[1-9][0-9]*))?)?$`}
}

func commonRules() map[string]rule {
	return map[string]rule{
		"apiVersion":           oneOf("The version of VVP's API.", APIVersion),
		"metadata.id":          {"description": "The UUID that VVP gave. Derived from kind, namespace and name if it is left out.", "pattern": kinds.IDPattern + "|^$"},
		"metadata.namespace":   describe("A VVP namespace, not one of Kubernetes; default if it is left out."),
		"metadata.labels":      describe("VVP's own; not copied to Kubernetes."),
		"metadata.annotations": describe("VVP's own; not copied to Kubernetes."),
	}
}

// clusterRules are those of a Flink cluster, below prefix.
func clusterRules(rules map[string]rule, prefix string) {
	atLeastOne := func(text string) rule { return rule{"description": text, "minimum": 1} }
	for path, r := range map[string]rule{
		"numberOfTaskManagers":                atLeastOne("As many as the parallelism needs if it is left out; 1 in a SessionCluster."),
		"resources":                           describe("What the containers get. Requests and limits are the same."),
		"flinkConfiguration":                  describe("Options of Flink. ${NAME} is a variable of the containers."),
		"logging.loggingProfile":              describe("The name of a logging profile; default if it is left out."),
		"logging.log4jLoggers":                describe("A level for each logger; \"\" is the root logger."),
		"logging.log4j2ConfigurationTemplate": {"description": "Not rendered.", "maxLength": 0},
		"kubernetes.labels":                   describe("Added to workloads and Services. Labels of the platform win."),
		"kubernetes.annotations":              describe("Added to all objects and pods."),
		"kubernetes.pods":                     describe("Options for the pods of both components. Not together with pod templates."),
		"kubernetes.pods.envVars":             describe("Variables of Flink's containers."),
		"kubernetes.pods.volumeMounts":        describe("Volumes, and where Flink's containers mount them."),
		"kubernetes.jobManagerPodTemplate":    describe("Merged into the pod of the JobManager. May be partial."),
		"kubernetes.taskManagerPodTemplate":   describe("Merged into the pods of the TaskManagers. May be partial."),
		"kubernetes":                          {"not": podsAndTemplates()},
	} {
		rules[prefix+path] = r
	}
	for _, component := range [...]string{"jobmanager", "taskmanager"} {
		at := prefix + "resources." + component
		rules[at+".cpu"] = rule{"description": "Cores; at least 0.1.", "minimum": 0.1, "pattern": decimalPattern}
		rules[at+".memory"] = rule{"description": "A number with a unit k, m or g in any case, powers of ten: 2g is 2,000,000,000 bytes.", "pattern": memorySizes + "|^$"}
	}
}

func podsAndTemplates() rule {
	set := rule{"type": "object"}
	return rule{
		"required":   []any{"pods"},
		"properties": rule{"pods": rule{"type": "object", "additionalProperties": true, "minProperties": 1, "not": rule{"additionalProperties": rule{"type": "null"}}}},
		"anyOf": []any{
			rule{"required": []any{"jobManagerPodTemplate"}, "properties": rule{"jobManagerPodTemplate": set}},
			rule{"required": []any{"taskManagerPodTemplate"}, "properties": rule{"taskManagerPodTemplate": set}},
		},
	}
}

func sessionClusterRules() map[string]rule {
	rules := commonRules()
	clusterRules(rules, "spec.")
	for path, r := range map[string]rule{
		"":                          {"required": []any{"metadata", "spec"}},
		"kind":                      oneOf("The kind of the resource.", KindSessionCluster),
		"metadata":                  {"required": []any{"name"}},
		"metadata.name":             {"description": "At most 63 characters of a-z, 0-9 and -.", "pattern": clusterPattern, "minLength": 1},
		"metadata.displayName":      {"description": "Of Deployments only.", "maxLength": 0},
		"spec":                      {"required": []any{"deploymentTargetName", "flinkVersion"}},
		"spec.state":                oneOf("RUNNING if it is left out.", string(Running), string(Stopped)),
		"spec.deploymentTargetName": {"description": "The DeploymentTarget that says where to run.", "pattern": targetName().String()},
		"spec.flinkVersion":         versionRule(),
	} {
		rules[path] = r
	}
	imageRules(rules, "spec.")
	return rules
}

func imageRules(rules map[string]rule, prefix string) {
	rules[prefix+"flinkImageRegistry"] = describe("The image is registry/repository:tag.")
	rules[prefix+"flinkImageRepository"] = describe("The image is registry/repository:tag.")
	rules[prefix+"flinkImageTag"] = describe("The image is registry/repository:tag.")
}
