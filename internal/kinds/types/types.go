// Package types has the Go types of the kinds that the renderer emits. It is a package
// of its own, because whoever only keeps targets and patches needs none of them: they
// are most of what a program that renders links.
package types

import (
	"reflect"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/flinktarget/flinktarget/internal/kinds"
)

// PodMonitor is what is known here of the Prometheus operator's type. The rest is held against
// that type by the tests of render/judges.
type PodMonitor struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              map[string]any `json:"spec"`
}

const (
	rbac       = "rbac.authorization.k8s.io/v1"
	networking = "networking.k8s.io/v1"
)

type autoscaler = autoscalingv2.HorizontalPodAutoscaler

var types = map[kinds.TypeMeta]reflect.Type{
	{APIVersion: "autoscaling/v2", Kind: "HorizontalPodAutoscaler"}: reflect.TypeFor[autoscaler](),
	{APIVersion: "v1", Kind: "Namespace"}:                           reflect.TypeFor[corev1.Namespace](),
	{APIVersion: "v1", Kind: "ServiceAccount"}:                      reflect.TypeFor[corev1.ServiceAccount](),
	{APIVersion: rbac, Kind: "Role"}:                                reflect.TypeFor[rbacv1.Role](),
	{APIVersion: rbac, Kind: "RoleBinding"}:                         reflect.TypeFor[rbacv1.RoleBinding](),
	{APIVersion: "v1", Kind: "ConfigMap"}:                           reflect.TypeFor[corev1.ConfigMap](),
	{APIVersion: "v1", Kind: "Service"}:                             reflect.TypeFor[corev1.Service](),
	{APIVersion: "policy/v1", Kind: "PodDisruptionBudget"}:          reflect.TypeFor[policyv1.PodDisruptionBudget](),
	{APIVersion: networking, Kind: "NetworkPolicy"}:                 reflect.TypeFor[networkingv1.NetworkPolicy](),
	{APIVersion: networking, Kind: "Ingress"}:                       reflect.TypeFor[networkingv1.Ingress](),
	{APIVersion: "monitoring.coreos.com/v1", Kind: "PodMonitor"}:    reflect.TypeFor[PodMonitor](),
	{APIVersion: "batch/v1", Kind: "Job"}:                           reflect.TypeFor[batchv1.Job](),
	{APIVersion: "apps/v1", Kind: "Deployment"}:                     reflect.TypeFor[appsv1.Deployment](),
}

// Of returns the Go type of a kind that the renderer emits, nil for any other.
func Of(t kinds.TypeMeta) reflect.Type { return types[t] }

// KindOf returns the kind that a Go type is of, and whether the renderer emits it.
func KindOf(t reflect.Type) (kinds.TypeMeta, bool) {
	for kind, known := range types {
		if known == t {
			return kind, true
		}
	}
	return kinds.TypeMeta{}, false
}
