package sqlstore_test

import (
	"database/sql"
	"path/filepath"
	"sync"
	"testing"

	"gotest.tools/v3/assert"
	_ "modernc.org/sqlite"

	"github.com/flinktarget/flinktarget/target"
	"github.com/flinktarget/flinktarget/target/registrytest"
	"github.com/flinktarget/flinktarget/target/store"
	"github.com/flinktarget/flinktarget/target/store/sqlstore"
)

func open(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(path))
	assert.NilError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func backend(t *testing.T, path string) *sqlstore.Backend {
	t.Helper()
	b, err := sqlstore.New(t.Context(), open(t, path), sqlstore.SQLite)
	assert.NilError(t, err)
	return b
}

// What needs a server is in target/linearize, with all stores side by side.
func TestSQLite(t *testing.T) {
	registrytest.RunShared(t, func(t *testing.T) func() target.Store {
		path := filepath.Join(t.TempDir(), "a b?.db")
		return func() target.Store { return store.New(backend(t, path)) }
	})
}

// Processes that start at once make the schema once.
func TestMigrations(t *testing.T) {
	path := filepath.Join(t.TempDir(), "targets.db")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			_, err := sqlstore.New(t.Context(), open(t, path), sqlstore.SQLite)
			assert.Check(t, err)
		})
	}
	wg.Wait()
	db := open(t, path)
	_, err := db.Exec(`INSERT INTO flinktarget_schema VALUES (99)`)
	assert.NilError(t, err)
	_, err = sqlstore.New(t.Context(), db, sqlstore.SQLite)
	assert.ErrorContains(t, err, "version 99 is later than 1")
}

func TestBackend(t *testing.T) {
	b := backend(t, filepath.Join(t.TempDir(), "targets.db"))
	read := func(key string) store.Record {
		records, err := b.Read(t.Context(), key, "other")
		assert.NilError(t, err)
		assert.Equal(t, len(records), 2)
		assert.Assert(t, records[1].Value == nil && records[1].Revision == 0)
		return records[0]
	}
	write := func(want bool, r store.Record) {
		t.Helper()
		got, err := b.Write(t.Context(), r)
		assert.NilError(t, err)
		assert.Equal(t, got, want)
	}
	write(true, store.Record{Key: "k", Value: []byte{}})
	first := read("k")
	assert.Assert(t, first.Value != nil, "an empty value is a value")
	write(false, store.Record{Key: "k", Value: []byte("x")}) // it is there
	write(true, store.Record{Key: "k", Revision: first.Revision})
	write(false, first) // it is gone
	write(true, store.Record{Key: "k", Value: []byte{}})
	write(false, first) // it is another one
	list, err := b.List(t.Context(), "k")
	assert.NilError(t, err)
	assert.DeepEqual(t, list, []store.Record{read("k")})
	list, err = b.List(t.Context(), "k/")
	assert.NilError(t, err)
	assert.Equal(t, len(list), 0)
}
