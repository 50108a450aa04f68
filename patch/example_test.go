package patch_test

import (
	"fmt"

	"github.com/flinktarget/flinktarget/patch"
)

// Which entries of a patch set change what.
func ExamplePatch_SelectsKind() {
	for _, text := range []string{
		"{op: add, path: /spec/template/spec/parallelism, value: 2}",
		"{apiVersion: apps/v1, kind: Deployment, spec: {revisionHistoryLimit: 1}}",
		"{target: {kind: Job|Service}, patch: {metadata: {annotations: {team: orders}}}}",
	} {
		p, err := patch.Parse([]byte(text))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(p.SelectsKind("v1", "Deployment"), p.SelectsKind("apps/v1", "Deployment"), p.SelectsKind("batch/v1", "Job"))
	}
	// Output:
	// true false false
	// false true false
	// false false true
}
