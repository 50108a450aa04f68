package target_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/target"
)

const (
	id1 = "2da2f867-5899-4bef-8ad0-9771bbac38b4"
	id2 = "7a8ad3e5-9d4e-4bd5-9c9b-0f4f1d6f6f10"
)

// newTarget makes a target of namespace/name, a Kubernetes namespace and changes.
func newTarget(t testing.TB, ref target.Ref, kubernetes string, change ...func(*target.Config)) target.Target {
	t.Helper()
	c := target.Config{
		Metadata: target.Metadata{Namespace: ref.Namespace, Name: ref.Name, ID: ref.ID},
		Spec:     target.Spec{Kubernetes: &target.Kubernetes{Namespace: kubernetes}},
	}
	for _, f := range change {
		f(&c)
	}
	made, err := target.New(c)
	assert.NilError(t, err)
	return made
}

func labelled(value string) func(*target.Config) {
	return func(c *target.Config) { c.Metadata.Labels = map[string]string{"team": value} }
}

func owner(name string) target.Owner { return target.Owner{Kind: "Deployment", Name: name} }

var (
	staging = target.Ref{Name: "staging"}
	prod    = target.Ref{Name: "prod"}
)

func TestSetHolds(t *testing.T) {
	var r target.Registry
	for _, ref := range []target.Ref{staging, prod, {Name: "dev", ID: id1}} {
		assert.NilError(t, r.Register(newTarget(t, ref, "flink")))
	}
	dev := target.Ref{ID: id1}
	held := func(r *target.Registry) (names string) {
		for dt := range r.All() {
			owners, err := r.Owners(dt.Ref())
			assert.NilError(t, err)
			for _, o := range owners {
				names += dt.Name() + "/" + o.Name + " "
			}
		}
		return names
	}
	assert.NilError(t, r.Acquire(staging, owner("b")))
	for _, c := range []struct {
		reason string
		refs   []target.Ref
		want   string
		fails  error
	}{
		{"several, once each, however they are named", []target.Ref{prod, dev, {Name: "dev"}},
			"dev/a prod/a staging/b ", nil},
		{"others are released", []target.Ref{staging}, "staging/a staging/b ", nil},
		{"all or nothing", []target.Ref{prod, {Name: "none"}}, "staging/a staging/b ", target.ErrNotFound},
		{"a reference to nothing", []target.Ref{{}}, "staging/a staging/b ", flinktarget.ErrInvalid},
		{"none", nil, "staging/b ", nil},
	} {
		err := r.SetHolds(owner("a"), c.refs...)
		assert.Assert(t, errors.Is(err, c.fails), "%s: %v", c.reason, err)
		assert.Equal(t, held(&r), c.want, c.reason)
	}
	assert.ErrorIs(t, r.SetHolds(target.Owner{}), flinktarget.ErrInvalid)

	clone := r.Clone()
	assert.Equal(t, string(clone.Snapshot()), string(r.Snapshot()))
	assert.NilError(t, clone.SetHolds(owner("c"), staging, prod))
	assert.NilError(t, r.Acquire(staging, owner("a")))
	assert.NilError(t, clone.Delete(dev))
	assert.Equal(t, held(clone), "prod/c staging/b staging/c ")
	assert.Equal(t, held(&r), "staging/a staging/b ")
	_, err := r.Get(dev)
	assert.NilError(t, err)
	var zero target.Registry
	assert.NilError(t, zero.Clone().Register(newTarget(t, prod, "flink")))
}

func TestRegister(t *testing.T) {
	first := newTarget(t, target.Ref{Name: "staging", ID: id1}, "flink", labelled("a"))
	cases := []struct {
		name, reason string
		again        target.Target
		want         error // the class, nil for none
		changed      bool
	}{
		{"same", "registering is idempotent", first, nil, false},
		{"other labels", "metadata may change",
			newTarget(t, target.Ref{Name: "staging", ID: id1}, "flink", labelled("b")), nil, true},
		{"no labels", "metadata is replaced, not merged",
			newTarget(t, target.Ref{Name: "staging", ID: id1}, "flink"), nil, true},
		{"namespace written out", "default is the default",
			newTarget(t, target.Ref{Namespace: "default", Name: "staging", ID: id1}, "flink", labelled("a")), nil,
			false},
		{"other spec", "a spec never changes", newTarget(t, target.Ref{Name: "staging", ID: id1}, "prod"),
			target.ErrImmutable, false},
		{"other id", "an id never changes", newTarget(t, target.Ref{Name: "staging", ID: id2}, "flink"),
			target.ErrImmutable, false},
		{"without id", "references by id would break", newTarget(t, target.Ref{Name: "staging"}, "flink"),
			target.ErrImmutable, false},
		{"other name, same id", "an id is one target's", newTarget(t, target.Ref{Name: "other", ID: id1}, "flink"),
			target.ErrConflict, false},
		{"other namespace, same id", "UUIDs are unique everywhere",
			newTarget(t, target.Ref{Namespace: "n", Name: "staging", ID: id1}, "flink"), target.ErrConflict, false},
		{"other namespace, same name", "names are unique per VVP namespace only",
			newTarget(t, target.Ref{Namespace: "n", Name: "staging"}, "else"), nil, false},
		{"zero", "the zero value is no target", target.Target{}, flinktarget.ErrInvalid, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var r target.Registry
			assert.NilError(t, r.Register(first))
			for _, held := range []bool{false, true} {
				if held {
					assert.NilError(t, r.Acquire(staging, owner("a")))
				}
				err := r.Register(c.again)
				assert.Assert(t, errors.Is(err, c.want), "%s: %v", c.reason, err)
				got, err := r.Get(staging)
				assert.NilError(t, err)
				want := first
				if c.changed {
					want = c.again
				}
				assert.Assert(t, got.Equal(want), c.reason)
			}
		})
	}
}

func TestConflictNamesTheOther(t *testing.T) {
	var r target.Registry
	assert.NilError(t, r.Register(newTarget(t, target.Ref{Name: "staging", ID: id1}, "flink")))
	err := r.Register(newTarget(t, target.Ref{Namespace: "n", Name: "copy", ID: id1}, "flink"))
	conflict, ok := errors.AsType[*target.Error](err)
	assert.Assert(t, ok && errors.Is(err, target.ErrConflict), err)
	assert.Equal(t, conflict.Ref, target.Ref{Namespace: "n", Name: "copy"})
	assert.Equal(t, conflict.ID+" "+conflict.Other.String(), id1+" default/staging")
	_, err = r.Get(target.Ref{Namespace: "n", Name: "copy"})
	assert.ErrorIs(t, err, target.ErrNotFound)
}

func TestGet(t *testing.T) {
	var r target.Registry
	want := newTarget(t, target.Ref{Namespace: "n", Name: "staging", ID: id1}, "flink")
	assert.NilError(t, r.Register(want))
	assert.NilError(t, r.Register(newTarget(t, target.Ref{Name: "plain"}, "flink")))
	cases := []struct {
		reason string
		ref    target.Ref
		want   error
	}{
		{"by name", target.Ref{Namespace: "n", Name: "staging"}, nil},
		{"by id", target.Ref{Namespace: "n", ID: id1}, nil},
		{"by both", target.Ref{Namespace: "n", Name: "staging", ID: id1}, nil},
		{"both must be the target's: the id is not", target.Ref{Namespace: "n", Name: "staging", ID: id2},
			target.ErrNotFound},
		{"both must be the target's: the name is not", target.Ref{Namespace: "n", Name: "plain", ID: id1},
			target.ErrNotFound},
		{"an id does not reach into another namespace", target.Ref{ID: id1}, target.ErrNotFound},
		{"a name does not reach into another namespace", target.Ref{Name: "staging"}, target.ErrNotFound},
		{"names have a case", target.Ref{Namespace: "n", Name: "Staging"}, target.ErrNotFound},
		{"a reference needs a name or an id", target.Ref{Namespace: "n"}, flinktarget.ErrInvalid},
		{"the zero reference is none", target.Ref{}, flinktarget.ErrInvalid},
	}
	for _, c := range cases {
		got, err := r.Get(c.ref)
		assert.Assert(t, errors.Is(err, c.want), "%s: %v", c.reason, err)
		assert.Equal(t, got.IsZero(), c.want != nil, c.reason)
		assert.Assert(t, got.IsZero() || got.Equal(want), c.reason)
		if e, ok := errors.AsType[*target.Error](err); ok {
			assert.Equal(t, e.Ref, c.ref, c.reason)
		}
		_, err = r.Owners(c.ref)
		assert.Assert(t, errors.Is(err, c.want), "Owners: %s: %v", c.reason, err)
		assert.Assert(t, errors.Is(r.Acquire(c.ref, owner("a")), c.want), "Acquire: %s", c.reason)
		assert.Equal(t, r.Release(c.ref, owner("a")), c.want == nil, "Release: %s", c.reason)
		if c.want != nil {
			assert.Assert(t, errors.Is(r.Delete(c.ref), c.want), "Delete: %s", c.reason)
		}
	}
}

func TestAcquireRefusesOwners(t *testing.T) {
	cases := []struct {
		reason string
		owner  target.Owner
		fields []string
	}{
		{"the zero owner is nobody", target.Owner{}, []string{"owner.kind", "owner.name"}},
		{"an id alone says nothing to people", target.Owner{UID: id1}, []string{"owner.kind", "owner.name"}},
		{"not UTF-8 does not survive JSON", target.Owner{Kind: "Deployment", Name: "a\xff"}, []string{"owner.name"}},
		{"line breaks would break logs", target.Owner{Kind: "Deployment", Namespace: "a\nb", Name: "a"},
			[]string{"owner.namespace"}},
		{"no megabytes for an id", target.Owner{Kind: "Deployment", Name: "a", UID: strings.Repeat("x", 1025)},
			[]string{"owner.uid"}},
		{"the limit itself is fine", target.Owner{Kind: "Deployment", Name: strings.Repeat("ü", 512)}, nil},
	}
	var r target.Registry
	assert.NilError(t, r.Register(newTarget(t, staging, "flink")))
	assert.NilError(t, r.Register(newTarget(t, prod, "flink")))
	for _, c := range cases {
		for call, err := range map[string]error{
			"Acquire": r.Acquire(staging, c.owner), "Move": r.Move(c.owner, staging, prod),
		} {
			if c.fields == nil {
				assert.NilError(t, err, c.reason)
				continue
			}
			invalid, ok := errors.AsType[*flinktarget.InvalidError](err)
			assert.Assert(t, ok, "%s: %s: %v", call, c.reason, err)
			var fields []string
			for _, f := range invalid.Problems {
				fields = append(fields, f.Field)
			}
			assert.DeepEqual(t, fields, c.fields)
		}
		if c.fields != nil {
			assert.Assert(t, !r.Release(staging, c.owner), c.reason)
		}
	}
}

func TestHoldsAreIdentities(t *testing.T) {
	var r target.Registry
	assert.NilError(t, r.Register(newTarget(t, target.Ref{Name: "staging", ID: id1}, "flink")))
	held := func(reason string, want ...target.Owner) {
		t.Helper()
		got, err := r.Owners(staging)
		assert.NilError(t, err)
		assert.DeepEqual(t, append([]target.Owner{}, want...), got)
		if err := r.Delete(staging); (err == nil) != (len(want) == 0) {
			t.Errorf("%s: Delete: %v", reason, err)
		} else if err == nil {
			assert.NilError(t, r.Register(newTarget(t, target.Ref{Name: "staging", ID: id1}, "flink")))
		}
	}
	first := target.Owner{Kind: "Deployment", Namespace: "default", Name: "a", UID: "1"}
	second := target.Owner{Kind: "Deployment", Namespace: "default", Name: "a", UID: "2"}
	session := target.Owner{Kind: "SessionCluster", Namespace: "default", Name: "a", UID: "1"}

	assert.NilError(t, r.Acquire(staging, first))
	assert.NilError(t, r.Acquire(target.Ref{ID: id1}, first))
	held("one owner, by name and by id, is one hold", first)
	short := first
	short.Namespace = ""
	assert.NilError(t, r.Acquire(staging, short))
	held("an empty namespace is the default one", first)
	assert.NilError(t, r.Acquire(staging, session))
	held("the kind tells owners apart", first, session)
	assert.NilError(t, r.Acquire(staging, second))
	held("so does the UID", first, second, session)
	assert.Assert(t, r.Release(target.Ref{ID: id1}, short), "acquired by name, released by id")
	held("the successor of a recreated resource keeps its hold", second, session)
	assert.Assert(t, !r.Release(staging, first), "released twice")
	assert.Assert(t, r.Release(staging, second))
	assert.Assert(t, r.Release(staging, session))
	held("nobody is left")
}

func TestManyOwners(t *testing.T) {
	var r target.Registry
	assert.NilError(t, r.Register(newTarget(t, staging, "flink")))
	const n = 100
	want := map[string]bool{}
	check := func() {
		t.Helper()
		got, err := r.Owners(staging)
		assert.NilError(t, err)
		var names []string
		for _, o := range got {
			names = append(names, o.Name)
		}
		assert.Assert(t, slices.IsSorted(names))
		assert.Equal(t, len(names), len(want))
		for _, name := range names {
			assert.Assert(t, want[name])
		}
	}
	// Up and down twice: what is kept in few and in many owners must not differ.
	for range 2 {
		for i := range n {
			name := fmt.Sprintf("job-%03d", i)
			assert.NilError(t, r.Acquire(staging, owner(name)))
			want[name] = true
			check()
		}
		for i := range n {
			name := fmt.Sprintf("job-%03d", (i*37)%n)
			assert.Assert(t, r.Release(staging, owner(name)))
			assert.Assert(t, !r.Release(staging, owner(name)))
			delete(want, name)
			check()
		}
	}
	assert.NilError(t, r.Delete(staging))
}

const noOther = "the target default/other was not found"

var moveCases = []struct {
	name, reason string
	owner        target.Owner
	from, to     target.Ref
	missing      []string
	invalid      []string
	where        []string // the targets that a holds afterwards
}{
	{name: "move", reason: "the plain case", owner: owner("a"), from: staging, to: prod, where: []string{"prod"}},
	{name: "by id", reason: "a reference may be either", owner: owner("a"), from: target.Ref{ID: id1}, to: prod,
		where: []string{"prod"}},
	{name: "to itself", reason: "nothing changes", owner: owner("a"), from: staging, to: target.Ref{ID: id1},
		where: []string{"staging"}},
	{name: "no source", reason: "all or nothing", owner: owner("a"), from: target.Ref{Name: "other"}, to: prod,
		missing: []string{noOther}, where: []string{"staging"}},
	{name: "no destination", reason: "all or nothing", owner: owner("a"), from: staging, to: target.Ref{Name: "other"},
		missing: []string{noOther}, where: []string{"staging"}},
	{name: "not held", reason: "what is not held cannot be moved", owner: owner("a"), from: prod, to: staging,
		missing: []string{"Deployment default/a does not hold the target default/prod"}, where: []string{"staging"}},
	{name: "not held, to itself", reason: "the same holds where nothing would move", owner: owner("b"),
		from: prod, to: prod,
		missing: []string{"Deployment default/b does not hold the target default/prod"}, where: []string{"staging"}},
	{name: "both wrong", reason: "all problems at once", owner: owner("a"), from: prod, to: target.Ref{Name: "other"},
		missing: []string{"Deployment default/a does not hold the target default/prod", noOther},
		where:   []string{"staging"}},
	{name: "zero values", reason: "all problems at once", owner: target.Owner{},
		invalid: []string{"owner.kind", "owner.name", "from", "to"}, where: []string{"staging"}},
}

func TestMove(t *testing.T) {
	for _, c := range moveCases {
		t.Run(c.name, func(t *testing.T) {
			var r target.Registry
			assert.NilError(t, r.Register(newTarget(t, target.Ref{Name: "staging", ID: id1}, "flink")))
			assert.NilError(t, r.Register(newTarget(t, prod, "flink")))
			assert.NilError(t, r.Acquire(staging, owner("a")))
			err := r.Move(c.owner, c.from, c.to)
			assert.Equal(t, err == nil, c.missing == nil && c.invalid == nil, "%s: %v", c.reason, err)
			assert.Equal(t, errors.Is(err, target.ErrNotFound), c.missing != nil, c.reason)
			if c.missing != nil {
				var got []string
				for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
					got = append(got, e.Error())
				}
				assert.DeepEqual(t, got, c.missing)
			}
			if e, ok := errors.AsType[*flinktarget.InvalidError](err); ok {
				var got []string
				for _, f := range e.Problems {
					got = append(got, f.Field)
				}
				assert.DeepEqual(t, got, c.invalid)
			}
			var where []string
			for held := range r.All() {
				owners, err := r.Owners(held.Ref())
				assert.NilError(t, err)
				if len(owners) > 0 {
					where = append(where, held.Name())
				}
			}
			assert.DeepEqual(t, where, c.where)
		})
	}
}

func TestMoveOntoAHold(t *testing.T) {
	var r target.Registry
	assert.NilError(t, r.Register(newTarget(t, staging, "flink")))
	assert.NilError(t, r.Register(newTarget(t, prod, "flink")))
	assert.NilError(t, r.Acquire(staging, owner("a")))
	assert.NilError(t, r.Acquire(prod, owner("a")))
	assert.NilError(t, r.Move(owner("a"), staging, prod))
	assert.NilError(t, r.Delete(staging))
	assert.Assert(t, r.Release(prod, owner("a")))
	assert.Assert(t, !r.Release(prod, owner("a")), "two holds that meet are one")
}

func TestDelete(t *testing.T) {
	var r target.Registry
	assert.NilError(t, r.Register(newTarget(t, target.Ref{Name: "staging", ID: id1}, "flink")))
	var want []target.Owner
	for i := 24; i >= 0; i-- {
		o := target.Owner{Kind: []string{"SessionCluster", "Deployment"}[i%2], Namespace: "default",
			Name: fmt.Sprintf("j%02d", i)}
		assert.NilError(t, r.Acquire(staging, o))
		want = append(want, o)
	}
	slices.SortFunc(want, func(a, b target.Owner) int { return strings.Compare(a.String(), b.String()) })
	err := r.Delete(target.Ref{ID: id1})
	inUse, ok := errors.AsType[*target.Error](err)
	assert.Assert(t, ok, err)
	assert.Equal(t, inUse.Ref, target.Ref{Namespace: "default", Name: "staging"})
	assert.Assert(t, cmp.Equal(inUse.Owners, want), cmp.Diff(want, inUse.Owners))
	assert.Equal(t, strings.Count(err.Error(), "default/j"), 10, "the text is capped")
	assert.Assert(t, strings.HasSuffix(err.Error(), "and 15 more"), err)

	inUse.Owners[0] = owner("scrambled")
	owners, err := r.Owners(staging)
	assert.NilError(t, err)
	assert.Assert(t, cmp.Equal(owners, want), "what was handed out is not the registry's")
	for _, o := range want {
		assert.Assert(t, r.Release(staging, o))
	}
	assert.NilError(t, r.Delete(target.Ref{ID: id1}))
	assert.ErrorIs(t, r.Delete(staging), target.ErrNotFound)
	assert.NilError(t, r.Register(newTarget(t, target.Ref{Name: "staging", ID: id2}, "else")),
		"the name is free for another spec")
	assert.NilError(t, r.Register(newTarget(t, target.Ref{Name: "successor", ID: id1}, "flink")), "so is the id")
}

func TestAll(t *testing.T) {
	var r target.Registry
	for range r.All() {
		t.Error("an empty registry has a target")
	}
	for _, ref := range []target.Ref{{Namespace: "b", Name: "a"}, {Namespace: "a", Name: "b"},
		{Namespace: "a", Name: "a"}, {Namespace: "a-a", Name: "a"}} {
		assert.NilError(t, r.Register(newTarget(t, ref, "flink")))
	}
	var got []string
	for held := range r.All() {
		got = append(got, held.Ref().String())
		// The body may change the registry; the iteration is of one moment.
		assert.NilError(t, r.Delete(held.Ref()))
		assert.NilError(t, r.Register(newTarget(t, target.Ref{Namespace: "z", Name: held.Name()}, "flink")))
	}
	assert.DeepEqual(t, got, []string{"a/a", "a/b", "a-a/a", "b/a"})
	for range r.All() {
		break
	}
}

func TestGetDoesNotAllocate(t *testing.T) {
	var r target.Registry
	assert.NilError(t, r.Register(newTarget(t, target.Ref{Name: "staging", ID: id1}, "flink")))
	for _, ref := range []target.Ref{staging, {ID: id1}, {Namespace: "default", Name: "staging", ID: id1}} {
		n := testing.AllocsPerRun(100, func() {
			if _, err := r.Get(ref); err != nil {
				t.Error(err)
			}
		})
		assert.Equal(t, n, 0.0)
	}
}

// TestConcurrent lets goroutines fight for one target. Run with -race it finds
// unguarded memory, and in any case it finds a target deleted while held.
func TestConcurrent(t *testing.T) {
	var r target.Registry
	spec := newTarget(t, target.Ref{Name: "staging", ID: id1}, "flink")
	spare := newTarget(t, prod, "flink")
	assert.NilError(t, r.Register(spare))
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for range 500 {
				fight(t, &r, spec, owner(fmt.Sprint("g", g)))
			}
		})
	}
	wg.Wait()
	owners, err := r.Owners(prod)
	assert.NilError(t, err)
	assert.Equal(t, len(owners), 0, "every hold was released")
}

// fight makes every call once; another goroutine may delete the target that is not held.
func fight(t *testing.T, r *target.Registry, spec target.Target, o target.Owner) {
	if err := r.Register(spec); err != nil {
		t.Error(err)
	}
	if err := r.Acquire(staging, o); err != nil {
		if !errors.Is(err, target.ErrNotFound) {
			t.Error(err)
		}
		return
	}
	if _, err := r.Get(target.Ref{ID: id1}); err != nil {
		t.Error("deleted while held:", err)
	}
	if err := r.Delete(staging); !errors.Is(err, target.ErrInUse) {
		t.Error("deleted while held:", err)
	}
	if err := r.Move(o, staging, prod); err != nil {
		t.Error(err)
	}
	if _, err := target.Restore(r.Snapshot()); err != nil {
		t.Error(err)
	}
	if !r.Release(prod, o) {
		t.Error("the hold was lost")
	}
	if err := r.Delete(staging); err != nil && !errors.Is(err, target.ErrInUse) &&
		!errors.Is(err, target.ErrNotFound) {
		t.Error(err)
	}
	for held := range r.All() {
		if _, err := r.Owners(held.Ref()); err != nil && !errors.Is(err, target.ErrNotFound) {
			t.Error(err)
		}
	}
}
