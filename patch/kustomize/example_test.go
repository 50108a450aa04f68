package kustomize_test

import (
	"fmt"
	"testing/fstest"

	"github.com/flinktarget/flinktarget/patch/kustomize"
)

// The patches of an overlay become those of a DeploymentTarget, and an overlay again.
func ExamplePatches() {
	overlay := fstest.MapFS{"staging/kustomization.yaml": {Data: []byte(`
patches:
- target: {kind: Deployment, labelSelector: component=taskmanager}
  patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: any}
    spec: {template: {spec: {priorityClassName: high}}}
`)}}
	set, left, err := kustomize.Patches(overlay, "staging")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("patches:", set.Len(), "other fields:", len(left))
	text, _, err := kustomize.Kustomization(set, "objects.yaml")
	fmt.Printf("%s%v\n", text, err)
	// Output:
	// patches: 1 other fields: 0
	// apiVersion: kustomize.config.k8s.io/v1beta1
	// kind: Kustomization
	// patches:
	// - patch: |
	//     apiVersion: apps/v1
	//     kind: Deployment
	//     metadata:
	//       name: any
	//     spec:
	//       template:
	//         spec:
	//           priorityClassName: high
	//   target:
	//     kind: Deployment
	//     labelSelector: component=taskmanager
	// resources:
	// - objects.yaml
	// <nil>
}
