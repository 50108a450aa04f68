// Package krmtest runs the KRM function inside the real kustomize. It is a module of
// its own, because kustomize's command is no dependency of the library; its go.mod
// pins the newest version that builds with the library's Go version.
package krmtest
