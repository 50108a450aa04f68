package judges

import (
	"encoding/json"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// update returns what the API server says against replacing old, which it has
// taken and which nobody has touched since, by new.
func update(old, new map[string]any) ([]string, error) {
	was, is, err := storedBoth(old, new)
	if err != nil {
		return nil, err
	}
	if service, ok := was.(*corev1.Service); ok {
		assign(service, is.(*corev1.Service))
		keep(service, is.(*corev1.Service))
	}
	was, of, err := internal(was)
	if err == nil {
		is, _, err = internal(is)
	}
	if err != nil {
		return nil, err
	}
	return reasons(of.update(is, was)), nil
}

// rollsPods reports whether the controller of a Deployment makes new pods.
func rollsPods(old, new map[string]any) (bool, error) {
	was, is, err := storedBoth(old, new)
	a, ok := was.(*appsv1.Deployment)
	b, also := is.(*appsv1.Deployment)
	return ok && also && !b.Spec.Paused && !equality.Semantic.DeepEqual(a.Spec.Template, b.Spec.Template), err
}

// defaulted returns an object with the defaults that the API server fills in.
func defaulted(object map[string]any) (map[string]any, error) {
	typed, err := decode(object)
	if err != nil {
		return nil, err
	}
	scheme.Default(typed)
	text, err := json.Marshal(typed)
	if err != nil {
		return nil, err
	}
	v, err := tree.FromJSON(text)
	out, _ := v.(tree.Map)
	return out, err
}

func storedBoth(old, new map[string]any) (was, is runtime.Object, err error) {
	if was, err = stored(old); err == nil {
		is, err = stored(new)
	}
	return was, is, err
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
