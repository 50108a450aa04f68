// Package sqlstore keeps targets in SQLite or PostgreSQL, over database/sql: a
// [store.Backend] whose tables it makes and migrates itself. It links no driver; SQLite
// is tested with modernc.org/sqlite, PostgreSQL 15 with github.com/jackc/pgx/v5.
//
//	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN("targets.db"))
//	backend, err := sqlstore.New(ctx, db, sqlstore.SQLite)
//	s := store.New(backend)
//
//	db, err := sql.Open("pgx", "postgres://flink@db/flink")
//	backend, err := sqlstore.New(ctx, db, sqlstore.Postgres)
//
// Calls are linearizable on one server, which answers after it has written to the disk.
// A standby that is asked instead, or promoted without synchronous replication, does not
// have what the primary acknowledged last.
//
// Back up with the database's own tools: VACUUM INTO or sqlite3's .backup, pg_dump.
package sqlstore
