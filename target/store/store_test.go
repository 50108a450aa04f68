package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/target"
	"github.com/flinktarget/flinktarget/target/registrytest"
	"github.com/flinktarget/flinktarget/target/store"
)

func TestContract(t *testing.T) {
	registrytest.Run(t, func(*testing.T) target.Store { return store.New(new(table)) })
}

func TestShared(t *testing.T) {
	registrytest.RunShared(t, func(*testing.T) func() target.Store {
		b := new(table)
		return func() target.Store { return store.New(b) }
	})
}

func TestModel(t *testing.T) {
	seeds := uint64(200)
	if testing.Short() {
		seeds = 10
	}
	for seed := range seeds {
		assert.NilError(t, registrytest.CompareWithModel(t.Context(), store.New(new(table)), seed, 300))
	}
}

func newTarget(t *testing.T, name, id, kubernetes string) target.Target {
	t.Helper()
	out, err := target.Parse("", fmt.Appendf(nil, `{kind: DeploymentTarget, metadata: {name: %s, id: %q},
  spec: {kubernetes: {namespace: %s}, deploymentPatchSet: [
    {target: {kind: Job}, patch: "- {op: add, path: /spec/x, value: 1.20}"},
    {apiVersion: apps/v1, kind: Deployment, spec: {replicas: 2}}]}}`, name, id, kubernetes))
	assert.NilError(t, err)
	return out
}

const id = "2da2f867-5899-4bef-8ad0-9771bbac38b4"

var alice = target.Owner{Kind: "Deployment", Namespace: "default", Name: "alice"}

// Patches in all forms, and everything else, come back as they were.
func TestSnapshotAndRestore(t *testing.T) {
	s := store.New(new(table))
	a, b := newTarget(t, "a", id, "flink"), newTarget(t, "b", "", "flink")
	assert.NilError(t, s.Register(t.Context(), a))
	assert.NilError(t, s.Register(t.Context(), b))
	assert.NilError(t, s.Acquire(t.Context(), b.Ref(), alice))
	got, err := s.Get(t.Context(), target.Ref{ID: id})
	assert.NilError(t, err)
	assert.Assert(t, got.Equal(a), "%v", got)
	snapshot, err := s.Snapshot(t.Context())
	assert.NilError(t, err)

	other := store.New(new(table))
	for range 2 { // the second time, everything is there
		assert.NilError(t, other.Restore(t.Context(), snapshot))
		again, err := other.Snapshot(t.Context())
		assert.NilError(t, err)
		assert.Equal(t, string(again), string(snapshot))
	}
	taken := store.New(new(table))
	assert.NilError(t, taken.Register(t.Context(), newTarget(t, "c", id, "flink")))
	assert.ErrorIs(t, taken.Restore(t.Context(), snapshot), target.ErrConflict)
	assert.ErrorIs(t, taken.Restore(t.Context(), snapshot[1:]), flinktarget.ErrInvalid)
}

// A target and a record of the caller's own change together, whatever f does.
func TestTransact(t *testing.T) {
	b := new(table)
	s := store.New(b)
	assert.NilError(t, s.Register(t.Context(), newTarget(t, "a", id, "flink")))
	put := func(value string) func(*target.Registry, []store.Record) error {
		return func(r *target.Registry, own []store.Record) error {
			own[0].Value = []byte(value)
			return r.Acquire(target.Ref{ID: id}, alice)
		}
	}
	refs := []target.Ref{{ID: id}}
	assert.NilError(t, s.Transact(t.Context(), refs, []string{"jobs/1"}, put("one")))
	// Between its reading and its writing, somebody else writes each time but the last.
	meddling := 3
	calls := 0
	err := s.Transact(t.Context(), nil, []string{"jobs/1"}, func(_ *target.Registry, own []store.Record) error {
		calls++
		own[0].Value = append(bytes.Clone(own[0].Value), '+')
		if meddling--; meddling >= 0 {
			return s.Transact(t.Context(), refs, []string{"jobs/1"}, put(fmt.Sprint("other", meddling)))
		}
		return nil
	})
	assert.NilError(t, err)
	assert.Equal(t, calls, 4)
	assert.Equal(t, string(b.records["jobs/1"].Value), "other0+")

	// A target that is replaced by another spec with another id, and one that takes its id.
	err = s.Transact(t.Context(), []target.Ref{{Name: "a"}}, []string{"jobs/1"},
		func(r *target.Registry, own []store.Record) error {
			own[0].Value = nil
			r.Release(target.Ref{Name: "a"}, alice)
			return errors.Join(r.Delete(target.Ref{Name: "a"}), r.Register(newTarget(t, "a", "", "batch")),
				r.Register(newTarget(t, "b", id, "batch")))
		})
	assert.NilError(t, err)
	got, err := s.Get(t.Context(), target.Ref{ID: id})
	assert.NilError(t, err)
	assert.Equal(t, got.Name(), "b")
	assert.Equal(t, len(b.records), 3, "%v", b.records)

	// What it has not read may be taken.
	err = s.Transact(t.Context(), nil, nil, func(r *target.Registry, _ []store.Record) error {
		return r.Register(newTarget(t, "c", id, "batch"))
	})
	assert.ErrorIs(t, err, target.ErrConflict)
	failed := errors.New("no")
	err = s.Transact(t.Context(), nil, []string{"jobs/1"}, func(_ *target.Registry, own []store.Record) error {
		own[0].Value = []byte("x")
		return failed
	})
	assert.ErrorIs(t, err, failed)
	assert.Equal(t, len(b.records), 3)
}

// Damaged records are errors, and none that says that the caller made a mistake.
func TestDamagedRecords(t *testing.T) {
	b := new(table)
	s := store.New(b)
	a := newTarget(t, "a", id, "flink")
	assert.NilError(t, s.Register(t.Context(), a))
	whole := b.records["targets/default/a"]
	with := func(old, now string) string { return strings.Replace(string(whole.Value), old, now, 1) }
	for reason, value := range map[string]string{
		"no JSON":                        "{",
		"a field of a later version":     `{"holds":1,` + string(whole.Value[1:]),
		"no target":                      `{}`,
		"another target":                 with(`"name":"a"`, `"name":"b"`),
		"an owner without a name":        string(whole.Value[:len(whole.Value)-1]) + `,"owners":[{"kind":"x"}]}`,
		"a target that is no longer one": with(`"flink"`, `"A_B"`),
	} {
		b.records[whole.Key] = store.Record{Key: whole.Key, Value: []byte(value), Revision: 9}
		_, err := s.Get(t.Context(), a.Ref())
		assert.ErrorContains(t, err, "the record targets/default/a: ", reason)
		assert.Assert(t, !errors.Is(err, flinktarget.ErrInvalid), reason)
		for _, err := range s.All(t.Context()) {
			assert.ErrorContains(t, err, "the record", reason)
		}
		assert.ErrorContains(t, s.Acquire(t.Context(), a.Ref(), alice), "the record", reason)
	}
}

// Names that would be keys of others are escaped.
func TestNamesAreEscaped(t *testing.T) {
	s := store.New(new(table))
	assert.NilError(t, s.Register(t.Context(), newTarget(t, "a", "", "flink")))
	for _, ref := range []target.Ref{{Namespace: "default/a"}, {Namespace: "..", Name: "default/a"},
		{Name: "a\x00"}, {Name: "日本語"}, {ID: "targets/default/a"}} {
		_, err := s.Get(t.Context(), ref)
		refused := errors.Is(err, target.ErrNotFound) || errors.Is(err, flinktarget.ErrInvalid)
		assert.Assert(t, refused, "%q: %v", ref, err)
	}
}

// failing loses every answer of Write from a moment on, whether it wrote or not.
type failing struct {
	table
	after bool
}

func (f *failing) Write(ctx context.Context, records ...store.Record) (bool, error) {
	if f.after {
		_, _ = f.table.Write(ctx, records...)
	}
	return false, errors.New("connection reset")
}

// An error of the backend is the call's, and the call may have taken effect.
func TestErrorsOfTheBackend(t *testing.T) {
	for _, after := range []bool{false, true} {
		f := &failing{after: after}
		s := store.New(f)
		assert.ErrorContains(t, s.Register(t.Context(), newTarget(t, "a", id, "flink")), "connection reset")
		held, err := s.Release(t.Context(), target.Ref{Name: "a"}, alice)
		assert.Assert(t, !held && err == nil, "nothing is written: %v", err)
		_, err = s.Get(t.Context(), target.Ref{ID: id})
		assert.Equal(t, err == nil, after)
	}
}
