// Package merge applies strategic merge patches to JSON-shaped trees with the result
// that kustomize gives, by a recursion over the patch alone: kustomize's own merge walks
// the whole object, and takes 500 times as long. Tests compare the two for every list of
// every kind, and for random objects and patches.
//
// The merge lists are those of kustomize's schema, Kubernetes 1.21.2, for the kinds of
// package kinds: a generated table, so that nothing is loaded, locked or shared with a
// program that uses kustomize itself. In objects of other kinds all lists are replaced.
//
// The documentation of package patch has the rules. What kustomize would drop, or write
// into the object as if it were content, is refused, see [Refused]. Beyond that the
// results differ in these points, all but the last about data that kustomize loses or
// retypes; testdata/differences.yaml and TestNullLabelsWithTarget have each:
//
//   - An integer or boolean over a quoted string stays one (kustomize #6140).
//   - Elements of merged lists that the patch does not name stay as they are,
//     with duplicates and without keys. Naming one that is there twice is refused.
//   - A port without protocol is a TCP port (kustomize #4752 drops the patch).
//   - "- $patch: replace", "delete" or "merge" for a list that the object does
//     not have works as for one that it has.
//   - null deletes a label or annotation, also in a patch with a target, where
//     kustomize makes the text "null" of it.
//   - Objects inside custom resources are not looked for: their lists are replaced.
package merge
