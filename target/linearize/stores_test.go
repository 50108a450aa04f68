package linearize

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
	"gotest.tools/v3/assert"
	_ "modernc.org/sqlite"

	"github.com/flinktarget/flinktarget/examples/service/filestore"
	"github.com/flinktarget/flinktarget/target"
	"github.com/flinktarget/flinktarget/target/linearize/servers"
	"github.com/flinktarget/flinktarget/target/registrytest"
	"github.com/flinktarget/flinktarget/target/store"
	"github.com/flinktarget/flinktarget/target/store/etcdstore"
	"github.com/flinktarget/flinktarget/target/store/sqlstore"
)

// database is a server whose stores are tested: each number has records of its own.
type database struct {
	open func(t testing.TB, number int) store.Backend
	// disturb does something to the connections or the server during histories.
	disturb func(i int)
}

func memory(testing.TB) database {
	return embedded(func(int) (*filestore.Backend, error) { return new(filestore.Backend), nil })
}

func file(t testing.TB) database {
	dir := t.TempDir()
	return embedded(func(number int) (*filestore.Backend, error) {
		return filestore.Open(filepath.Join(dir, fmt.Sprint(number)))
	})
}

// embedded is for one process: all handles share one backend.
func embedded(open func(number int) (*filestore.Backend, error)) database {
	there := map[int]store.Backend{}
	return database{open: func(t testing.TB, number int) store.Backend {
		if there[number] == nil {
			b, err := open(number)
			assert.NilError(t, err)
			t.Cleanup(func() { _ = b.Close() })
			there[number] = b
		}
		return there[number]
	}}
}

func sqlite(t testing.TB) database {
	dir := t.TempDir()
	return database{open: func(t testing.TB, number int) store.Backend {
		db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(dir, fmt.Sprint(number, ".db"))))
		return sqlBackend(t, db, err, sqlstore.SQLite)
	}}
}

func sqlBackend(t testing.TB, db *sql.DB, err error, d sqlstore.Dialect) store.Backend {
	assert.NilError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	b, err := sqlstore.New(context.Background(), db, d)
	assert.NilError(t, err)
	return b
}

func postgres(t testing.TB) database {
	p := newPostgres(t)
	admin, err := sql.Open("pgx", p.dsn("public", "read committed"))
	assert.NilError(t, err)
	t.Cleanup(func() { _ = admin.Close() })
	return database{
		open: func(t testing.TB, number int) store.Backend {
			schema := fmt.Sprint("store", number)
			_, err := admin.ExecContext(context.Background(), "CREATE SCHEMA IF NOT EXISTS "+schema)
			assert.NilError(t, err)
			isolation := []string{"read committed", "serializable"}[opened.Add(1)%2] // that of a server
			db, err := sql.Open("pgx", p.dsn(schema, isolation))
			return sqlBackend(t, db, err, sqlstore.Postgres)
		},
		disturb: func(int) { p.proxy.Cut(3) },
	}
}

// etcd has three members. Its disturbances are cut connections; a few times a member, in
// turns, stops, and starts again after a while.
func etcd(t testing.TB) database {
	const members = 3
	c, err := servers.NewCluster(t.TempDir(), members)
	assert.NilError(t, err)
	t.Cleanup(c.Close)
	stops := 0
	return database{
		open: func(t testing.TB, number int) store.Backend {
			client, err := clientv3.New(clientv3.Config{Endpoints: c.Endpoints(), DialTimeout: 5 * time.Second,
				DialKeepAliveTime: time.Second, DialKeepAliveTimeout: time.Second, Logger: zap.NewNop()})
			assert.NilError(t, err)
			t.Cleanup(func() { _ = client.Close() })
			return etcdstore.New(client, fmt.Sprint("/", number, "/"))
		},
		disturb: func(i int) {
			c.Cut(i % members)
			if i%5 != 4 || stops >= *restarts {
				return
			}
			c.Stop(stops % members)
			time.Sleep(2 * time.Second)
			assert.Check(t, c.Start(stops%members))
			stops++
			t.Logf("member %d was stopped and started", (stops-1)%members)
		},
	}
}

var databases = []struct {
	name  string
	start func(testing.TB) database
}{{"memory", memory}, {"file", file}, {"sqlite", sqlite}, {"postgres", postgres}, {"etcd", etcd}}

// opened counts stores, so that each has records of its own.
var opened atomic.Int64

// TestContracts is for stores on servers. What runs in the process has its contract in its
// own package, with the race detector.
func TestContracts(t *testing.T) {
	for _, d := range databases[3:] {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel() // each waits for its disk
			db := d.start(t)
			registrytest.RunShared(t, func(t *testing.T) func() target.Store {
				number := int(opened.Add(1))
				return func() target.Store { return store.New(db.open(t, number)) }
			})
		})
	}
}

// TestHistories checks histories on every store, while connections are cut and members
// of etcd stop. Each call is on one of three handles, as if they were of other processes.
func TestHistories(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			db := d.start(t)
			number := int(opened.Add(1))
			var all []*store.Store
			for range 3 {
				all = append(all, store.New(db.open(t, number)))
			}
			// At most one disturbance for each history: what many lost answers may have done,
			// together, takes the checker for ever.
			begun := make(chan bool, 1)
			var wg sync.WaitGroup
			defer func() { close(begun); wg.Wait() }()
			wg.Go(func() {
				for i := 0; <-begun; i++ {
					time.Sleep(time.Duration(rand.IntN(400)) * time.Millisecond)
					if db.disturb != nil {
						db.disturb(i)
					}
				}
			})
			check(t, *others, func() func() kept {
				empty(t, all[0])
				select {
				case begun <- true:
				default: // the one before is not over
				}
				return func() kept { return all[rand.IntN(len(all))] }
			})
		})
	}
}

// empty removes everything, again and again until it is known that nothing is left.
func empty(t testing.TB, s *store.Store) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		err := func() error {
			for t, err := range s.All(ctx) {
				if err != nil {
					return err
				}
				held, err := s.Owners(ctx, t.Ref())
				for _, o := range held {
					_, err2 := s.Release(ctx, t.Ref(), o)
					err = errors.Join(err, err2)
				}
				if err = errors.Join(err, s.Delete(ctx, t.Ref())); err != nil {
					return err
				}
			}
			return nil
		}()
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
	}
}
