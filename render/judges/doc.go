// Package judges has tests only: they hold what the library renders, and what it refuses,
// against code that is not ours, which is the validation of Kubernetes' own API server, and
// the checks of its Pod Security admission. It is a module of its own, so that
// k8s.io/kubernetes does not become a dependency of the library.
package judges
