package render

import (
	"strings"

	"github.com/flinktarget/flinktarget/internal/compare"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// Op is what happened to an object or a field.
type Op uint8

// The operations.
const (
	OpAdded Op = iota + 1
	OpRemoved
	OpChanged
	// OpReordered is a list whose elements have keys, such as containers, and stand in
	// another order.
	OpReordered
)

// String returns "added", "removed", "changed" or "reordered".
func (o Op) String() string {
	if words := [...]string{"", "added", "removed", "changed", "reordered"}; int(o) < len(words) {
		return words[o]
	}
	return ""
}

// Effect is what a change means on a cluster that has the old objects, when the new
// ones are applied. Greater values mean more.
type Effect uint8

// The effects.
const (
	// EffectNone is a difference that Kubernetes does not see, such as 1Gi for 1024Mi
	// or null for nothing, or one that it does not follow: a Service keeps the
	// address it has when the manifest no longer names one.
	EffectNone Effect = iota
	// EffectInPlace is a change of the object only: its pods go on running.
	EffectInPlace
	// EffectCreated is an object that was not there.
	EffectCreated
	// EffectDeleted is an object that is no longer rendered. Kubernetes does not delete it
	// by itself: what applies the manifests must prune.
	EffectDeleted
	// EffectRollsPods is a change of the pods of a Deployment: they are replaced. A change
	// of a ConfigMap alone does not do this; the checksum of the configuration in the
	// pod template does.
	EffectRollsPods
	// EffectReplaced is an object of one Flink job or cluster that makes room for that of
	// another, of the same Deployment or SessionCluster: the job id, and with it the
	// names, or the namespace are new. The old object is to be deleted, as with
	// EffectDeleted. A new Flink job starts without state unless it is given a savepoint.
	EffectReplaced
	// EffectRefused is a change of a field that is immutable, or that Kubernetes refuses next to a
	// default that it has filled in: it refuses the whole update of the object.
	EffectRefused
)

// String returns a few words, such as "rolls pods".
func (e Effect) String() string {
	if words := [...]string{"no effect", "in place", "created", "deleted", "rolls pods", "replaced",
		"refused"}; int(e) < len(words) {
		return words[e]
	}
	return ""
}

// A Change is an object that is not the same in two Manifests.
type Change struct {
	// Old and New are the two versions. Where there is none, that is the zero Object.
	Old, New Object
	// Op is OpAdded, OpRemoved or OpChanged.
	Op Op
	// Effect is the greatest of the fields' effects.
	Effect Effect
	// Fields are all differences of an object that was changed, in a fixed order.
	// Where the object was replaced, what differs by the job id alone is left out, so
	// there may be none.
	Fields []FieldChange
}

// Object returns the new version, or the old one if there is no new one.
func (c Change) Object() Object {
	if c.Op == OpRemoved {
		return c.Old
	}
	return c.New
}

// A FieldChange is one field that is not the same in two versions of an object.
// What is in one version only is one FieldChange, with all that is below it.
type FieldChange struct {
	// Path leads to the field, as in spec.template.spec.containers[main].env[TZ].value.
	// Elements of lists that Kubernetes merges by keys are named by these, others by
	// their index; keys that are not plain names stand in brackets.
	Path string
	// Op is what happened to the field, Effect what that means on a cluster.
	Op     Op
	Effect Effect
	// Old and New are the values, fresh copies of what Object.Map has: for a list
	// that was reordered, the names of its elements. They are not redacted: a secret
	// in plain text, in an environment variable for instance, is here, too.
	Old, New any
	// Cure is a command that makes an EffectRefused change possible without deleting the object, or
	// keeps the pods of a Deployment whose replicas are left to an autoscaler; empty where there is
	// none.
	Cure string
}

// Compare returns what is different between two renderings, and what applying the
// new one means for a cluster that has the old one. Objects that are the same are
// left out. Changed and added objects come in the order of new, then removed ones in
// that of old. Everything in the result is fresh.
//
// Objects are the same if API group, kind, namespace and name are. Of the others, an
// old and a new one of the same kind and component replace each other if they have
// the same label deploymentId or sessionClusterId. Elements of lists are matched by
// the keys by which Kubernetes merges them, those of sets, such as finalizers, by
// value and without order.
//
// The rules are those of Kubernetes 1.37 and its API documentation, for server-side apply by
// whoever applied the old objects. Of the defaults that Kubernetes fills in, the constant ones of
// pods and Jobs are known: writing such a value out has no effect; others count as a
// change. The cluster is not known: a Job that is suspended is taken for one that
// has never run.
func Compare(old, new Manifests) []Change {
	pairs, removed := compare.Pairs(treesOf(old.objects), treesOf(new.objects))
	var out []Change
	for _, p := range pairs {
		is := new.objects[p.New]
		if p.Old < 0 {
			out = append(out, Change{New: is, Op: OpAdded, Effect: EffectCreated})
			continue
		}
		was := old.objects[p.Old]
		if p.Replaced || !tree.Equal(was.tree, is.tree) {
			out = append(out, changeOf(was, is, p))
		}
	}
	for _, i := range removed {
		out = append(out, Change{Old: old.objects[i], Op: OpRemoved, Effect: EffectDeleted})
	}
	return out
}

func treesOf(objects []Object) []tree.Map {
	out := make([]tree.Map, len(objects))
	for i, o := range objects {
		out[i] = o.tree
	}
	return out
}

// changeOf is what is different in a pair.
func changeOf(was, is Object, p compare.Pair) Change {
	c := Change{Old: was, New: is, Op: OpChanged}
	differences := compare.Diff(was.tree, is.tree, p.Renamed)
	var effects []compare.Effect
	if p.Replaced {
		c.Effect = EffectReplaced
	} else {
		effects = compare.Effects(was.tree, is.tree, differences)
	}
	for i, d := range differences {
		f := FieldChange{Path: d.Path.String(), Op: ops[d.Op], Old: tree.Copy(d.Old), New: tree.Copy(d.New),
			Effect: EffectReplaced}
		if !p.Replaced {
			f.Effect = effectOf[effects[i]]
			f.Cure = strings.ReplaceAll(compare.CureOf(d), "NAME", was.Name()+" -n "+was.Namespace())
			c.Effect = max(c.Effect, f.Effect)
		}
		c.Fields = append(c.Fields, f)
	}
	return c
}

var (
	ops = [...]Op{compare.Added: OpAdded, compare.Removed: OpRemoved, compare.Changed: OpChanged,
		compare.Reordered: OpReordered}
	effectOf = [...]Effect{compare.None: EffectNone, compare.InPlace: EffectInPlace, compare.RollsPods: EffectRollsPods,
		compare.Refused: EffectRefused}
)
