// Package merge applies strategic merge patches to JSON-shaped trees with the
// result that kustomize gives.
//
// A patch is compiled once, against the merge lists of kustomize's schema, to a
// tree of operations, and then applied to any number of objects. Objects are not
// changed: what a patch touches is copied, the rest is shared with the result.
// The merge lists are a table in this package, generated from kustomize's schema
// and compared with it by a test, so that nothing is loaded, locked or shared
// with a program that uses kustomize itself.
//
// # Semantics
//
// Maps are merged, null deletes a key, scalars and lists replace. A list that
// Kubernetes merges by a key is merged by it: the patch's elements come first, in
// the patch's order, then the object's others. A list with two keys (ports,
// topologySpreadConstraints) keeps its elements in place and puts new ones first;
// if no element gives the second key, it is a list with one key.
// A list of scalars that is merged (finalizers) has the patch's values first.
// "$patch: delete", "replace" and "merge" work on maps and, as the only key of
// an element, on merged lists; "$patch: delete" deletes an element that its keys
// name. The identity of an object stays: apiVersion, kind, metadata.name and
// metadata.namespace.
//
// What kustomize would drop, or write into the object as if it were content, is
// refused, see [Refused]. Beyond that the results differ from kustomize's in these
// points, all but the last about data that kustomize loses or retypes:
//
//   - An integer or boolean over a quoted string stays an integer or boolean
//     (kustomize #6140).
//   - Elements of merged lists that the patch does not name stay as they are,
//     with duplicates and without keys. Naming one that is there twice is refused.
//   - A port without protocol is a TCP port, as Kubernetes defines it
//     (kustomize #4752 drops the patch).
//   - "- $patch: replace", "delete" or "merge" for a list that the object does
//     not have works as for one that it has.
//   - null deletes a label or annotation, also in a patch with a target, where
//     kustomize makes the text "null" of it.
//   - Objects inside custom resources are not looked for: their lists are replaced.
//
// Tests have each: testdata/differences.yaml and TestNullLabelsWithTarget.
//
// # No second engine
//
// The compiler models all that kustomize's schema can say (maps, lists that are
// merged by keys, lists that are merged as sets, and lists that are replaced), so
// nothing is left to kustomize's own merge. Kustomize and its kyaml are the oracle of
// the tests, which build an object and patches for every list of every kind.
//
// # Schema
//
// The merge lists are those of Kubernetes 1.21.2, which kustomize has. Newer
// lists, such as resourceClaims, are replaced as a whole, as by kustomize. The table
// has the kinds of package kinds; in objects of any other, all lists are replaced.
package merge
