// Package store keeps targets in a database: [Store] is a [target.Store] over any
// [Backend] that compares and swaps, which takes three methods. The nested modules
// etcdstore and sqlstore have backends for etcd, SQLite and PostgreSQL; the example is
// one over a map. Until they are published, a program needs a replace for each module:
//
//	go mod edit -replace github.com/flinktarget/flinktarget=../flinktarget \
//	  -replace github.com/flinktarget/flinktarget/target/store/sqlstore=../flinktarget/target/store/sqlstore
//	go mod tidy
//
// # Records
//
// A target is one record, with all of its holds, and so is the id of a target; their
// keys begin with targets/ and ids/. What a call costs depends on the size of the
// targets that it is about and the number of their owners, not on how many there are,
// but for All and Snapshot.
//
// The rules are those of [target.Registry], which is not written again here: a call
// reads its records at one moment into a registry of its own, makes the call on that,
// and writes what changed if no record has changed meanwhile. Otherwise it starts again.
// Calls that refuse or read write nothing. Nothing is cached.
//
// # Size
//
// RESULTS.md has what calls cost on each store, with 100 and with 10,000 targets, beside a
// bare transaction: it does not grow with the number of targets. 10,000 owners of one
// target are a record of 1.1 MB, and a write takes 22 ms beside the database's time,
// against 0.06 ms with 20 owners. Targets that everybody holds are written by everybody:
// of writes that meet, one succeeds and the others begin again.
//
// # What is promised
//
// A Store is as linearizable as its backend: if Read and Write are, every mix of calls of
// any number of processes is, All and Snapshot included. target/linearize checks that with
// random histories, see RESULTS.md. There are no leases and no clocks: a hold lasts until
// it is released, also if its process is gone.
//
// In a partition, who cannot reach the backend, or reaches a minority of it, gets an
// error, or waits until its context is done: nobody is answered from memory. An error of
// Write leaves open whether the call took effect, see [target.Store].
//
// # Backup
//
// Back up the database with its own tools, which the backends name, or with
// [Store.Snapshot]; each is one consistent moment, and nobody has to stop. Before you go
// back to a backup, stop all processes that use the store: what they have read is of
// another history. Restore with the database's tools, or a snapshot with [Store.Restore]
// into an empty store ([target.Restore] reads it, too). What happened since is lost, holds,
// too: let each resource that exists acquire its target again, which does nothing twice,
// before any target is deleted.
package store
