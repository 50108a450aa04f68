package compare

import (
	"reflect"

	kjson "sigs.k8s.io/json"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/kinds/types"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// Effect is what a difference means on a cluster. Those that mean more are greater.
type Effect uint8

// The effects.
const (
	// None: Kubernetes reads both versions as the same, or keeps what it has.
	None Effect = iota
	// InPlace: the object is updated, and pods go on running.
	InPlace
	// RollsPods: the pods are replaced by new ones.
	RollsPods
	// Refused: Kubernetes does not take the update, because the field is immutable.
	Refused
)

// decoded returns an object as Kubernetes reads it: without null, without what is
// empty, false or 0 where that means the same as nothing, with quantities in
// one spelling, and with the defaults of pods and Jobs. What cannot be read is returned as it
// is.
func decoded(obj tree.Map) tree.Map {
	t := types.Of(kinds.TypeOf(obj))
	if t == nil {
		return obj
	}
	typed := reflect.New(t).Interface()
	if err := kjson.UnmarshalCaseSensitivePreserveInts(tree.JSON(obj), typed); err != nil {
		return obj
	}
	fill(reflect.ValueOf(typed))
	v, _ := tree.FromGo(typed) // which came from JSON
	out, _ := v.(tree.Map)
	return out
}

// defaults are those constants that Kubernetes fills into pods and Jobs (SetDefaults_… in
// pkg/apis/{core,batch}/v1), where a change is refused or rolls pods: by the Go types and
// names of the fields.
var defaults = map[string]map[string]any{
	"JobSpec": {"CompletionMode": "NonIndexed"},
	"PodSpec": {"DNSPolicy": "ClusterFirst", "SchedulerName": "default-scheduler", "RestartPolicy": "Always",
		"TerminationGracePeriodSeconds": 30},
	"Container":     {"TerminationMessagePath": "/dev/termination-log", "TerminationMessagePolicy": "File"},
	"ContainerPort": {"Protocol": "TCP"},
	"Probe":         {"TimeoutSeconds": 1, "PeriodSeconds": 10, "SuccessThreshold": 1, "FailureThreshold": 3},
	"HTTPGetAction": {"Path": "/", "Scheme": "HTTP"},

	"ObjectFieldSelector":     {"APIVersion": "v1"},
	"ConfigMapVolumeSource":   {"DefaultMode": 0o644},
	"SecretVolumeSource":      {"DefaultMode": 0o644},
	"ProjectedVolumeSource":   {"DefaultMode": 0o644},
	"DownwardAPIVolumeSource": {"DefaultMode": 0o644},

	"PodFailurePolicyOnPodConditionsPattern": {"Status": "True"},
}

// fill fills defaults in.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Struct:
		for name, value := range defaults[v.Type().Name()] {
			f := v.FieldByName(name)
			if !f.IsZero() {
				continue
			}
			if f.Kind() == reflect.Pointer {
				f.Set(reflect.New(f.Type().Elem()))
				f = f.Elem()
			}
			f.Set(reflect.ValueOf(value).Convert(f.Type()))
		}
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				fill(f)
			}
		}
	}
}

// Effects returns what differences mean that Diff has found, in their order.
func Effects(old, new tree.Map, differences []Difference) []Effect {
	out := make([]Effect, len(differences))
	v := versions{old: decoded(old), new: decoded(new), written: new}
	rules := rulesOf(new)
	// The effects of what Kubernetes sees: at the path, and at all paths above.
	at, above := map[string]Effect{}, map[string]Effect{}
	for _, d := range Diff(v.old, v.new, nil) {
		effect := max(v.effect(rules, d.Path, d.Old), v.effect(rules, d.Path, d.New))
		at[d.Path.String()] = effect
		for i := range d.Path {
			prefix := d.Path[:i+1].String()
			above[prefix] = max(above[prefix], effect)
		}
	}
	for i, d := range differences {
		out[i] = above[d.Path.String()]
		for j := range d.Path {
			out[i] = max(out[i], at[d.Path[:j].String()])
		}
	}
	return out
}

// effect returns the greatest effect of what is at or below a path.
func (v versions) effect(rules []rule, at tree.Path, value any) Effect {
	effect := None
	switch value := value.(type) {
	case tree.Map:
		for key, e := range value {
			effect = max(effect, v.effect(rules, at.With(tree.Step{Name: key}), e))
		}
	case []any:
		for _, e := range value {
			effect = max(effect, v.effect(rules, at.With(tree.Step{Element: true}), e))
		}
	case nil:
		return None
	}
	if effect > None {
		return effect
	}
	path := at.Field()
	for _, r := range rules {
		if r.covers(path) {
			return r.effect(v)
		}
	}
	return InPlace
}
