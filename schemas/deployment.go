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
	rules := commonRules()
	maps.Copy(rules, clusterRules(template, template+"artifact."))
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
	describe(rules, "", map[string]string{
		"metadata.name":                              "At most 63 characters of a-z, 0-9 and - in VVP 2.4 and newer; free text before.",
		"metadata.displayName":                       "For VVP's user interface; not rendered.",
		"spec.deploymentTargetId":                    "The DeploymentTarget that says where to run, by its id.",
		"spec.deploymentTargetName":                  "The DeploymentTarget that says where to run.",
		"spec.sessionClusterName":                    "The SessionCluster to run on, in place of a DeploymentTarget.",
		"spec.upgradeStrategy.kind":                  "What VVP does when the template changes.",
		"spec.restoreStrategy.kind":                  "The state that VVP starts from.",
		"spec.restoreStrategy.allowNonRestoredState": "Start even if state of a savepoint belongs to no operator.",
		"spec.startFromSavepoint":                    "VVP 2.0's form of restoreStrategy.",
		"spec.startFromSavepoint.kind":               "NONE or LATEST.",
		"spec.template.metadata.annotations":         "What VVP acts on.",
	})
	describe(rules, template, map[string]string{
		"parallelism":   "{default} if it is left out.",
		"artifact.kind": "What the program is. Only a JAR is rendered.",
		"artifact.jarUri": "Where the jar is: https, s3 and so on, " +
			"or local:///opt/flink/usrlib/NAME.jar in the image.",
		"artifact.entryClass":        "The main class, if the jar's manifest does not name it.",
		"artifact.mainArgs":          "Split as a POSIX shell does; nothing is expanded.",
		"artifact.sqlScript":         "Not rendered.",
		"artifact.pythonArtifactUri": "Not rendered.",
	})
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
