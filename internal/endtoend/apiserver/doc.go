// Package apiserver is empty: the module's tools are a real API server of Kubernetes and its
// etcd, for the tests of package endtoend.
package apiserver
