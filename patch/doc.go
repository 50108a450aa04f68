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
//	deploymentPatchSet:
//	- op: add
//	  path: /spec/template/spec/flinkConfiguration/state.checkpoints.dir
//	  value: s3://bucket/checkpoints
//
// A strategic merge patch, written inline, changes the Kubernetes objects that
// have its apiVersion and kind, and its metadata.name and metadata.namespace
// where it gives them:
//
//	deploymentPatchSet:
//	- apiVersion: apps/v1
//	  kind: Deployment
//	  spec: {template: {spec: {nodeSelector: {pool: flink}}}}
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
//	deploymentPatchSet:
//	- target: {kind: Deployment, labelSelector: component=taskmanager}
//	  patch:
//	    spec: {template: {spec: {priorityClassName: batch}}}
//
// What such a strategic merge says of its own apiVersion, kind, metadata.name and
// metadata.namespace means nothing, as in kustomize: target alone selects, and the
// object keeps what it has.
//
// # Levels
//
// Entries for the VVP resource are applied before objects are built from it,
// entries for Kubernetes objects afterwards; within each level in the order of
// the list, each on what the one before it left.
//
// # Strategic merges
//
// A strategic merge gives what kustomize gives, order included. The rules, each of
// which is an example below:
//
//  1. Maps are merged: what the patch does not name stays.
//  2. null deletes a key; where there is none, nothing changes.
//  3. Scalars are replaced, and keep the type that the patch gives them.
//  4. A list without a merge key in Kubernetes is replaced.
//  5. A list with a merge key is merged by it: the patch's elements come first, in
//     the patch's order, then the object's others.
//  6. A list with two keys, ports and topologySpreadConstraints, keeps merged
//     elements in their place, and puts new ones first.
//  7. $patch: delete in an element of a keyed list deletes the element.
//  8. An element that is nothing but $patch: replace replaces a keyed list.
//  9. $patch: replace in a map replaces the map, $patch: delete deletes it.
//  10. An empty map or keyed list changes nothing, another empty list empties.
//  11. Of things that exclude each other, the old one is set to null.
//  12. What kustomize would lose or write out in silence is refused.
//  13. $patch: delete deletes a whole object, if nothing needs it.
//  14. Patches are applied in their order; each sees what the one before it left.
//  15. JSON patches follow RFC 6902.
//
// The merge keys are those of kustomize's schema, which is Kubernetes 1.21. Parts
// of VVP resources that are of Kubernetes types, pod templates, volumes and
// variables, merge like those.
//
// # Differences from kustomize
//
// They are about data that kustomize loses or changes. Each is an example below:
//
//   - A number or boolean over a quoted string stays one (kustomize #6140 makes a
//     string of it, which the API server refuses for maxSurge and the like).
//   - Elements that a patch does not name stay, even if their key stands twice or is
//     missing. A patch that names one of two is refused.
//   - A port without protocol is a TCP port (kustomize #4752 drops the patch).
//   - "- $patch: replace", "delete" and "merge" work for a list that the object does
//     not have, too.
//   - null deletes a label or an annotation, also where the patch has a target:
//     kustomize makes the text "null" of it.
//   - Refused, because kustomize drops them or writes them into the object:
//     $patch: replace in an element of a keyed list, $setElementOrder, $retainKeys,
//     $deleteFromPrimitiveList, an element without its merge key, $patch in a list
//     without one.
//   - JSON patches: replacing what is not there is an error, and integers above
//     2^53 are not rounded.
//   - Strategic merges know the lists of the kinds that are rendered. A merge into
//     another kind of Kubernetes, which only [Set.ApplyObjects] can meet, is refused; in
//     custom resources every list is replaced, those of objects inside them, too.
//
// # What no patch changes
//
// Of a VVP resource its identity and what it refers to, of a Kubernetes object
// its apiVersion, kind, name, namespace, selector and system labels. A patch
// that does fails with [ErrConflict].
//
// All types of this package are immutable and safe for concurrent use.
package patch
