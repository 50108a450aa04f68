// Package linearize has a test only: random histories of calls that goroutines
// make at the same time must be linearizable, which means that every call takes
// effect at one moment between its start and its return. It is a module of its
// own to keep the checker out of the library's dependencies.
//
//	go test ./... -histories 20000
package linearize
