// Package kustomize applies patches of DeploymentTargets with kustomize's own packages, and
// moves patches between kustomizations and DeploymentTargets. Programs that import it link
// kustomize: it is for those who want to be sure that both give the same, and for those who
// come from an overlay or go back to one.
//
// # The engine
//
// Package patch merges as kustomize does, about a thousand times faster, and is what a
// renderer uses. render.PatchEngine(kustomize.Engine()) renders with kustomize instead: it
// selects objects (resmap), merges strategically (resource, kyaml) and applies operations of
// RFC 6902 (json-patch v4). Patches of VVP resources, protected fields, warnings and
// explanations stay this library's, because kustomize has no schema of VVP's kinds.
//
// # Differences
//
// What the two engines do differently. Of each, what the library does is said first.
//
//   - Ports without protocol: they are TCP; kustomize drops the patch (#4752).
//   - Elements that stand twice: they stay, if the patch does not name them; kustomize keeps
//     the last one.
//   - A list that is not there: it can be replaced; kustomize writes the directive into the
//     object, and loses the elements.
//   - Replacing what is not there: an error, as in RFC 6902; kustomize adds it.
//   - Testing what is not there for null: an error, as in RFC 6902; kustomize passes it.
//   - Copying what is not there: an error, as in RFC 6902; kustomize adds null.
//   - Indices from the end: -1 is an error, as in RFC 6902; kustomize takes it.
//   - Indices with a leading zero: an error, as in RFC 6902; kustomize takes them.
//   - Large integers: they keep all digits; operations of kustomize make floating-point
//     numbers of all integers of an object that are 2^53 and more.
//   - The namespace default: it is a name like any; kustomize selects objects without a
//     namespace, too.
//   - Kinds that are not rendered: strategic merges into those of Kubernetes are refused.
//
// Of HorizontalPodAutoscalers (autoscaling/v2) and PodMonitors kustomize has no schema: it replaces
// their finalizers and owners, too, which the library merges.
//
// Patches that kustomize would lose or write into the object as they are, are refused when
// they are read, before an engine sees them; [Merge] tells what kustomize makes of them. The
// command kustomize does three things more that neither engine does, because they come from
// its reading of text: a number over a quoted string becomes a string (#6140), a null of a
// label becomes the text "null" where the patch has a target, and labels and annotations
// that are empty are removed.
//
// # In and out
//
// [Patches] reads the patches of an overlay, [Kustomization] writes one. Rendered objects
// without their patches, but with the job ids and checksums of the whole, and that
// kustomization are built to what the target renders; the command flinktarget target export
// writes both, and fails where that is not so.
package kustomize
