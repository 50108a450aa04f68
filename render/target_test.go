package render_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/patch/kustomize"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

// ofVVP says which installation targets of tests belong to.
var ofVVP = render.ForPlatform(render.Platform{Namespace: "vvp", Name: "vvp"})

func TestTarget(t *testing.T) {
	staging := parse(t, []byte(staging)).Targets[0]
	m, err := renderer(t, ofVVP, render.WithNamespace()).Target(staging)
	assert.NilError(t, err)
	golden.Assert(t, yamlOf(t, m), "target.golden.yaml")
	for o := range m.All() {
		typed, ok := map[string]any{"Namespace": &corev1.Namespace{}, "Role": &rbacv1.Role{},
			"RoleBinding": &rbacv1.RoleBinding{}}[o.Kind()]
		assert.Assert(t, ok, "%s", o)
		assert.NilError(t, o.Into(typed))
		assert.DeepEqual(t, o.Labels(), map[string]string{"system": "ververica-platform"})
	}
}

// The platform's account applies and deletes everything that is rendered for a resource.
func TestTargetAllowsEveryKind(t *testing.T) {
	m, err := renderer(t, ofVVP).Target(parse(t, []byte(staging)).Targets[0])
	assert.NilError(t, err)
	var role rbacv1.Role
	assert.NilError(t, find(t, m, "Role", "").Into(&role))
	allowed := map[string][]string{} // verbs, by group and resource
	for _, rule := range role.Rules {
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				allowed[group+"/"+resource] = rule.Verbs
			}
		}
	}
	for _, k := range kinds.Patchable() {
		group, _, versioned := strings.Cut(k.APIVersion, "/")
		if !versioned {
			group = ""
		}
		plural := strings.NewReplacer("ys", "ies", "sss", "sses").Replace(strings.ToLower(k.Kind) + "s")
		verbs := allowed[group+"/"+plural]
		for _, verb := range []string{"create", "delete", "get", "list", "patch"} {
			assert.Assert(t, slices.Contains(verbs, verb), "%s %s: %v", verb, k, verbs)
		}
	}
}

func TestTargetNames(t *testing.T) {
	staging := parse(t, []byte(staging)).Targets[0]
	for _, c := range []struct {
		reason   string
		platform render.Platform
		role     string
		account  string
	}{
		{"the chart's convention", render.Platform{Namespace: "vvp", Name: "prod"}, "prod-ververica-platform",
			"prod-ververica-platform"},
		{"the chart does not say its name twice", render.Platform{Namespace: "vvp", Name: "ververica-platform"},
			"ververica-platform", "ververica-platform"},
		{"an account of one's own", render.Platform{Namespace: "vvp", Name: "prod", ServiceAccount: "me"},
			"prod-ververica-platform", "me"},
		{"the chart cuts at 63", render.Platform{Namespace: "vvp", Name: strings.Repeat("a", 60)},
			strings.Repeat("a", 60) + "-ve", strings.Repeat("a", 60) + "-ve"},
		{"and leaves no hyphen at the end", render.Platform{Namespace: "vvp", Name: strings.Repeat("a", 62)},
			strings.Repeat("a", 62), strings.Repeat("a", 62)},
	} {
		m, err := renderer(t, render.ForPlatform(c.platform)).Target(staging)
		assert.NilError(t, err)
		assert.Equal(t, m.Len(), 2, c.reason)
		var binding rbacv1.RoleBinding
		assert.NilError(t, find(t, m, "RoleBinding", "").Into(&binding))
		assert.Equal(t, binding.Name, c.role, c.reason)
		assert.Equal(t, binding.RoleRef.Name, c.role)
		assert.Equal(t, binding.Subjects[0].Name, c.account)
		assert.Equal(t, binding.Subjects[0].Namespace, "vvp")
		assert.Equal(t, binding.Namespace, "staging")
	}
}

func TestTargetOfThePlatformItself(t *testing.T) {
	own, err := target.New(target.Config{Metadata: target.Metadata{Name: "own"},
		Spec: target.Spec{Kubernetes: &target.Kubernetes{}}})
	assert.NilError(t, err)
	m, err := renderer(t, ofVVP).Target(own)
	assert.NilError(t, err)
	assert.Equal(t, m.Len(), 0)
	assert.Equal(t, len(m.Warnings()), 1)
	_, err = renderer(t, render.ForPlatform(render.Platform{Namespace: "vvp"})).Target(own)
	assert.ErrorContains(t, err, "(option ForPlatform)")
	_, err = renderer(t).Target(target.Target{})
	assert.ErrorContains(t, err, "zero value")
}

func TestOptionsThatAreNotLegal(t *testing.T) {
	for reason, o := range map[string]render.Option{
		"a namespace in capitals":      render.ForPlatform(render.Platform{Namespace: "VVP"}),
		"no namespace":                 render.ForPlatform(render.Platform{Name: "vvp"}),
		"an account with blanks":       render.ForPlatform(render.Platform{Namespace: "vvp", ServiceAccount: "a b"}),
		"a version that is not there":  render.UseImages(map[string]string{"1.3": "flink:1.3"}),
		"a patch version":              render.UseImages(map[string]string{"1.20.1": "flink:1.20.1"}),
		"an image without a name":      render.UseImages(map[string]string{"1.20": ""}),
		"a fetcher image with a blank": render.FetcherImage("a b"),
		"a secret in capitals":         render.TLSSecret("Certificates"),
		"a secret without a name":      render.TLSSecret(""),
	} {
		_, err := render.New(o)
		assert.Assert(t, errors.Is(err, flinktarget.ErrInvalid), reason)
	}
}

// A program finds the options that it gave, and those of a name that it gave twice.
func TestProblemsNameOptions(t *testing.T) {
	_, err := render.New(render.UseImages(map[string]string{"1.3": "i", "1.20": ""}), render.Option{},
		render.AllowUnknown(),
		render.ForPlatform(render.Platform{Namespace: "vvp", Name: "N"}), render.AllowUnknown())
	var got []string
	for p := range flinktarget.Problems(err) {
		assert.Equal(t, p.Rule, "option")
		got = append(got, p.Field)
	}
	assert.DeepEqual(t, got, []string{"UseImages", "UseImages", "ForPlatform.Name", "AllowUnknown"})
	assert.ErrorContains(t, err, "AllowUnknown: given twice")
}

func TestImages(t *testing.T) {
	images := map[string]string{"1.20": "registry.example.com/flink:1.20.5-s3"}
	r := renderer(t, render.UseImages(images))
	images["1.20"] = "changed"
	m, err := r.Bundle(parse(t, []byte(app)), nil)
	assert.NilError(t, err)
	assert.Equal(t, jobManager(t, m).Containers[0].Image, "registry.example.com/flink:1.20.5-s3")
	m, err = r.Bundle(parse(t, []byte(strings.Replace(app, "kind: JAR,", "kind: JAR, flinkImageTag: 1.20.1,", 1))), nil)
	assert.NilError(t, err)
	assert.Equal(t, jobManager(t, m).Containers[0].Image, "flink:1.20.1", "what the resource says goes first")
}

// Each option is a function, whose name is the option's, and is refused when it is given
// twice. The list is held against the source.
func TestOptionsTwice(t *testing.T) {
	options := map[string]render.Option{}
	for _, o := range []render.Option{render.AllowEmpty(), render.AllowUnknown(), render.AllowUnresolved(),
		render.BlobStorage("s3://b"), render.FetcherImage("i"), render.FlinkHome("/f"),
		render.ForPlatform(render.Platform{Namespace: "n"}), render.IgnoreState(), render.PatchEngine(kustomize.Engine()),
		render.PodDisruptionBudgets(), render.SQLRunner("https://h/a.jar", "a.B"), render.StrictPatches(),
		render.TLSSecret("s"), render.UseImages(map[string]string{"1.20": "i"}),
		render.UseLoggingProfiles(map[string]string{"p": "t"}), render.WithNamespace(), render.WithTrace(),
		render.WithMetrics(render.Metrics{}), render.WithIngress(render.Ingress{Host: "h"}),
		render.WithAutoscaling(render.Autoscaling{MaxReplicas: 1}), render.WithNetworkPolicies(render.NetworkPolicies{}),
		render.Workers(1)} {
		options[o.String()] = o
		_, err := render.New(o)
		assert.NilError(t, err)
		_, err = render.New(o, render.Option{}, o)
		assert.Error(t, err, o.String()+": given twice")
	}
	files, err := filepath.Glob("*.go")
	assert.NilError(t, err)
	found := 0
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		assert.NilError(t, err)
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || !f.Name.IsExported() || f.Type.Results == nil || len(f.Type.Results.List) != 1 {
				continue
			}
			if result, ok := f.Type.Results.List[0].Type.(*ast.Ident); ok && result.Name == "Option" {
				_, listed := options[f.Name.Name]
				assert.Check(t, listed, "%s is not in the list", f.Name.Name)
				found++
			}
		}
	}
	assert.Equal(t, found, len(options))
}
