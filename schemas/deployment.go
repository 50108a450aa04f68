package schemas

import (
	"maps"
	"reflect"
	"slices"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/schema"
)

func deploymentRules() map[string]rule {
	const template = "spec.template.spec."
	truth := rule{"enum": []any{"true", "false"}}
	rules := clusterRules(template, template+"artifact.")
	maps.Copy(rules, map[string]rule{
		"metadata.name": {"minLength": 1, "maxLength": 250},
		"spec": {
			"oneOf": []any{isSet("deploymentTargetId"), isSet("deploymentTargetName"), isSet("sessionClusterName")},
			"anyOf": []any{isSet("sessionClusterName"), hasVersion("flinkVersion"), hasVersion("engineVersionName")},
		},
		"spec.template.metadata.annotations": {
			"properties": rule{deployment.AnnotationQueryableState: truth, deployment.AnnotationTLS: truth},
		},
		template + "artifact": {"allOf": artifactForms()},
	})
	describe(rules, "", "common", "deployment")
	return rules
}

// hasVersion takes specs whose artifact has a field that is neither missing, null nor empty.
func hasVersion(name string) rule {
	out := rule{"required": []any{name}, "properties": rule{name: rule{"not": rule{"enum": []any{"", nil}}}}}
	for _, outer := range [...]string{"artifact", "spec", "template"} {
		out = rule{"properties": rule{outer: out}}
	}
	return out
}

// isSet takes objects in which a string is neither missing, null nor empty.
func isSet(name string) rule {
	return rule{"required": []any{name}, "properties": rule{name: rule{"type": "string", "minLength": 1}}}
}

// artifactForms say which kinds of artifacts need, and take, which fields.
func artifactForms() []any {
	var all []any
	fields := schema.Fields(reflect.TypeFor[deployment.Artifact]())
	for _, kind := range []string{deployment.ArtifactJar, deployment.ArtifactSQLScript, deployment.ArtifactPython} {
		required, properties := []any{"kind"}, rule{}
		for _, f := range fields {
			switch {
			case f.Of == nil:
			case !slices.Contains(f.Of, kind):
				properties[f.Name] = rule{"maxLength": 0, "maxItems": 0}
			case f.Required != "":
				required = append(required, f.Name)
				properties[f.Name] = rule{"type": "string", "minLength": 1}
			}
		}
		pattern := rule{"type": "string", "pattern": "^" + anyCase(kind) + "$"}
		all = append(all, rule{
			"if":   rule{"properties": rule{"kind": pattern}},
			"then": rule{"required": required, "properties": properties},
		})
	}
	return all
}
