package target_test

import (
	"context"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/target"
	"github.com/flinktarget/flinktarget/target/registrytest"
)

func TestContract(t *testing.T) {
	registrytest.Run(t, func(*testing.T) target.Store { return new(target.Registry).Store() })
}

// restarting restores the registry from its own snapshot before every 50th move,
// so that random sequences run across restarts.
type restarting struct {
	target.Store
	inner *target.Registry
	moves int
	t     *testing.T
}

func (r *restarting) Move(ctx context.Context, o target.Owner, from, to target.Ref) error {
	if r.moves++; r.moves%50 == 0 {
		restored, err := target.Restore(r.inner.Snapshot())
		assert.NilError(r.t, err)
		r.inner, r.Store = restored, restored.Store()
	}
	return r.Store.Move(ctx, o, from, to)
}

func TestModel(t *testing.T) {
	seeds := uint64(1000)
	if testing.Short() {
		seeds = 50 // the whole takes seconds, with -race ten times as long
	}
	for seed := range seeds {
		inner := new(target.Registry)
		r := &restarting{Store: inner.Store(), inner: inner, t: t}
		assert.NilError(t, registrytest.CompareWithModel(t.Context(), r, seed, 500))
	}
}
