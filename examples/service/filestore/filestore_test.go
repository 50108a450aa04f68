package filestore_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/examples/service/filestore"
	"github.com/flinktarget/flinktarget/target"
	"github.com/flinktarget/flinktarget/target/registrytest"
	"github.com/flinktarget/flinktarget/target/store"
)

func open(t *testing.T, path string) *filestore.Backend {
	t.Helper()
	b, err := filestore.Open(path)
	assert.NilError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func TestShared(t *testing.T) {
	registrytest.RunShared(t, func(t *testing.T) func() target.Store {
		b := open(t, filepath.Join(t.TempDir(), "state"))
		return func() target.Store { return store.New(b) }
	})
	registrytest.RunShared(t, func(t *testing.T) func() target.Store {
		b := new(filestore.Backend)
		return func() target.Store { return store.New(b) }
	})
}

func put(t *testing.T, b *filestore.Backend, key, value string) {
	t.Helper()
	old, err := b.Read(t.Context(), key)
	assert.NilError(t, err)
	written, err := b.Write(t.Context(), store.Record{Key: key, Value: []byte(value), Revision: old[0].Revision})
	assert.NilError(t, err)
	assert.Assert(t, written)
}

func values(t *testing.T, b *filestore.Backend) map[string]string {
	t.Helper()
	all, err := b.List(t.Context(), "")
	assert.NilError(t, err)
	out := map[string]string{}
	for _, r := range all {
		out[r.Key] = string(r.Value)
	}
	return out
}

// One process has the file. Opened again, it has what was written, also where the last
// line was cut at any place; damage in the midst is refused.
func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	b := open(t, path)
	_, err := filestore.Open(path)
	assert.ErrorContains(t, err, "another process uses it")
	assert.NilError(t, os.Symlink(path, path+"2"))
	_, err = filestore.Open(path + "2")
	assert.ErrorContains(t, err, "another process uses it")
	put(t, b, "a", "1")
	before, err := os.ReadFile(path)
	assert.NilError(t, err)
	put(t, b, "b", "")
	after, err := os.ReadFile(path)
	assert.NilError(t, err)
	assert.NilError(t, b.Close())
	info, err := os.Stat(path)
	assert.NilError(t, err)
	assert.Equal(t, info.Mode().Perm(), os.FileMode(0o600), "records may hold secrets")

	for n := len(before); n <= len(after); n++ {
		assert.NilError(t, os.WriteFile(path, after[:n], 0o600))
		b := open(t, path)
		want := map[string]string{"a": "1"}
		if n == len(after) {
			want["b"] = ""
		}
		assert.DeepEqual(t, values(t, b), want)
		put(t, b, "c", "3")
		assert.NilError(t, b.Close())
		want["c"] = "3"
		b = open(t, path)
		assert.DeepEqual(t, values(t, b), want)
		assert.NilError(t, b.Close())
	}
	assert.NilError(t, os.WriteFile(path, append(bytes.Clone(after[1:]), after...), 0o600))
	_, err = filestore.Open(path)
	assert.ErrorContains(t, err, "line 1 is damaged")
	_, err = filestore.Open(filepath.Join(path, "no folder"))
	assert.Assert(t, err != nil, "a path that cannot be written is noticed at once")
}

// The log does not grow for ever.
func TestRewrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	b := open(t, path)
	big := string(bytes.Repeat([]byte("x"), 100_000))
	for range 60 {
		put(t, b, "a", big)
	}
	info, err := os.Stat(path)
	assert.NilError(t, err)
	assert.Assert(t, info.Size() < 2_000_000, "%d", info.Size())
	assert.NilError(t, b.Close())
	assert.DeepEqual(t, values(t, open(t, path)), map[string]string{"a": big})
}
