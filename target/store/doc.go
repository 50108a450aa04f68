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
// It was tried with 10,000 targets on each store of this module (TestFigures in
// target/linearize compares calls with bare transactions), and with 10,000 owners of one
// target: they are a record of 1.1 MB, and a write takes 30 ms beside the database's
// time, against 0.2 ms with 20 owners. Targets that everybody holds are written by
// everybody: of writes that meet, one succeeds and the others begin again.
//
// # What is promised
//
// A Store is as linearizable as its backend: if Read and Write are, it is, for every
// mix of calls of any number of processes. There are no leases and no clocks: a hold
// lasts until it is released, also if its process is gone.
//
// In a partition, who cannot reach the backend gets an error: nobody is answered from
// memory. An error of Write leaves open whether the call took effect, see [target.Store].
//
// Back up the database with its own tools, or with [Store.Snapshot], which is one
// consistent moment and which [Store.Restore] and [target.Restore] read.
package store
