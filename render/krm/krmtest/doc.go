// Package krmtest runs the KRM function inside the real kustomize, and compares the
// security rules of rendertest with Kubernetes' own. It is a module of its own,
// because neither is to be a dependency of the library; its go.mod pins the newest
// kustomize that builds with the library's Go version.
package krmtest
