// Package schemas makes JSON Schemas (draft 2020-12) of VVP's kinds, for editors that
// complete and check YAML. They accept what the parsers do, as far as a schema can say it:
// fields by their json tags and no others, null where it means unset, and more than strings
// where a `wire` tag says so.
package schemas

import (
	_ "embed"
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/schema"
	"github.com/flinktarget/flinktarget/internal/yaml"
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

//go:embed descriptions.yaml
var descriptions []byte

// describe adds what the lists of descriptions.yaml say of the fields below a path.
func describe(rules map[string]rule, prefix string, lists ...string) {
	docs, _ := yaml.Parse("descriptions.yaml", descriptions)
	for _, list := range lists {
		for _, f := range docs[0].Get(list).Fields {
			path := prefix + f.Key
			if rules[path] == nil {
				rules[path] = rule{}
			}
			rules[path]["description"] = f.Value.Text
		}
	}
}

// clusterRules are those of a Flink cluster, below prefix; image is where its image is.
func clusterRules(prefix, image string) map[string]rule {
	minors := strings.ReplaceAll(strings.Join(flink.Supported(), "|"), ".", `\.`)
	rules := map[string]rule{
		image + "flinkVersion":                         {"pattern": `^((` + minors + `)(\.(0|[1-9][0-9]*))?)?$`},
		prefix + "logging.log4j2ConfigurationTemplate": {"maxLength": 0},
		prefix + "kubernetes":                          {"not": podsAndTemplates()},
	}
	describe(rules, image, "image")
	describe(rules, prefix, "cluster")
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
	rules := clusterRules("spec.", "spec.")
	maps.Copy(rules, map[string]rule{
		"metadata.name":             {"pattern": schema.Patterns["cluster-name"], "minLength": 1},
		"metadata.displayName":      {"maxLength": 0},
		"spec.deploymentTargetName": {"pattern": "^[0-9a-zA-Z_-]+$"}, // it is required
	})
	describe(rules, "", "common", "sessioncluster")
	return rules
}
