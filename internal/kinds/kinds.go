// Package kinds is the one table of the Kubernetes objects that the renderer emits,
// and of the VVP resources that they are rendered from. It is data: package merge
// reads how lists merge, patch what may be patched, render in which order objects are
// applied and what verifies them, compare which fields are immutable. It imports
// nothing of the library.
//
// A new kind is an entry here, its Go type in package types, and a builder in package build;
// CONTRIBUTING says what else. TestAddedKind adds one.
package kinds

import (
	"fmt"
	"slices"
)

// TypeMeta is what an object says that it is.
type TypeMeta struct{ APIVersion, Kind string }

// TypeOf returns what an object says that it is.
func TypeOf(object map[string]any) TypeMeta {
	apiVersion, _ := object["apiVersion"].(string)
	kind, _ := object["kind"].(string)
	return TypeMeta{apiVersion, kind}
}

// String returns the two words, as messages have them.
func (t TypeMeta) String() string { return t.APIVersion + " " + t.Kind }

// PatchField is the field of a DeploymentTarget that has its patch of an index.
func PatchField(i int) string { return fmt.Sprintf("spec.deploymentPatchSet[%d]", i) }

// NameOf returns what people call an object: its kind and namespace/name, without the
// namespace where there is none.
func NameOf(object map[string]any) string {
	metadata, _ := object["metadata"].(map[string]any)
	namespace, _ := metadata["namespace"].(string)
	name, _ := metadata["name"].(string)
	if namespace != "" {
		name = namespace + "/" + name
	}
	return TypeOf(object).Kind + " " + name
}

// Mode says what an object is rendered for.
type Mode uint8

// The modes, as bits.
const (
	Application Mode = 1 << iota // a Deployment that runs in application mode
	Session                      // a SessionCluster
	Submission                   // a Deployment in session mode, whose job goes to a cluster that is there
	Platform                     // a DeploymentTarget, to which no patch applies
)

// Kind is a kind of Kubernetes object that the renderer emits.
type Kind struct {
	TypeMeta
	Modes Mode
	// Optional objects may be deleted by a patch; other objects refer to the rest.
	Optional bool
	// Protected are the fields that no patch changes. Read only.
	Protected [][]string
	// Immutable are the fields that Kubernetes never lets an update change, as dotted
	// paths: those of the functions of its validation, in Kubernetes 1.37, that are named.
	// Fields that only some updates may change are rules of package compare.
	Immutable []string
}

// Patchable reports whether patches of a target are applied to such objects.
func (k Kind) Patchable() bool { return k.Modes&all != 0 }

const (
	clusters = Application | Session
	all      = clusters | Submission
	rbac     = "rbac.authorization.k8s.io/v1"
)

var (
	identity = [][]string{{"apiVersion"}, {"kind"}, {"metadata", "name"}, {"metadata", "namespace"}}
	// selecting kinds are tied to pods by their selector, which mostly is immutable, too.
	selecting = append(slices.Clone(identity), []string{"spec", "selector"})
)

// table has the kinds in the order in which they are applied: what others refer to
// comes first.
var table = []Kind{
	{TypeMeta{"v1", "Namespace"}, Platform, false, identity, nil},
	{TypeMeta{"v1", "ServiceAccount"}, clusters, true, identity, nil},
	{TypeMeta{rbac, "Role"}, clusters | Platform, true, identity, nil},
	// ValidateRoleBindingUpdate.
	{TypeMeta{rbac, "RoleBinding"}, clusters | Platform, true, identity, []string{"roleRef"}},
	{TypeMeta{"v1", "ConfigMap"}, all, false, identity, nil},
	{TypeMeta{"v1", "Service"}, clusters, false, selecting, nil},
	{TypeMeta{"policy/v1", "PodDisruptionBudget"}, clusters, true, selecting, nil},
	{TypeMeta{"networking.k8s.io/v1", "NetworkPolicy"}, clusters, true,
		append(slices.Clone(identity), []string{"spec", "podSelector"}), nil},
	{TypeMeta{"networking.k8s.io/v1", "Ingress"}, clusters, true, identity, nil},
	{TypeMeta{"autoscaling/v2", "HorizontalPodAutoscaler"}, clusters, true,
		append(slices.Clone(identity), []string{"spec", "scaleTargetRef"}), nil},
	// A custom resource: lists of its spec are replaced, as kustomize does without a schema.
	{TypeMeta{"monitoring.coreos.com/v1", "PodMonitor"}, clusters, true, selecting, nil},
	// ValidateJobSpecUpdate.
	{TypeMeta{"batch/v1", "Job"}, Application | Submission, false, selecting, []string{
		"spec.template", "spec.selector", "spec.completions", "spec.completionMode", "spec.podFailurePolicy",
		"spec.successPolicy", "spec.backoffLimitPerIndex", "spec.managedBy", "spec.scheduling",
	}},
	// ValidateDeploymentUpdate.
	{TypeMeta{"apps/v1", "Deployment"}, clusters, false, selecting, []string{"spec.selector"}},
}

// All returns the kinds in the order in which they are applied. The slice is shared.
func All() []Kind { return table[:len(table):len(table)] }

// Patchable returns the kinds that patches of a target are applied to, in that order.
func Patchable() []Kind {
	return slices.DeleteFunc(slices.Clone(table), func(k Kind) bool { return !k.Patchable() })
}

// Lookup returns the emitted kind. It returns false for any other, of which nothing but
// the identity is protected.
func Lookup(t TypeMeta) (Kind, bool) {
	i := Rank(t)
	if i == len(table) {
		return Kind{TypeMeta: t, Protected: identity}, false
	}
	return table[i], true
}

// Rank returns the place of a kind in the order in which objects are applied. Kinds
// that are not emitted come last.
func Rank(t TypeMeta) int {
	if i := slices.IndexFunc(table, func(k Kind) bool { return k.TypeMeta == t }); i >= 0 {
		return i
	}
	return len(table)
}
