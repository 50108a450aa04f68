package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/target/store"
)

// A Dialect is what differs between databases: what makes the schema, step by step. The
// zero value is none.
type Dialect struct {
	lock       string // keeps others from migrating at the same time
	migrations []string
}

// Dialects. A migration that was released never changes.
var (
	SQLite = Dialect{migrations: []string{
		`CREATE TABLE flinktarget_records (key TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL,
			revision INTEGER NOT NULL) WITHOUT ROWID`,
	}}
	Postgres = Dialect{lock: `SELECT pg_advisory_xact_lock(7310582441)`, migrations: []string{
		`CREATE TABLE flinktarget_records (key TEXT COLLATE "C" NOT NULL PRIMARY KEY, value BYTEA NOT NULL,
			revision BIGINT NOT NULL)`,
	}}
)

// SQLiteDSN returns the name of the database in a file, for modernc.org/sqlite: writers
// wait for each other, and a write is on the disk before it is answered.
func SQLiteDSN(path string) string {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}
	u.RawQuery = url.Values{"_txlock": {"immediate"},
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)"}}.Encode()
	return u.String()
}

// Backend keeps records in a table.
type Backend struct{ db *sql.DB }

var _ store.Backend = (*Backend)(nil)

// New makes the tables in db, or brings them up to date. It refuses those of a later
// version. Several processes may do that at once.
func New(ctx context.Context, db *sql.DB, d Dialect) (*Backend, error) {
	for {
		err := prepare(ctx, db, d)
		if err == nil {
			return &Backend{db}, nil
		}
		if !conflict(err) { // SQLite does not wait where several make a file one with a -wal
			return nil, fmt.Errorf("the schema of the targets: %w", err)
		}
	}
}

func prepare(ctx context.Context, db *sql.DB, d Dialect) error {
	tx, err := db.BeginTx(ctx, readCommitted)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	if err := migrate(ctx, tx, d); err != nil {
		return err
	}
	return tx.Commit()
}

// readCommitted sees what others did before a lock was had, whatever is the default of a
// server. SQLite has no levels.
var readCommitted = &sql.TxOptions{Isolation: sql.LevelReadCommitted}

func migrate(ctx context.Context, tx *sql.Tx, d Dialect) error {
	if d.lock != "" {
		if _, err := tx.ExecContext(ctx, d.lock); err != nil {
			return err
		}
	}
	const table = `CREATE TABLE IF NOT EXISTS flinktarget_schema (version BIGINT NOT NULL)`
	if _, err := tx.ExecContext(ctx, table); err != nil {
		return err
	}
	var version int
	row := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(version), 0) FROM flinktarget_schema`)
	if err := row.Scan(&version); err != nil {
		return err
	}
	if known := len(d.migrations); version > known {
		return fmt.Errorf("version %d is later than %d, which this program knows", version, known)
	}
	for i, statement := range d.migrations[version:] {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO flinktarget_schema VALUES ($1)`, version+i+1); err != nil {
			return err
		}
	}
	return nil
}

const selectRecords = `SELECT key, value, revision FROM flinktarget_records WHERE `

// Read is one statement, which sees one moment.
func (b *Backend) Read(ctx context.Context, keys ...string) ([]store.Record, error) {
	args := make([]any, len(keys))
	places := make([]string, len(keys))
	for i, key := range keys {
		args[i], places[i] = key, fmt.Sprint("$", i+1)
	}
	found, err := b.query(ctx, `key IN (`+strings.Join(places, ",")+`)`, args...)
	if err != nil {
		return nil, err
	}
	records := make([]store.Record, len(keys))
	for i, key := range keys {
		records[i].Key = key
		for _, r := range found {
			if r.Key == key {
				records[i] = r
			}
		}
	}
	return records, nil
}

// List is one statement. Keys are compared by their bytes.
func (b *Backend) List(ctx context.Context, prefix string) ([]store.Record, error) {
	return b.query(ctx, `key >= $1 AND key < $2`, prefix, prefix+"\x7f") // keys are ASCII
}

func (b *Backend) query(ctx context.Context, where string, args ...any) ([]store.Record, error) {
	for {
		records, err := b.rows(ctx, where, args...)
		if !conflict(err) { // which ends with the context
			return records, err
		}
	}
}

func (b *Backend) rows(ctx context.Context, where string, args ...any) (records []store.Record, err error) {
	rows, err := b.db.QueryContext(ctx, selectRecords+where, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r store.Record
		if err := rows.Scan(&r.Key, &r.Value, &r.Revision); err != nil {
			return nil, err
		}
		if r.Value == nil { // as some drivers read an empty value
			r.Value = []byte{}
		}
		records = append(records, r)
	}
	return records, rows.Err()
}

// Write locks rows in the order of their keys, so that writers wait, and do not deadlock.
func (b *Backend) Write(ctx context.Context, records ...store.Record) (bool, error) {
	tx, err := b.db.BeginTx(ctx, readCommitted)
	if err != nil {
		return false, withoutConflict(err)
	}
	defer func() { _ = tx.Rollback() }()
	inOrder := func(a, b store.Record) int { return cmp.Compare(a.Key, b.Key) }
	for _, r := range slices.SortedFunc(slices.Values(records), inOrder) {
		if written, err := write(ctx, tx, r); !written || err != nil {
			return false, withoutConflict(err)
		}
	}
	if err := tx.Commit(); err != nil {
		return false, withoutConflict(err)
	}
	return true, nil
}

func write(ctx context.Context, tx *sql.Tx, r store.Record) (bool, error) {
	// Numbers of rows would begin again where a row is deleted and inserted.
	next := rand.Int64N(math.MaxInt64) + 1
	var result sql.Result
	var err error
	switch {
	case r.Revision == 0 && r.Value == nil:
		return true, nil
	case r.Revision == 0:
		result, err = tx.ExecContext(ctx, `INSERT INTO flinktarget_records (key, value, revision) VALUES ($1, $2, $3)
			ON CONFLICT DO NOTHING`, r.Key, r.Value, next)
	case r.Value == nil:
		result, err = tx.ExecContext(ctx, `DELETE FROM flinktarget_records WHERE key = $1 AND revision = $2`,
			r.Key, r.Revision)
	default:
		result, err = tx.ExecContext(ctx, `UPDATE flinktarget_records SET value = $1, revision = $2
			WHERE key = $3 AND revision = $4`, r.Value, next, r.Key, r.Revision)
	}
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// withoutConflict returns nil for a conflict, and other errors as they are.
func withoutConflict(err error) error {
	if conflict(err) {
		return nil
	}
	return err
}

// conflict reports whether a transaction was rolled back because of another one:
// serialization failures and deadlocks of PostgreSQL, busy and locked of SQLite.
func conflict(err error) bool {
	if e, ok := errors.AsType[interface {
		error
		SQLState() string
	}](err); ok {
		return e.SQLState() == "40001" || e.SQLState() == "40P01"
	}
	if e, ok := errors.AsType[interface {
		error
		Code() int
	}](err); ok {
		return e.Code()&0xff == 5 || e.Code()&0xff == 6
	}
	return false
}
