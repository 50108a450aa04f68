package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
	_ "modernc.org/sqlite"

	"github.com/flinktarget/flinktarget/examples/service/filestore"
	"github.com/flinktarget/flinktarget/target/store"
	"github.com/flinktarget/flinktarget/target/store/etcdstore"
	"github.com/flinktarget/flinktarget/target/store/sqlstore"
)

const storeUsage = "where the state is kept: memory, file:PATH and sqlite:PATH for one replica, " +
	"etcd:HOST:PORT,HOST:PORT or postgres:DSN (empty for the variables of libpq) for many"

// openBackend opens what the flag -store names, and finds out whether it answers.
func openBackend(ctx context.Context, flag string) (b store.Backend, stop func() error, err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	what, where, _ := strings.Cut(flag, ":")
	if where == "" && what != "memory" && what != "postgres" {
		return nil, nil, fmt.Errorf("-store %s: must be %s", flag, storeUsage)
	}
	switch what {
	case "memory":
		return new(filestore.Backend), func() error { return nil }, nil
	case "file":
		f, err := filestore.Open(where)
		if err != nil {
			return nil, nil, err
		}
		return f, f.Close, nil
	case "sqlite":
		// Records may hold secrets: the files are for their owner only.
		f, err := os.OpenFile(where, os.O_RDWR|os.O_CREATE, 0o600)
		if err == nil {
			err = f.Close()
		}
		if err != nil {
			return nil, nil, err
		}
		return openSQL(ctx, "sqlite", sqlstore.SQLiteDSN(where), sqlstore.SQLite)
	case "postgres":
		return openSQL(ctx, "pgx", where, sqlstore.Postgres)
	case "etcd":
		client, err := clientv3.New(clientv3.Config{Endpoints: strings.Split(where, ","), DialTimeout: 5 * time.Second,
			DialKeepAliveTime: 2 * time.Second, DialKeepAliveTimeout: 2 * time.Second, Logger: zap.NewNop()})
		if err != nil {
			return nil, nil, err
		}
		b := etcdstore.New(client, "/flinktarget/")
		if _, err := b.Read(ctx, "resources/"); err != nil {
			return nil, nil, errors.Join(fmt.Errorf("etcd at %s: %w", where, err), client.Close())
		}
		return b, client.Close, nil
	}
	return nil, nil, fmt.Errorf("-store %s: must be %s", what, storeUsage)
}

func openSQL(
	ctx context.Context, driver, dsn string, d sqlstore.Dialect,
) (store.Backend, func() error, error) {
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, nil, err
	}
	b, err := sqlstore.New(ctx, db, d)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return b, db.Close, nil
}

var errUnavailable = errors.New("the state could not be read or written, and a write may have been done or not: " +
	"send the request again")

// measured says of errors of a backend that they are its own, and measures its calls.
type measured struct {
	inner store.Backend
	m     *metrics
}

func (b measured) Read(ctx context.Context, keys ...string) (records []store.Record, err error) {
	err = b.m.backend("read", func() error { records, err = b.inner.Read(ctx, keys...); return err })
	return records, err
}

func (b measured) List(ctx context.Context, prefix string) (records []store.Record, err error) {
	err = b.m.backend("list", func() error { records, err = b.inner.List(ctx, prefix); return err })
	return records, err
}

func (b measured) Write(ctx context.Context, records ...store.Record) (written bool, err error) {
	err = b.m.backend("write", func() error {
		if written, err = b.inner.Write(ctx, records...); err == nil && !written {
			b.m.conflicts.Inc()
		}
		return err
	})
	return written, err
}
