package judges

import (
	"encoding/json"
	"fmt"
	"strings"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	podutil "k8s.io/kubernetes/pkg/api/pod"
	"k8s.io/kubernetes/pkg/apis/apps"
	appsvalidation "k8s.io/kubernetes/pkg/apis/apps/validation"
	"k8s.io/kubernetes/pkg/apis/autoscaling"
	autoscalingvalidation "k8s.io/kubernetes/pkg/apis/autoscaling/validation"
	"k8s.io/kubernetes/pkg/apis/batch"
	batchvalidation "k8s.io/kubernetes/pkg/apis/batch/validation"
	"k8s.io/kubernetes/pkg/apis/core"
	corevalidation "k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/apis/networking"
	networkingvalidation "k8s.io/kubernetes/pkg/apis/networking/validation"
	"k8s.io/kubernetes/pkg/apis/policy"
	policyvalidation "k8s.io/kubernetes/pkg/apis/policy/validation"
	"k8s.io/kubernetes/pkg/apis/rbac"
	rbacvalidation "k8s.io/kubernetes/pkg/apis/rbac/validation"
)

// Update returns what the API server says against replacing old, which it has
// taken and which nobody has touched since, by new.
func Update(old, new map[string]any) ([]string, error) {
	was, err := stored(old)
	if err != nil {
		return nil, err
	}
	is, err := stored(new)
	if err != nil {
		return nil, err
	}
	if _, ok := is.(*monitoring.PodMonitor); ok { // of which nothing is immutable
		return nil, nil
	}
	if service, ok := was.(*corev1.Service); ok {
		assign(service, is.(*corev1.Service))
		keep(service, is.(*corev1.Service))
	}
	oldInternal, err := internal(was)
	if err != nil {
		return nil, err
	}
	newInternal, err := internal(is)
	if err != nil {
		return nil, err
	}
	errs, err := updating(newInternal, oldInternal)
	var out []string
	for _, e := range errs {
		out = append(out, e.Error())
	}
	return out, err
}

// Rolls reports whether the controller of a Deployment makes new pods.
func Rolls(old, new map[string]any) (bool, error) {
	was, err := stored(old)
	if err != nil {
		return false, err
	}
	is, err := stored(new)
	if err != nil {
		return false, err
	}
	a, ok := was.(*appsv1.Deployment)
	b, also := is.(*appsv1.Deployment)
	return ok && also && !b.Spec.Paused && !equality.Semantic.DeepEqual(a.Spec.Template, b.Spec.Template), nil
}

// Defaulted returns an object with the defaults that the API server fills in.
func Defaulted(object map[string]any) (map[string]any, error) {
	typed, err := decode(object)
	if err != nil {
		return nil, err
	}
	scheme.Default(typed)
	text, err := json.Marshal(typed)
	if err != nil {
		return nil, err
	}
	var out map[string]any
	return out, json.Unmarshal(text, &out)
}

func stored(object map[string]any) (runtime.Object, error) {
	typed, err := decode(object)
	if err != nil {
		return nil, err
	}
	scheme.Default(typed)
	allocate(typed)
	accessor, err := meta.Accessor(typed)
	if err != nil {
		return nil, err
	}
	accessor.SetUID(controllerUID)
	accessor.SetResourceVersion("1")
	return typed, nil
}

func internal(typed runtime.Object) (runtime.Object, error) {
	gvk, err := kindOf(typed)
	if err != nil {
		return nil, err
	}
	return scheme.ConvertToVersion(typed, schema.GroupVersion{Group: gvk.Group, Version: runtime.APIVersionInternal})
}

// address is what a cluster gives a Service of a family.
var address = map[corev1.IPFamily]string{corev1.IPv4Protocol: "10.96.0.10", corev1.IPv6Protocol: "fd00::10"}

// assign does what the API server does with a Service that it takes. Which family a
// cluster chooses is its own affair: it is that of the next version, if that has one.
func assign(s, next *corev1.Service) {
	if len(s.Spec.IPFamilies) == 0 {
		s.Spec.IPFamilies = familiesOf(s, next)
	}
	if s.Spec.IPFamilyPolicy == nil {
		policy := corev1.IPFamilyPolicySingleStack
		s.Spec.IPFamilyPolicy = &policy
	}
	if s.Spec.ClusterIP == "" {
		for _, family := range s.Spec.IPFamilies {
			s.Spec.ClusterIPs = append(s.Spec.ClusterIPs, address[family])
		}
		s.Spec.ClusterIP = s.Spec.ClusterIPs[0]
	}
}

func familiesOf(s, next *corev1.Service) []corev1.IPFamily {
	if s.Spec.ClusterIP == "" && len(next.Spec.IPFamilies) > 0 {
		return next.Spec.IPFamilies[:1]
	}
	var out []corev1.IPFamily
	for _, ip := range s.Spec.ClusterIPs {
		family := corev1.IPv4Protocol
		if strings.Contains(ip, ":") {
			family = corev1.IPv6Protocol
		}
		out = append(out, family)
	}
	if len(out) == 0 {
		return []corev1.IPFamily{corev1.IPv4Protocol}
	}
	return out
}

// keep does what the API server does with an update that does not ask for what was
// assigned (patchAllocatedValues and initIPFamilyFields in the Service's storage).
func keep(old, new *corev1.Service) {
	if new.Spec.ClusterIP == "" {
		new.Spec.ClusterIP = old.Spec.ClusterIP
	}
	if len(new.Spec.ClusterIPs) == 0 {
		new.Spec.ClusterIPs = old.Spec.ClusterIPs
	}
	if len(new.Spec.IPFamilies) == 0 {
		new.Spec.IPFamilies = old.Spec.IPFamilies
	}
	if new.Spec.IPFamilyPolicy == nil {
		new.Spec.IPFamilyPolicy = old.Spec.IPFamilyPolicy
	}
	if new.Spec.HealthCheckNodePort == healthCheckPort && old.Spec.HealthCheckNodePort != 0 {
		new.Spec.HealthCheckNodePort = old.Spec.HealthCheckNodePort
	}
}

func updating(object, old runtime.Object) (field.ErrorList, error) {
	switch o := object.(type) {
	case *core.Namespace:
		return corevalidation.ValidateNamespaceUpdate(o, old.(*core.Namespace)), nil
	case *core.ConfigMap:
		return corevalidation.ValidateConfigMapUpdate(o, old.(*core.ConfigMap)), nil
	case *core.Service:
		return corevalidation.ValidateServiceUpdate(o, old.(*core.Service)), nil
	case *core.ServiceAccount:
		return corevalidation.ValidateServiceAccountUpdate(o, old.(*core.ServiceAccount)), nil
	case *apps.Deployment:
		was := old.(*apps.Deployment)
		options := podutil.GetValidationOptionsFromPodTemplate(&o.Spec.Template, &was.Spec.Template)
		return appsvalidation.ValidateDeploymentUpdate(o, was, options), nil
	case *batch.Job:
		was := old.(*batch.Job)
		options := podutil.GetValidationOptionsFromPodTemplate(&o.Spec.Template, &was.Spec.Template)
		suspended := was.Spec.Suspend != nil && *was.Spec.Suspend // and never started
		return batchvalidation.ValidateJobUpdate(o, was, batchvalidation.JobValidationOptions{
			PodValidationOptions:             options,
			RequirePrefixedLabels:            true,
			AllowMutableSchedulingDirectives: suspended,
			AllowMutablePodResources:         suspended,
		}), nil
	case *policy.PodDisruptionBudget:
		options := policyvalidation.PodDisruptionBudgetValidationOptions{}
		return policyvalidation.ValidatePodDisruptionBudget(o, options), nil
	case *networking.Ingress:
		return networkingvalidation.ValidateIngressUpdate(o, old.(*networking.Ingress)), nil
	case *networking.NetworkPolicy:
		return networkingvalidation.ValidateNetworkPolicyUpdate(o, old.(*networking.NetworkPolicy),
			networkingvalidation.NetworkPolicyValidationOptions{}), nil
	case *autoscaling.HorizontalPodAutoscaler:
		was := old.(*autoscaling.HorizontalPodAutoscaler)
		return autoscalingvalidation.ValidateHorizontalPodAutoscalerUpdate(o, was, scaling), nil
	case *rbac.Role:
		return rbacvalidation.ValidateRoleUpdate(o, old.(*rbac.Role)), nil
	case *rbac.RoleBinding:
		return rbacvalidation.ValidateRoleBindingUpdate(o, old.(*rbac.RoleBinding)), nil
	default:
		return nil, fmt.Errorf("no judge knows %T", object)
	}
}
