package patch_test

import (
	"fmt"

	"sigs.k8s.io/yaml"

	"github.com/flinktarget/flinktarget/patch"
)

// pod prints the pod spec of a Deployment after a patch of it, both as YAML.
func pod(spec, patchOfSpec string) {
	var object, content map[string]any
	must(yaml.Unmarshal([]byte(spec), &object))
	must(yaml.Unmarshal([]byte(patchOfSpec), &content))
	p, err := patch.FromObject(map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment",
		"spec": map[string]any{"template": map[string]any{"spec": content}},
	})
	must(err)
	set, err := patch.NewSet(p)
	must(err)
	out, _, err := set.ApplyObjects([]map[string]any{{
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": "app"},
		"spec": map[string]any{"template": map[string]any{"spec": object}},
	}})
	must(err)
	text, err := yaml.Marshal(out[0]["spec"].(map[string]any)["template"].(map[string]any)["spec"])
	must(err)
	fmt.Print(string(text))
}

func must(err error) {
	if err != nil {
		fmt.Println(err)
	}
}

// 1. Maps are merged: what the patch does not name stays.
func Example_rule01MapsAreMerged() {
	pod("nodeSelector: {pool: flink, zone: a}", "nodeSelector: {zone: b, disk: ssd}")
	// Output:
	// nodeSelector:
	//   disk: ssd
	//   pool: flink
	//   zone: b
}

// 2. null deletes a key; where there is none, nothing changes.
func Example_rule02NullDeletes() {
	pod("{hostNetwork: true, priorityClassName: high}", "{priorityClassName: null, dnsPolicy: null}")
	// Output:
	// hostNetwork: true
}

// 3. Scalars are replaced. Types are kept: a number stays a number.
func Example_rule03ScalarsAreReplaced() {
	pod("{hostNetwork: true, terminationGracePeriodSeconds: 30}",
		"{hostNetwork: false, terminationGracePeriodSeconds: 0}")
	// Output:
	// hostNetwork: false
	// terminationGracePeriodSeconds: 0
}

// 4. A list without a merge key in Kubernetes is replaced, as args, command and
// tolerations are.
func Example_rule04OtherListsAreReplaced() {
	pod("tolerations: [{key: a}, {key: b}]", "tolerations: [{key: c}]")
	// Output:
	// tolerations:
	// - key: c
}

// 5. A list with a merge key is merged by it: the patch's elements come first, in
// the patch's order, then the object's others. Containers, init containers, env and
// volumes go by name, volume mounts by mountPath.
func Example_rule05KeyedListsAreMerged() {
	pod("containers: [{name: a, image: one}, {name: b, image: two}]",
		"containers: [{name: c, image: three}, {name: b, env: [{name: TZ, value: UTC}]}]")
	// Output:
	// containers:
	// - image: three
	//   name: c
	// - env:
	//   - name: TZ
	//     value: UTC
	//   image: two
	//   name: b
	// - image: one
	//   name: a
}

// 6. A list with two keys keeps merged elements in their place, and puts new ones
// first: ports go by number and protocol, which is TCP if it is not given.
func Example_rule06ListsWithTwoKeys() {
	pod("containers: [{name: a, ports: [{containerPort: 53, protocol: TCP}, {containerPort: 53, protocol: UDP}]}]",
		"containers: [{name: a, ports: [{containerPort: 53, protocol: UDP, name: dns}, {containerPort: 80}]}]")
	// Output:
	// containers:
	// - name: a
	//   ports:
	//   - containerPort: 80
	//   - containerPort: 53
	//     protocol: TCP
	//   - containerPort: 53
	//     name: dns
	//     protocol: UDP
}

// 7. $patch: delete in an element of a keyed list deletes the element.
func Example_rule07ElementsAreDeleted() {
	pod("containers: [{name: a}, {name: b}]", "containers: [{name: b, $patch: delete}]")
	// Output:
	// containers:
	// - name: a
}

// 8. An element that is nothing but $patch: replace replaces a keyed list.
func Example_rule08KeyedListsAreReplaced() {
	pod("containers: [{name: a}, {name: b}]", "containers: [{$patch: replace}, {name: c}]")
	// Output:
	// containers:
	// - name: c
}

// 9. $patch: replace in a map replaces the map, $patch: delete deletes it.
func Example_rule09MapsAreReplacedAndDeleted() {
	pod("{securityContext: {runAsUser: 1, fsGroup: 2}, nodeSelector: {a: b}, hostNetwork: true}",
		"{securityContext: {$patch: replace, fsGroup: 3}, nodeSelector: {$patch: delete}}")
	// Output:
	// hostNetwork: true
	// securityContext:
	//   fsGroup: 3
}

// 10. An empty map or keyed list in a patch changes nothing, an empty list of the
// other kind empties.
func Example_rule10Empty() {
	pod("{volumes: [{name: v}], nodeSelector: {a: b}, tolerations: [{key: a}]}",
		"{volumes: [], nodeSelector: {}, tolerations: []}")
	// Output:
	// nodeSelector:
	//   a: b
	// tolerations: []
	// volumes:
	// - name: v
}

// 11. Of things that exclude each other, such as two sources of a volume, the old
// one is set to null.
func Example_rule11OneOf() {
	pod("volumes: [{name: v, emptyDir: {}}]", "volumes: [{name: v, emptyDir: null, configMap: {name: c}}]")
	// Output:
	// volumes:
	// - configMap:
	//     name: c
	//   name: v
}

// 12. What kustomize would lose or write out in silence is refused, with what to
// write instead.
func Example_rule12Refused() {
	_, err := patch.Parse([]byte("target: {kind: Deployment}\npatch: {spec: {template: {spec: {containers: " +
		"[{image: x}]}}}}"))
	fmt.Println(err != nil)
	_, err = patch.Parse([]byte("target: {kind: Deployment}\npatch: {spec: {strategy: {$retainKeys: [type]}}}"))
	fmt.Println(err != nil)
	// Output:
	// true
	// true
}

// 13. A whole object is deleted by $patch: delete, if nothing needs it.
func Example_rule13ObjectsAreDeleted() {
	p := patch.MustParse("{apiVersion: v1, kind: ServiceAccount, $patch: delete}")
	set, err := patch.NewSet(p)
	must(err)
	out, matches, err := set.ApplyObjects([]map[string]any{{"apiVersion": "v1", "kind": "ServiceAccount",
		"metadata": map[string]any{"name": "a"}}})
	fmt.Println(len(out), matches, err)
	// Output:
	// 0 [{0 0 false}] <nil>
}

// 14. Patches are applied in their order; each sees what the one before it left.
func Example_rule14Order() {
	set, err := patch.NewSet(
		patch.MustParse("{apiVersion: v1, kind: Service, metadata: {labels: {tier: web}}}"),
		patch.MustParse("{target: {labelSelector: tier=web}, patch: {spec: {type: NodePort}}}"),
	)
	must(err)
	out, _, err := set.ApplyObjects([]map[string]any{{"apiVersion": "v1", "kind": "Service",
		"metadata": map[string]any{"name": "a"}}})
	fmt.Println(out[0]["spec"], err)
	// Output:
	// map[type:NodePort] <nil>
}

// 15. JSON patches follow RFC 6902: what is replaced, removed or tested must be
// there, and the parent of what is added.
func Example_rule15Operations() {
	set, err := patch.NewSet(patch.MustParse("{op: replace, path: /spec/x, value: 1}"))
	must(err)
	_, err = set.ApplyResource(map[string]any{"kind": "Deployment", "apiVersion": "v1",
		"metadata": map[string]any{"name": "app", "namespace": "default"}, "spec": map[string]any{}})
	fmt.Println(err)
	// Output:
	// spec.deploymentPatchSet[0]: Deployment default/app: operation 0, replace "/spec/x": there is no "x" in "/spec"
}
