// Package patch reads and applies the patch sets of DeploymentTargets.
//
// # Entries
//
// An entry of spec.deploymentPatchSet has one of three forms, and its form says
// what it changes.
//
// A JSON patch operation (RFC 6902), as VVP 2.0 wrote them, changes the VVP
// Deployment that refers to the target:
//
//   - op: add
//     path: /spec/template/spec/flinkConfiguration/state.checkpoints.dir
//     value: s3://bucket/checkpoints
//
// A strategic merge patch, written inline, changes the Kubernetes objects that
// have its apiVersion and kind, and its metadata.name and metadata.namespace
// where it gives them:
//
//   - apiVersion: apps/v1
//     kind: Deployment
//     spec: {template: {spec: {nodeSelector: {pool: flink}}}}
//
// With apiVersion v1 and kind Deployment or SessionCluster it changes the VVP
// resource of that kind instead. Kubernetes has no such kinds in v1, so nothing
// is ambiguous; a patch of kind Deployment without an apiVersion is, and is
// refused.
//
// An entry of a kustomization's patches list changes the Kubernetes objects that
// its target selects. The patch is a strategic merge patch or a list of JSON
// patch operations, as text or as YAML:
//
//   - target: {kind: Deployment, labelSelector: component=taskmanager}
//     patch:
//     spec: {template: {spec: {priorityClassName: batch}}}
//
// # Levels
//
// Entries for the VVP resource are applied before objects are built from it,
// entries for Kubernetes objects afterwards; within each level in the order of
// the list, each on what the one before it left.
//
// # Strategic merges
//
// A strategic merge gives what kustomize gives. Maps are merged, null deletes a
// key, scalars are replaced. A list for which Kubernetes has a merge key is
// merged by it, with the patch's elements first; any other list is replaced.
//
// # What no patch changes
//
// Of a VVP resource its identity and what it refers to, of a Kubernetes object
// its apiVersion, kind, name, namespace, selector and system labels. A patch
// that does fails with [ErrConflict].
//
// All types of this package are immutable and safe for concurrent use.
package patch
