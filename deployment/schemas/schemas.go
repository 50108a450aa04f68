// Package schemas makes JSON Schemas (draft 2020-12) of VVP's kinds, for editors that
// complete and check YAML. They accept what the parsers do, as far as a schema can say it:
// fields by their json tags and no others, null where it means unset, and more than strings
// where a `wire` tag says so.
package schemas

import (
	_ "embed"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/jsonschema"
	"github.com/flinktarget/flinktarget/internal/schema"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/patch"
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
	return r.JSON(), nil
}

func rootOf(kind string) (jsonschema.Root, bool) {
	root := jsonschema.Root{Kind: kind, Title: kind + " of Ververica Platform", Rules: map[string]rule{}}
	switch kind {
	case target.Kind:
		root.Of = reflect.TypeFor[target.Config]()
		add(root.Rules, "", "target")
	case deployment.KindDeployment:
		const template = "spec.template.spec."
		root.Of = reflect.TypeFor[deployment.Config]()
		add(root.Rules, "", "common", "deployment")
		add(root.Rules, template, "cluster")
		add(root.Rules, template+"artifact.", "image")
		root.Rules[template+"artifact"] = rule{"allOf": artifactForms()}
	case deployment.KindSessionCluster:
		root.Of = reflect.TypeFor[deployment.SessionClusterConfig]()
		add(root.Rules, "", "common", "sessioncluster")
		add(root.Rules, "spec.", "cluster", "image")
	}
	return root, root.Of != nil
}

type rule = jsonschema.Rule

//go:embed rules.yaml
var ruleText string

// add adds what the lists of rules.yaml say of the fields below a path.
func add(rules map[string]rule, prefix string, lists ...string) {
	values := []string{
		"{minors}", strings.ReplaceAll(strings.Join(flink.Supported(), "|"), ".", `\.`),
		"{max-patches}", strconv.Itoa(patch.MaxPatches),
	}
	for name, pattern := range schema.Patterns {
		values = append(values, "{"+name+"}", pattern)
	}
	docs, _ := yaml.Parse("rules.yaml", []byte(strings.NewReplacer(values...).Replace(ruleText)))
	for _, list := range lists {
		for _, f := range docs[0].Get(list).Fields {
			rules[prefix+f.Key], _ = f.Value.Value().(rule)
		}
	}
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
		pattern := rule{"type": "string", "pattern": "^" + jsonschema.AnyCase(kind) + "$"}
		all = append(all, rule{
			"if":   rule{"properties": rule{"kind": pattern}},
			"then": rule{"required": required, "properties": properties},
		})
	}
	return all
}
