package schemas

import (
	"github.com/flinktarget/flinktarget/internal/schema"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/target"
)

func targetRules() map[string]rule {
	orEmpty := func(value any) rule {
		return rule{"anyOf": []any{rule{"enum": []any{value}}, rule{"pattern": "^$"}}}
	}
	rules := map[string]rule{
		"":                          {"required": []any{"metadata", "spec"}},
		"kind":                      orEmpty(target.Kind),
		"apiVersion":                orEmpty(target.APIVersion),
		"metadata":                  {"required": []any{"name"}},
		"metadata.id":               {"pattern": schema.Patterns["uuid"]},
		"metadata.name":             {"pattern": "^[0-9a-zA-Z_-]{1,250}$"}, // it is required
		"spec":                      {"required": []any{"kubernetes"}},
		"spec.kubernetes.namespace": {"pattern": schema.Patterns["cluster-name"]},
		"spec.deploymentPatchSet":   {"maxItems": patch.MaxPatches},
		"spec.deploymentPatchSet[]": patchRule(),
	}
	describe(rules, "", "target")
	return rules
}

// patchRule has the three forms of patches.
func patchRule() rule {
	form := func(title string, others bool, properties rule, required ...any) rule {
		return rule{"title": title, "required": required, "properties": properties, "additionalProperties": others}
	}
	text := rule{"type": "string"}
	operations := rule{"enum": []any{"add", "remove", "replace", "move", "copy", "test"}}
	return rule{"type": "object", "oneOf": []any{
		form("JSON patch (RFC 6902) of the VVP Deployment", false, rule{
			"value": true, "op": operations, "path": text, "from": text,
		}, "op", "path"),
		form("strategic merge patch", true, rule{
			"apiVersion": text, "kind": text, "op": false, "target": false, "patch": false,
		}, "apiVersion", "kind"),
		form("patch of what the target selects", false, rule{
			"target": rule{"type": "object"}, "patch": rule{"type": []any{"string", "object", "array"}},
		}, "target", "patch"),
	}}
}
