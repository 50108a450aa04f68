package merge_test

import (
	"sync"
	"testing"

	"gotest.tools/v3/assert"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/openapi"

	"github.com/flinktarget/flinktarget/internal/merge"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// A program that uses kustomize itself, sets another schema and resets it again,
// changes nothing here: merges neither read nor lock what is kustomize's.
func TestHostUsesKustomize(t *testing.T) {
	defer openapi.ResetOpenAPI()
	patch := tree.Map{"spec": tree.Map{"template": tree.Map{"spec": tree.Map{"containers": []any{tree.Map{"name": "b",
		"image": "new"}}}}}}
	object := tree.Map{"apiVersion": "apps/v1", "kind": "Deployment",
		"spec": tree.Map{"template": tree.Map{"spec": tree.Map{"containers": []any{
			tree.Map{"name": "a", "image": "old"}, tree.Map{"name": "b", "image": "old"},
		}}}}}
	want, _, err := merge.Apply(object, patch, deploymentSchema)
	assert.NilError(t, err)

	// Kustomize's own merge is changed by what the host does below.
	assert.NilError(t, openapi.SetSchema(nil, []byte(`{"definitions": {}}`), true))
	theirs := kyamlMerge(object, patch)
	assert.Assert(t, theirs.err == nil && !tree.Equal(theirs.object, want), "%v", theirs)

	stop := make(chan struct{})
	var host, users sync.WaitGroup
	host.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			openapi.ResetOpenAPI()
			_ = openapi.SetSchema(nil, []byte(`{"definitions": {}}`), true)
			fs := filesys.MakeFsInMemory()
			_ = fs.WriteFile("/kustomization.yaml", []byte("resources: [o.yaml]\n"))
			_ = fs.WriteFile("/o.yaml", []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"))
			_, _ = krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fs, "/")
		}
	})
	for range 8 {
		users.Go(func() {
			for range 500 {
				got, _, err := merge.Apply(object, patch, deploymentSchema)
				if err != nil || !tree.Equal(got, want) {
					t.Errorf("got %v, %v", got, err)
					return
				}
			}
		})
	}
	users.Wait()
	close(stop)
	host.Wait()
}
