package target_test

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/flinktarget/flinktarget/target"
)

// A target cannot be deleted while a Deployment refers to it, and cannot change.
func ExampleRegistry() {
	staging, err := target.Parse("", []byte(`
kind: DeploymentTarget
apiVersion: v1
metadata: {name: staging}
spec: {kubernetes: {namespace: staging}}
`))
	if err != nil {
		panic(err)
	}
	var registry target.Registry
	fmt.Println(registry.Register(staging))

	topSpeed := target.Owner{Kind: "Deployment", Name: "top-speed"}
	fmt.Println(registry.Acquire(staging.Ref(), topSpeed))
	fmt.Println(registry.Delete(staging.Ref()))
	fmt.Println(registry.Owners(staging.Ref()))

	fmt.Println(registry.Release(staging.Ref(), topSpeed))
	fmt.Println(registry.Delete(staging.Ref()))
	// Output:
	// <nil>
	// <nil>
	// the target default/staging is in use by Deployment default/top-speed
	// [Deployment default/top-speed] <nil>
	// true
	// <nil>
}

// What a service needs for an answer is in the error, not in its text.
func ExampleError() {
	config := target.Config{
		Metadata: target.Metadata{Name: "staging"},
		Spec:     target.Spec{Kubernetes: &target.Kubernetes{Namespace: "staging"}},
	}
	was, err := target.New(config)
	if err != nil {
		panic(err)
	}
	config.Spec.Kubernetes.Namespace = "prod"
	now, err := target.New(config)
	if err != nil {
		panic(err)
	}
	var registry target.Registry
	fmt.Println(registry.Register(was))
	err = registry.Register(now)
	if e, ok := errors.AsType[*target.Error](err); ok {
		for _, f := range e.Fields {
			fmt.Printf("%s was %s, is %s\n", f.Field, f.From, f.To)
		}
	}
	// Output:
	// <nil>
	// spec.kubernetes.namespace was "staging", is "prod"
}

// A snapshot is JSON, to be kept where it is safe.
func ExampleRestore() {
	staging, err := target.New(target.Config{
		Metadata: target.Metadata{Name: "staging"},
		Spec:     target.Spec{Kubernetes: &target.Kubernetes{}},
	})
	if err != nil {
		panic(err)
	}
	var registry target.Registry
	fmt.Println(registry.Register(staging))
	snapshot := registry.Snapshot()
	fmt.Println(bytes.Contains(snapshot, []byte(`"metadata":{"name":"staging","namespace":"default"}`)))

	restored, err := target.Restore(snapshot)
	if err != nil {
		panic(err)
	}
	for t := range restored.All() {
		fmt.Println(t.Ref())
	}
	// Output:
	// <nil>
	// true
	// default/staging
}
