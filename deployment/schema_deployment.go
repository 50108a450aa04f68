package deployment

import (
	"slices"

	"github.com/flinktarget/flinktarget/internal/kinds"
)

func deploymentRules() map[string]rule {
	const template = "spec.template.spec."
	rules := commonRules()
	clusterRules(rules, template)
	for path, r := range map[string]rule{
		"":                          {"required": []any{"metadata", "spec"}},
		"kind":                      oneOf("The kind of the resource.", KindDeployment),
		"metadata":                  {"required": []any{"name"}},
		"metadata.name":             {"description": "At most 63 characters of a-z, 0-9 and - in VVP 2.4 and newer; free text before.", "minLength": 1, "maxLength": maxFreeName},
		"metadata.displayName":      describe("For VVP's user interface; not rendered."),
		"spec":                      {"required": []any{"template"}, "oneOf": []any{isSet("deploymentTargetId"), isSet("deploymentTargetName"), isSet("sessionClusterName")}},
		"spec.state":                stateRule(),
		"spec.deploymentTargetId":   {"description": "The DeploymentTarget that says where to run, by its id.", "pattern": kinds.IDPattern + "|^$"},
		"spec.deploymentTargetName": {"description": "The DeploymentTarget that says where to run.", "pattern": "^[0-9a-zA-Z_-]{0,250}$"},
		"spec.sessionClusterName":   {"description": "The SessionCluster to run on, in place of a DeploymentTarget.", "pattern": clusterPattern},

		"spec.upgradeStrategy.kind":                  anyCase("What VVP does when the template changes.", "STATEFUL", "STATELESS", "NONE"),
		"spec.restoreStrategy.kind":                  anyCase("The state that VVP starts from.", "LATEST_STATE", "LATEST_SAVEPOINT", "NONE"),
		"spec.restoreStrategy.allowNonRestoredState": describe("Start even if state of a savepoint belongs to no operator."),
		"spec.startFromSavepoint":                    describe("VVP 2.0's form of restoreStrategy."),
		"spec.startFromSavepoint.kind":               anyCase("NONE or LATEST.", "NONE", "LATEST"),
		"spec.maxSavepointCreationAttempts":          {"minimum": 1},
		"spec.maxJobCreationAttempts":                {"minimum": 1},
		"spec.jobFailureExpirationTime":              {"pattern": durationPattern},

		"spec.template":                      {"required": []any{"spec"}},
		"spec.template.metadata.annotations": {"description": "What VVP acts on.", "properties": rule{AnnotationQueryableState: rule{"enum": []any{"true", "false"}}, AnnotationTLS: rule{"enum": []any{"true", "false"}}}},
		"spec.template.spec":                 {"required": []any{"artifact"}},

		template + "parallelism":                   {"description": "1 if it is left out.", "minimum": 1},
		template + "latestCheckpointFetchInterval": {"minimum": 0},
		template + "artifact":                      artifactRule(),
		template + "artifact.kind":                 anyCase("What the program is. Only a JAR is rendered.", ArtifactJar, ArtifactSQLScript, ArtifactPython),
		template + "artifact.jarUri":               describe("Where the jar is: https, s3 and so on, or local:///opt/flink/usrlib/NAME.jar in the image."),
		template + "artifact.entryClass":           describe("The main class, if the jar's manifest does not name it."),
		template + "artifact.mainArgs":             describe("Split as a POSIX shell does; nothing is expanded."),
		template + "artifact.sqlScript":            describe("Not rendered."),
		template + "artifact.pythonArtifactUri":    describe("Not rendered."),
		template + "artifact.flinkVersion":         versionRule(),
	} {
		rules[path] = r
	}
	imageRules(rules, template+"artifact.")
	return rules
}

// isSet takes objects in which a string is neither missing, null nor empty.
func isSet(name string) rule {
	return rule{"required": []any{name}, "properties": rule{name: rule{"type": "string", "minLength": 1}}}
}

// artifactRule says which kinds of artifacts need, and take, which fields.
func artifactRule() rule {
	var all []any
	for _, kind := range artifactKinds {
		required, properties := []any{"kind"}, rule{}
		for _, f := range artifactFields(Artifact{}) {
			switch {
			case f.required && f.kinds[0] == kind:
				required = append(required, f.name)
				properties[f.name] = rule{"type": "string", "minLength": 1}
			case !slices.Contains(f.kinds, kind):
				properties[f.name] = rule{"maxLength": 0, "maxItems": 0}
			}
		}
		all = append(all, rule{
			"if":   rule{"properties": rule{"kind": rule{"type": "string", "pattern": "^" + caseless(kind) + "$"}}},
			"then": rule{"required": required, "properties": properties},
		})
	}
	return rule{"required": []any{"kind", "flinkVersion"}, "allOf": all}
}

// stateRule takes the misspelt word as well, and does not propose it.
func stateRule() rule {
	r := oneOf("RUNNING if it is left out.", string(Running), string(Suspended), string(Cancelled))
	r["anyOf"] = append(r["anyOf"].([]any), rule{"pattern": "^" + string(canceled) + "$"})
	return r
}
