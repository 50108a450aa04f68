package target

import (
	"reflect"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/schema"
	"github.com/flinktarget/flinktarget/patch"
)

// JSONSchema returns the JSON Schema (draft 2020-12) of a DeploymentTarget, for
// editors. Parse refuses what the schema refuses, and checks more.
func JSONSchema() []byte {
	describe := func(text string) schema.Map { return schema.Map{"description": text} }
	match := func(text, pattern string) schema.Map { return schema.Map{"description": text, "pattern": pattern} }
	require := func(name any) schema.Map { return schema.Map{"required": []any{name}} }
	orEmpty := func(value any) schema.Map {
		return schema.Map{"anyOf": []any{schema.Map{"enum": []any{value}}, schema.Map{"pattern": "^$"}}}
	}
	return schema.Make(schema.Root{
		ID:      "https://github.com/flinktarget/flinktarget/schemas/deploymenttarget.json",
		Title:   "DeploymentTarget of Ververica Platform",
		Type:    reflect.TypeFor[Config](),
		Ignored: decode.ServerSide(),
		Rules: map[string]schema.Map{
			"":           {"required": []any{"metadata", "spec"}},
			"kind":       orEmpty(Kind),
			"apiVersion": orEmpty(APIVersion),
			"metadata":   require("name"),
			"metadata.id": match("The UUID that VVP gave, by which Deployments may refer to the target.",
				kinds.IDPattern+"|^$"),
			"metadata.name":        match("1 to 250 characters of 0-9, a-z, A-Z, - and _.", namePattern),
			"metadata.namespace":   describe("A VVP namespace, not one of Kubernetes; default if it is left out."),
			"metadata.labels":      describe("VVP's own; not copied to Kubernetes."),
			"metadata.annotations": describe("VVP's own; not copied to Kubernetes."),
			"spec":                 require("kubernetes"),
			"spec.kubernetes.namespace": match(
				"The Kubernetes namespace to run in; the platform's own if it is left out.",
				"^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)?$"),
			"spec.deploymentPatchSet": {
				"description": "Patches of the VVP resource and of the Kubernetes objects, applied in this order.",
				"maxItems":    patch.MaxPatches,
			},
			"spec.deploymentPatchSet[]": patchRule(),
		},
	})
}

// patchRule has the three forms of patches.
func patchRule() schema.Map {
	form := func(title string, others bool, properties schema.Map, required ...any) schema.Map {
		return schema.Map{
			"title": title, "required": required, "properties": properties, "additionalProperties": others,
		}
	}
	text := schema.Map{"type": "string"}
	operations := schema.Map{"enum": []any{"add", "remove", "replace", "move", "copy", "test"}}
	return schema.Map{"type": "object", "oneOf": []any{
		form("JSON patch (RFC 6902) of the VVP Deployment", false, schema.Map{
			"value": true, "op": operations, "path": text, "from": text,
		}, "op", "path"),
		form("strategic merge patch", true, schema.Map{
			"apiVersion": text, "kind": text, "op": false, "target": false, "patch": false,
		}, "apiVersion", "kind"),
		form("patch of what the target selects", false, schema.Map{
			"target": schema.Map{"type": "object"}, "patch": schema.Map{"type": []any{"string", "object", "array"}},
		}, "target", "patch"),
	}}
}
