// Package linearize has tests only: random histories of calls that goroutines make at
// the same time must be linearizable, which means that every call takes effect at one
// moment between its start and its return. They run on a registry in memory, and on the
// stores of package target/store over SQLite, PostgreSQL where it is installed, and etcd
// with three members, while connections are cut and members stop and start; the contract
// of package registrytest runs on the servers, too. It is a module of its own to keep the
// checker and the servers out of the library's dependencies.
//
//	go test . -histories 20000 -others 1000 -restarts 30
package linearize
