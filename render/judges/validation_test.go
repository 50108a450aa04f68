package judges

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metav1validation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	podutil "k8s.io/kubernetes/pkg/api/pod"
	"k8s.io/kubernetes/pkg/apis/apps"
	appsinternal "k8s.io/kubernetes/pkg/apis/apps/v1"
	appsvalidation "k8s.io/kubernetes/pkg/apis/apps/validation"
	"k8s.io/kubernetes/pkg/apis/autoscaling"
	autoscalinginternal "k8s.io/kubernetes/pkg/apis/autoscaling/v2"
	autoscalingvalidation "k8s.io/kubernetes/pkg/apis/autoscaling/validation"
	"k8s.io/kubernetes/pkg/apis/batch"
	batchinternal "k8s.io/kubernetes/pkg/apis/batch/v1"
	batchvalidation "k8s.io/kubernetes/pkg/apis/batch/validation"
	"k8s.io/kubernetes/pkg/apis/core"
	coreinternal "k8s.io/kubernetes/pkg/apis/core/v1"
	corevalidation "k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/apis/networking"
	networkinginternal "k8s.io/kubernetes/pkg/apis/networking/v1"
	networkingvalidation "k8s.io/kubernetes/pkg/apis/networking/validation"
	"k8s.io/kubernetes/pkg/apis/policy"
	policyinternal "k8s.io/kubernetes/pkg/apis/policy/v1"
	policyvalidation "k8s.io/kubernetes/pkg/apis/policy/validation"
	"k8s.io/kubernetes/pkg/apis/rbac"
	rbacinternal "k8s.io/kubernetes/pkg/apis/rbac/v1"
	rbacvalidation "k8s.io/kubernetes/pkg/apis/rbac/validation"
	kjson "sigs.k8s.io/json"
)

// scheme knows the types of the API server, their defaults and conversions, and
// the part of its validation that is generated.
var scheme = func() *runtime.Scheme {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		core.AddToScheme, coreinternal.AddToScheme, apps.AddToScheme, appsinternal.AddToScheme,
		batch.AddToScheme, batchinternal.AddToScheme, policy.AddToScheme, policyinternal.AddToScheme,
		rbac.AddToScheme, rbacinternal.AddToScheme, networking.AddToScheme, networkinginternal.AddToScheme,
		autoscaling.AddToScheme, autoscalinginternal.AddToScheme, monitoring.AddToScheme,
	} {
		if err := add(s); err != nil {
			panic(err)
		}
	}
	return s
}()

// gates are the features that the generated validation asks about; alpha, and off.
var gates = map[string]bool{
	"InPlacePodVerticalScalingSchedulerPreemption": false,
	"WorkloadWithJob": false,
}

// decode reads an object as the API server does with fieldValidation=Strict.
func decode(object map[string]any) (runtime.Object, error) {
	apiVersion, _ := object["apiVersion"].(string)
	kind, _ := object["kind"].(string)
	typed, err := scheme.New(schema.FromAPIVersionAndKind(apiVersion, kind))
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	strict, err := kjson.UnmarshalStrict(text, typed)
	if err != nil {
		return nil, err
	}
	return typed, errors.Join(strict...)
}

// validate fills in defaults and validates as the API server does on creation.
func validate(typed runtime.Object) []string {
	object := typed.DeepCopyObject()
	scheme.Default(object)
	allocate(object)
	internal, of, err := internal(object)
	if err != nil {
		return []string{err.Error()}
	}
	errs := of.create(internal)
	for _, e := range scheme.Validate(context.Background(), gates, object) {
		if !e.IsAlpha() && !e.IsBeta() { // those are only compared with the others
			errs = append(errs, e)
		}
	}
	return reasons(errs)
}

func reasons(errs field.ErrorList) (out []string) {
	for _, e := range errs {
		out = append(out, e.Error())
	}
	return out
}

// internal returns an object in the version that is validated, and what validates it.
func internal(typed runtime.Object) (runtime.Object, rules, error) {
	kinds, _, err := scheme.ObjectKinds(typed)
	if err != nil {
		return nil, rules{}, err
	}
	version := schema.GroupVersion{Group: kinds[0].Group, Version: runtime.APIVersionInternal}
	if scheme.Recognizes(version.WithKind(kinds[0].Kind)) { // a PodMonitor has one version
		if typed, err = scheme.ConvertToVersion(typed, version); err != nil {
			return nil, rules{}, err
		}
	}
	of, ok := handwritten[reflect.TypeOf(typed)]
	if !ok {
		err = fmt.Errorf("no judge knows %T", typed)
	}
	return typed, of, err
}

// monitor does what the CRD says that the type does not: what is required.
func monitor(m *monitoring.PodMonitor) field.ErrorList {
	errs := apivalidation.ValidateObjectMeta(&m.ObjectMeta, true, apivalidation.NameIsDNSSubdomain,
		field.NewPath("metadata"))
	spec := field.NewPath("spec")
	if len(m.Spec.PodMetricsEndpoints) == 0 {
		errs = append(errs, field.Required(spec.Child("podMetricsEndpoints"), ""))
	}
	return append(errs, metav1validation.ValidateLabelSelector(&m.Spec.Selector,
		metav1validation.LabelSelectorValidationOptions{}, spec.Child("selector"))...)
}

// rules are what the API server says of objects that are created, and of those that take
// the place of others.
type rules struct {
	create func(object any) field.ErrorList
	update func(object, old any) field.ErrorList
}

var handwritten = map[reflect.Type]rules{}

func known[T any](create func(*T) field.ErrorList, update func(object, old *T) field.ErrorList) {
	handwritten[reflect.TypeFor[*T]()] = rules{
		func(object any) field.ErrorList { return create(object.(*T)) },
		func(object, old any) field.ErrorList { return update(object.(*T), old.(*T)) },
	}
}

func init() {
	known(monitor, func(_, _ *monitoring.PodMonitor) field.ErrorList { return nil }) // nothing is immutable
	known(corevalidation.ValidateNamespace, corevalidation.ValidateNamespaceUpdate)
	known(corevalidation.ValidateConfigMap, corevalidation.ValidateConfigMapUpdate)
	known(corevalidation.ValidateSecret, corevalidation.ValidateSecretUpdate)
	known(corevalidation.ValidateServiceCreate, corevalidation.ValidateServiceUpdate)
	known(corevalidation.ValidateServiceAccount, corevalidation.ValidateServiceAccountUpdate)
	known(func(o *core.Pod) field.ErrorList {
		options := podutil.GetValidationOptionsFromPodSpecAndMeta(&o.Spec, nil, &o.ObjectMeta, nil)
		options.ResourceIsPod = true
		return corevalidation.ValidatePodCreate(o, options)
	}, nil)
	known(func(o *apps.Deployment) field.ErrorList {
		return appsvalidation.ValidateDeployment(o, podutil.GetValidationOptionsFromPodTemplate(&o.Spec.Template, nil))
	}, func(o, was *apps.Deployment) field.ErrorList {
		options := podutil.GetValidationOptionsFromPodTemplate(&o.Spec.Template, &was.Spec.Template)
		return appsvalidation.ValidateDeploymentUpdate(o, was, options)
	})
	known(func(o *batch.Job) field.ErrorList {
		return batchvalidation.ValidateJobCreate(o, batchvalidation.JobValidationOptions{
			PodValidationOptions:  podutil.GetValidationOptionsFromPodTemplate(&o.Spec.Template, nil),
			RequirePrefixedLabels: true,
		})
	}, func(o, was *batch.Job) field.ErrorList {
		suspended := was.Spec.Suspend != nil && *was.Spec.Suspend // and never started
		return batchvalidation.ValidateJobUpdate(o, was, batchvalidation.JobValidationOptions{
			PodValidationOptions: podutil.GetValidationOptionsFromPodTemplate(&o.Spec.Template,
				&was.Spec.Template),
			RequirePrefixedLabels:            true,
			AllowMutableSchedulingDirectives: suspended,
			// AllowMutablePodResources is younger than most clusters.
		})
	})
	budget := func(o *policy.PodDisruptionBudget) field.ErrorList {
		metadata := field.NewPath("metadata")
		errs := corevalidation.ValidateObjectMeta(&o.ObjectMeta, true, apivalidation.NameIsDNSSubdomain, metadata)
		options := policyvalidation.PodDisruptionBudgetValidationOptions{}
		return append(errs, policyvalidation.ValidatePodDisruptionBudget(o, options)...)
	}
	known(budget, func(o, _ *policy.PodDisruptionBudget) field.ErrorList { return budget(o) })
	known(networkingvalidation.ValidateIngressCreate, networkingvalidation.ValidateIngressUpdate)
	policies := networkingvalidation.NetworkPolicyValidationOptions{}
	known(func(o *networking.NetworkPolicy) field.ErrorList {
		return networkingvalidation.ValidateNetworkPolicy(o, policies)
	}, func(o, was *networking.NetworkPolicy) field.ErrorList {
		return networkingvalidation.ValidateNetworkPolicyUpdate(o, was, policies)
	})
	known(func(o *autoscaling.HorizontalPodAutoscaler) field.ErrorList {
		return autoscalingvalidation.ValidateHorizontalPodAutoscaler(o, scaling)
	}, func(o, was *autoscaling.HorizontalPodAutoscaler) field.ErrorList {
		return autoscalingvalidation.ValidateHorizontalPodAutoscalerUpdate(o, was, scaling)
	})
	known(rbacvalidation.ValidateRole, rbacvalidation.ValidateRoleUpdate)
	known(rbacvalidation.ValidateRoleBinding, rbacvalidation.ValidateRoleBindingUpdate)
}

// scaling is what an API server without alpha features asks of an autoscaler.
var scaling = autoscalingvalidation.HorizontalPodAutoscalerSpecValidationOptions{MinReplicasLowerBound: 1}

// healthCheckPort is what a cluster gives a load balancer that asks for none.
const healthCheckPort = 30000

// allocate does what the API server does between defaulting and validation.
func allocate(object runtime.Object) {
	switch o := object.(type) {
	case *batchv1.Job:
		generateSelector(o)
	case *corev1.Service:
		if o.Spec.ClusterIP != "" && len(o.Spec.ClusterIPs) == 0 {
			o.Spec.ClusterIPs = []string{o.Spec.ClusterIP}
		}
		local := o.Spec.Type == corev1.ServiceTypeLoadBalancer &&
			o.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal
		if local && o.Spec.HealthCheckNodePort == 0 {
			o.Spec.HealthCheckNodePort = healthCheckPort
		}
	}
}

// controllerUID stands for the id that a cluster gives an object.
const controllerUID = "8f0e7f0a-6f61-4a7e-9d5a-0d6b3f3a0c11"

// generateSelector gives a Job the labels by which it knows its pods.
func generateSelector(job *batchv1.Job) {
	if job.Spec.ManualSelector != nil && *job.Spec.ManualSelector {
		return
	}
	job.UID = controllerUID
	labels := maps.Clone(job.Spec.Template.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	for _, key := range []string{"job-name", batchv1.JobNameLabel} {
		labels[key] = job.Name
	}
	for _, key := range []string{"controller-uid", batchv1.ControllerUidLabel} {
		labels[key] = controllerUID
	}
	job.Spec.Template.Labels = labels
	if job.Spec.Selector == nil {
		job.Spec.Selector = &metav1.LabelSelector{}
	}
	if job.Spec.Selector.MatchLabels == nil {
		job.Spec.Selector.MatchLabels = map[string]string{}
	}
	job.Spec.Selector.MatchLabels[batchv1.ControllerUidLabel] = controllerUID
}

// podOf returns the pod that a controller makes of a workload, nil for others.
func podOf(object runtime.Object) *corev1.Pod {
	switch o := object.(type) {
	case *appsv1.Deployment:
		pod := podFrom(o.ObjectMeta, o.Spec.Template, "-5f6d7c8b9-abcde")
		pod.Labels[appsv1.DefaultDeploymentUniqueLabelKey] = "5f6d7c8b9"
		return pod
	case *batchv1.Job:
		job := o.DeepCopy()
		generateSelector(job)
		return podFrom(job.ObjectMeta, job.Spec.Template, "-abcde")
	default:
		return nil
	}
}

func podFrom(owner metav1.ObjectMeta, template corev1.PodTemplateSpec, suffix string) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: *template.ObjectMeta.DeepCopy(), Spec: *template.Spec.DeepCopy()}
	pod.Namespace, pod.Name = owner.Namespace, owner.Name+suffix
	if pod.Labels == nil {
		pod.Labels = map[string]string{}
	}
	return pod
}
