// Package judges judges Kubernetes objects with code that is not ours: the
// validation of Kubernetes' own API server, and the checks of its Pod Security
// admission. It is a module of its own, so that k8s.io/kubernetes does not become a
// dependency of the library; its tests hold what the library renders against it.
package judges
