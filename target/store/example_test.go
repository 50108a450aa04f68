package store_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/flinktarget/flinktarget/target"
	"github.com/flinktarget/flinktarget/target/store"
)

// table is a backend over a map. One over a database has a transaction in the place of
// the lock.
type table struct {
	mu      sync.Mutex
	records map[string]store.Record
	writes  int64
}

func (t *table) Read(ctx context.Context, keys ...string) ([]store.Record, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]store.Record, len(keys))
	for i, key := range keys {
		out[i] = t.records[key] // revision 0 and nil if it is not there
		out[i].Key = key
	}
	return out, ctx.Err()
}

func (t *table) List(ctx context.Context, prefix string) ([]store.Record, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := slices.Collect(maps.Values(t.records))
	return slices.DeleteFunc(all, func(r store.Record) bool { return !strings.HasPrefix(r.Key, prefix) }), ctx.Err()
}

func (t *table) Write(ctx context.Context, records ...store.Record) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return false, err
	}
	for _, r := range records {
		if t.records[r.Key].Revision != r.Revision {
			return false, nil
		}
	}
	if t.records == nil {
		t.records = map[string]store.Record{}
	}
	t.writes++
	for _, r := range records {
		if r.Value == nil {
			delete(t.records, r.Key)
			continue
		}
		r.Value, r.Revision = slices.Clone(r.Value), t.writes
		t.records[r.Key] = r
	}
	return true, nil
}

func Example() {
	ctx := context.Background()
	shared := new(table)
	one, other := store.New(shared), store.New(shared) // in two processes

	t, err := target.New(target.Config{
		Metadata: target.Metadata{Name: "staging"},
		Spec:     target.Spec{Kubernetes: &target.Kubernetes{Namespace: "flink"}},
	})
	if err == nil {
		err = one.Register(ctx, t)
	}
	if err == nil {
		err = other.Acquire(ctx, t.Ref(), target.Owner{Kind: "Deployment", Name: "top-speed"})
	}
	fmt.Println(err)
	fmt.Println(one.Delete(ctx, t.Ref()))
	// Output:
	// <nil>
	// the target default/staging is in use by Deployment default/top-speed
}
