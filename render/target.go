package render

import (
	"cmp"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/target"
)

// platformRules are what the platform must be allowed in a namespace that it runs
// Flink in: those of its Helm chart 5.8.2 (VVP 2.12.2), and what only this library renders, with
// options.
var platformRules = [...]struct {
	groups, resources []string
	deleteCollection  bool
}{
	{[]string{"apps", "extensions"}, []string{"deployments"}, false},
	{[]string{""}, []string{"configmaps"}, true},
	{[]string{""}, []string{"pods", "secrets", "serviceaccounts", "services"}, false},
	{[]string{"batch"}, []string{"jobs"}, false},
	{[]string{"policy"}, []string{"poddisruptionbudgets"}, false},
	{[]string{"networking.k8s.io"}, []string{"ingresses", "networkpolicies"}, false},
	{[]string{"autoscaling"}, []string{"horizontalpodautoscalers"}, false},
	{[]string{"monitoring.coreos.com"}, []string{"podmonitors"}, false},
	{[]string{"rbac.authorization.k8s.io"}, []string{"rolebindings", "roles"}, false},
}

const platformSuffix = "-ververica-platform"

// Target renders what lets the platform run Flink in the target's namespace: a
// Role and a RoleBinding for its service account, as rbac.additionalNamespaces of
// the Helm chart does, and with [WithNamespace] the Namespace. They carry the label
// system only, and the target's patches do not apply. For the namespace of the
// platform itself, which has its own Role, it renders nothing, and a warning.
//
// It needs [ForPlatform] with Namespace and Name.
func (r *Renderer) Target(t target.Target) (Manifests, error) {
	switch {
	case t.IsZero():
		return Manifests{}, zeroValue(target.Kind,
			"the target is the zero value; make it with target.New or target.Parse")
	case r.platform.Name == "": // there is none without a namespace
		return Manifests{}, decode.Invalid(t.String(), decode.Problem(t.Position(), field.Required(nil,
			"namespace and name of the platform say who gets access").WithOrigin("platform-namespace ForPlatform")))
	}
	ns := t.KubernetesNamespace()
	if ns == "" || ns == r.platform.Namespace {
		return Manifests{warnings: []flinktarget.Problem{decode.Warning("shared-namespace", t.String(), "",
			"the target is in the namespace of the platform itself ("+r.platform.Namespace+
				"), where it has all rights; Ververica advises to keep Flink jobs apart from it", t.Position())}}, nil
	}
	name := platformName(r.platform.Name)
	account := cmp.Or(r.platform.ServiceAccount, name)
	meta := func() tree.Map {
		return tree.Map{"name": name, "namespace": ns, "labels": tree.Map{labels.KeySystem: labels.System}}
	}
	var objects []tree.Map
	if r.withNamespace {
		objects = append(objects, tree.Map{"apiVersion": "v1", "kind": "Namespace",
			"metadata": tree.Map{"name": ns, "labels": tree.Map{labels.KeySystem: labels.System}}})
	}
	objects = append(objects,
		tree.Map{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": meta(), "rules": rules()},
		tree.Map{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": meta(),
			"roleRef":  tree.Map{"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
			"subjects": []any{tree.Map{"kind": "ServiceAccount", "name": account, "namespace": r.platform.Namespace}}},
	)
	var m Manifests
	for _, o := range objects {
		m.objects = append(m.objects, Object{tree: o})
	}
	return m, nil
}

// platformName is the chart's name for its objects: cut at 63 characters.
func platformName(release string) string {
	if strings.Contains(release, "ververica-platform") {
		return release
	}
	name := release + platformSuffix
	if len(name) > 63 {
		name = strings.TrimRight(name[:63], "-")
	}
	return name
}

func rules() []any {
	verbs := []string{"create", "delete", "get", "list", "patch", "update", "watch"}
	var out []any
	for _, r := range platformRules {
		allowed := verbs
		if r.deleteCollection {
			allowed = []string{"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}
		}
		out = append(out, tree.Map{"apiGroups": tree.FromList(r.groups),
			"resources": tree.FromList(r.resources), "verbs": tree.FromList(allowed)})
	}
	return out
}
