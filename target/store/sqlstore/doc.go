// Package sqlstore keeps targets in SQLite or PostgreSQL, over database/sql: a
// [store.Backend] whose tables it makes and migrates itself. It links no driver; SQLite
// is tested with modernc.org/sqlite, PostgreSQL 15 with github.com/jackc/pgx/v5, at its own
// level of isolation and with serializable as its default.
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
// have what the primary acknowledged last. Processes of one machine may share a file of
// SQLite; over a network file system it is not safe. Where another process keeps it locked,
// calls wait until their context is done.
//
// Back up with VACUUM INTO or sqlite3's .backup (not by copying the file, which lacks what
// is in the -wal beside it), or pg_dump; restore with all processes stopped: put the file
// in place without its -wal and -shm, or pg_restore.
package sqlstore
