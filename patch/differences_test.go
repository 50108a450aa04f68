package patch_test

import (
	"errors"
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/patch"
)

// patched prints an object after a patch, both as YAML.
func patched(objectText, patchText string) {
	var object map[string]any
	must(yaml.Unmarshal([]byte(objectText), &object))
	set, err := patch.NewSet(patch.MustParse(patchText))
	must(err)
	out, _, err := set.ApplyObjects([]map[string]any{object})
	if err != nil {
		fmt.Println(strings.ReplaceAll(err.Error(), "; ", ";\n"))
		return
	}
	delete(out[0], "apiVersion")
	delete(out[0], "kind")
	text, err := yaml.Marshal(out[0])
	must(err)
	fmt.Print(string(text))
}

// A number over a quoted string stays a number: kustomize makes "1" of it, which
// the API server refuses.
func Example_differenceNumbersStayNumbers() {
	patched(`{apiVersion: apps/v1, kind: Deployment, spec: {strategy: {rollingUpdate: {maxSurge: "25%"}}}}`,
		`{apiVersion: apps/v1, kind: Deployment, spec: {strategy: {rollingUpdate: {maxSurge: 1}}}}`)
	// Output:
	// spec:
	//   strategy:
	//     rollingUpdate:
	//       maxSurge: 1
}

// A variable that stands twice stays so: kustomize drops the first, though others
// between the two may refer to it. A patch that names it cannot say which it means.
func Example_differenceDuplicatesStay() {
	pod(`containers: [{name: a, env: [{name: A, value: "1"}, {name: B, value: $(A)}, {name: A, value: "2"}]}]`,
		"containers: [{name: a, image: new}]")
	patched(`{apiVersion: v1, kind: ServiceAccount, metadata: {name: x}, secrets: [{name: a}, {name: a}]}`,
		`{apiVersion: v1, kind: ServiceAccount, secrets: [{name: a, namespace: b}]}`)
	// Output:
	// containers:
	// - env:
	//   - name: A
	//     value: "1"
	//   - name: B
	//     value: $(A)
	//   - name: A
	//     value: "2"
	//   image: new
	//   name: a
	// spec.deploymentPatchSet[0]: ServiceAccount x: secrets[0]: the object has two elements named a;
	// replace the whole list with - $patch: replace and its elements
}

// A port without protocol is a TCP port, in the object as in the patch: kustomize
// drops the patch.
func Example_differencePortsWithoutProtocol() {
	patched(`{apiVersion: v1, kind: Service, spec: {ports: [{port: 80, protocol: TCP}, {port: 81}]}}`,
		`{apiVersion: v1, kind: Service, spec: {ports: [{port: 80, name: web}, {port: 81, protocol: TCP, name: `+
			`more}]}}`)
	// Output:
	// spec:
	//   ports:
	//   - name: web
	//     port: 80
	//     protocol: TCP
	//   - name: more
	//     port: 81
	//     protocol: TCP
}

// A list that is not there can be replaced: kustomize writes the directive into the
// object and loses the elements.
func Example_differenceDirectivesForAbsentLists() {
	pod("{}", "{volumes: [{$patch: replace}, {name: v, emptyDir: {}}], imagePullSecrets: [{$patch: delete}]}")
	// Output:
	// volumes:
	// - emptyDir: {}
	//   name: v
}

// null deletes a label, whatever the form of the entry: with a target, kustomize
// makes the text "null" of it.
func Example_differenceNullDeletesLabels() {
	patched(`{apiVersion: v1, kind: ConfigMap, metadata: {labels: {a: b, c: d}}}`,
		`{target: {kind: ConfigMap}, patch: {metadata: {labels: {a: null}}}}`)
	// Output:
	// metadata:
	//   labels:
	//     c: d
}

// What kustomize drops, or writes into the object as if it were content, is refused
// when the patch is read.
func Example_differenceRefused() {
	for _, text := range []string{
		"containers: [{name: a, $patch: replace}]",
		"containers: [{image: x}]",
		"{$setElementOrder/containers: [{name: a}]}",
		"volumes: [{name: v, $retainKeys: [name]}]",
		"tolerations: [{$patch: delete, key: a}]",
	} {
		var content map[string]any
		must(yaml.Unmarshal([]byte(text), &content))
		_, err := patch.FromObject(map[string]any{"apiVersion": "apps/v1", "kind": "Deployment",
			"spec": map[string]any{"template": map[string]any{"spec": content}}})
		fmt.Println(errors.Is(err, flinktarget.ErrInvalid))
	}
	_, err := patch.Parse([]byte("{apiVersion: v1, kind: ConfigMap, metadata: " +
		"{$deleteFromPrimitiveList/finalizers: [a/b]}}"))
	fmt.Println(errors.Is(err, flinktarget.ErrInvalid))
	// Output:
	// true
	// true
	// true
	// true
	// true
	// true
}

// Replacing what is not there fails, as RFC 6902 has it: kustomize adds it. Integers
// keep all their digits: kustomize rounds those beyond 2^53 of the whole object.
func Example_differenceOperations() {
	patched(`{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {}}`,
		`{target: {kind: Service}, patch: [{op: replace, path: /spec/type, value: NodePort}]}`)
	p := patch.MustParse(`{target: {kind: Service}, patch: [{op: add, path: /spec/b, value: 9007199254740993}]}`)
	set, err := patch.NewSet(p)
	must(err)
	out, _, err := set.ApplyObjects([]map[string]any{{"apiVersion": "v1", "kind": "Service",
		"spec": map[string]any{"a": int64(9007199254740993)}}})
	fmt.Println(out[0]["spec"], err)
	// Output:
	// spec.deploymentPatchSet[0]: Service a: operation 0, replace "/spec/type": there is no "type" in "/spec"
	// map[a:9007199254740993 b:9007199254740993] <nil>
}
