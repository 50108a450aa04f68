package rendertest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/render"
)

// The rules of the package comment.
const (
	ruleIdentity  = "identity"
	ruleLabels    = "labels"
	ruleSelector  = "selector"
	ruleNamespace = "namespace"
	ruleSecurity  = "security"
)

// Check reports every problem that Problems finds as an error of t.
func Check(t testing.TB, m render.Manifests) {
	t.Helper()
	for _, p := range Problems(m) {
		t.Error(shown(p))
	}
}

// Problems returns where the objects break a rule of the package comment, in the order of
// the objects. Their Resource is the name that labels give, and their Position that
// of [render.Object.Position].
func Problems(m render.Manifests) []flinktarget.Problem {
	c := &checker{}
	for o := range m.All() {
		c.objects = append(c.objects, objectOf(o))
	}
	return c.run()
}

type object struct {
	tree           tree.Map
	name, resource string
	at             flinktarget.Position
}

func objectOf(o render.Object) object {
	return object{o.Map(), o.String(), resourceOf(o), o.Position()}
}

func (o object) labels() map[string]string { return tree.Strings(o.tree, "metadata", "labels") }

func (o object) kind() string { return tree.String(o.tree, "kind") }

// pods returns the labels of the object's pods, if it makes some.
func (o object) pods() (map[string]string, bool) {
	template := tree.Child(o.tree, "spec", "template")
	return tree.Strings(template, "metadata", "labels"), template != nil
}

// ofPlatform tells the objects of Renderer.Target, which belong to no resource.
func (o object) ofPlatform() bool {
	_, ofResource := o.labels()[labels.KeyApp]
	k, _ := kinds.Lookup(kinds.TypeOf(o.tree))
	return !ofResource && k.Modes&kinds.Platform != 0
}

type checker struct {
	objects  []object
	current  object
	problems []flinktarget.Problem
}

func (c *checker) fail(rule, field, format string, args ...any) {
	reporter(&c.problems, rule, c.current, "")(field, format, args...)
}

func (c *checker) run() []flinktarget.Problem {
	seen := map[string]bool{}
	namespaces := map[string]string{}
	for _, o := range c.objects {
		c.current = o
		c.identity(seen)
		c.labels()
		if o.ofPlatform() {
			continue
		}
		c.namespace(namespaces)
		if o.kind() == "Service" {
			c.service()
		}
		if pods, ok := o.pods(); ok {
			c.workload(pods)
			c.pod()
		}
	}
	return c.problems
}

func (c *checker) identity(seen map[string]bool) {
	var parts []string
	for _, path := range [][]string{{"apiVersion"}, {"kind"}, {"metadata", "namespace"}, {"metadata", "name"}} {
		value := tree.String(c.current.tree, path...)
		if value == "" && path[len(path)-1] != "namespace" {
			c.fail(ruleIdentity, strings.Join(path, "."), "is missing")
		}
		parts = append(parts, value)
	}
	key := strings.Join(parts, "\n")
	if seen[key] {
		c.fail(ruleIdentity, "metadata.name", "another object is the same by kind, namespace and name")
	}
	seen[key] = true
}

// required are the labels of the objects of a resource, by the value of app.
var required = map[string][]string{
	labels.AppJob: {labels.KeyVVPNamespace, labels.KeyDeploymentID, labels.KeyDeploymentName,
		labels.KeyJobID},
	labels.AppSessionCluster: {labels.KeyVVPNamespace, labels.KeySessionClusterID, labels.KeySessionClusterName},
}

func (c *checker) labels() {
	c.set("metadata.labels", c.current.labels())
	pods, ok := c.current.pods()
	if !ok {
		return
	}
	c.set("spec.template.metadata.labels", pods)
	own := c.current.labels()
	for _, key := range append(required[own[labels.KeyApp]], labels.KeyApp, labels.KeySystem, labels.KeyComponent) {
		if own[key] != pods[key] {
			c.fail(ruleLabels, "spec.template.metadata.labels["+key+"]", "is %q, and %q on the %s itself", pods[key],
				own[key], c.current.kind())
		}
	}
}

func (c *checker) set(field string, set map[string]string) {
	if got := set[labels.KeySystem]; got != labels.System {
		c.fail(ruleLabels, field+"["+labels.KeySystem+"]", "is %q, not %q", got, labels.System)
	}
	for _, key := range slices.Sorted(maps.Keys(set)) {
		for _, problem := range append(validation.IsQualifiedName(key), validation.IsValidLabelValue(set[key])...) {
			c.fail(ruleLabels, field+"["+key+"]", "%s", problem)
		}
	}
	if c.current.ofPlatform() {
		return
	}
	keys, ok := required[set[labels.KeyApp]]
	if !ok {
		c.fail(ruleLabels, field+"["+labels.KeyApp+"]", "is %q, neither %q nor %q", set[labels.KeyApp], labels.AppJob,
			labels.AppSessionCluster)
	}
	for _, key := range keys {
		if set[key] == "" {
			c.fail(ruleLabels, field+"["+key+"]", "is missing")
		}
	}
}

// owner returns the label that the objects of one cluster have in common.
func (o object) owner() (key, value string) {
	set := o.labels()
	key = labels.KeyJobID
	if set[labels.KeyApp] == labels.AppSessionCluster {
		key = labels.KeySessionClusterID
	}
	return key, set[key]
}

func (c *checker) namespace(of map[string]string) {
	namespace := tree.String(c.current.tree, "metadata", "namespace")
	_, id := c.current.owner()
	first, known := of[id]
	switch {
	case namespace == "":
		c.fail(ruleNamespace, "metadata.namespace", "is missing")
	case known && first != namespace:
		c.fail(ruleNamespace, "metadata.namespace", "is %s; another object of the same resource is in %s", namespace,
			first)
	case !known:
		of[id] = namespace
	}
}

// selects checks a selector against the frozen form.
func (c *checker) selects(field string, selector map[string]string) {
	key, id := c.current.owner()
	want := map[string]string{key: id, labels.KeyComponent: c.current.labels()[labels.KeyComponent]}
	if !maps.Equal(selector, want) {
		c.fail(ruleSelector, field, "is %v; it must be %v, and never change", selector, want)
	}
}

func (c *checker) workload(pods map[string]string) {
	selector := tree.Strings(c.current.tree, "spec", "selector", "matchLabels")
	if c.current.kind() == "Job" {
		if _, ok := tree.Get(c.current.tree, "spec", "selector"); ok {
			c.fail(ruleSelector, "spec.selector", "Kubernetes sets the selector of a Job")
		}
		return
	}
	c.selects("spec.selector.matchLabels", selector)
	if _, ok := tree.Get(c.current.tree, "spec", "selector", "matchExpressions"); ok {
		c.fail(ruleSelector, "spec.selector.matchExpressions", "is never used")
	}
	for key, value := range selector {
		if pods[key] != value {
			c.fail(ruleSelector, "spec.selector.matchLabels["+key+"]", "%q does not select the pods, which have %q",
				value, pods[key])
		}
	}
}

func (c *checker) service() {
	selector := tree.Strings(c.current.tree, "spec", "selector")
	c.selects("spec.selector", selector)
	for _, o := range c.objects {
		pods, ok := o.pods()
		if ok && tree.String(o.tree, "metadata", "namespace") == tree.String(c.current.tree, "metadata", "namespace") &&
			tree.Subset(selector, pods) {
			return
		}
	}
	c.fail(ruleSelector, "spec.selector", "selects no pods of these manifests")
}

// pod checks the security of a workload's pods.
func (c *checker) pod() {
	template := tree.Child(c.current.tree, "spec", "template")
	if err := json.Unmarshal(tree.JSON(template), new(corev1.PodTemplateSpec)); err != nil {
		c.fail(ruleSecurity, "spec.template", "is not a pod template: %v", err)
		return
	}
	restricted(template, reporter(&c.problems, ruleSecurity, c.current, ""))
}
