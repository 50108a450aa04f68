package render_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"testing/fstest"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

const exampleTarget = `kind: DeploymentTarget
apiVersion: v1
metadata: {name: staging}
spec:
  kubernetes: {namespace: streams}
  deploymentPatchSet:
    - target: {kind: Deployment, labelSelector: component=taskmanager}
      patch: {spec: {template: {spec: {nodeSelector: {pool: flink}}}}}
`

const exampleDeployment = `kind: Deployment
apiVersion: v1
metadata: {name: orders}
spec:
  deploymentTargetName: staging
  template:
    spec:
      artifact: {kind: JAR, flinkVersion: 1.20, jarUri: "https://artifacts.example.com/orders.jar"}
`

const exampleSessionCluster = `kind: SessionCluster
apiVersion: v1
metadata: {name: sql}
spec: {deploymentTargetName: staging, flinkVersion: 2.1}
`

var exampleJob = render.Job{ID: "2da2f867-5899-4bef-8ad0-9771bbac38b4"}

// parsed returns what the examples render. Programs handle the errors.
func parsed() (target.Target, deployment.Deployment) {
	t, err := target.Parse("target.yaml", []byte(exampleTarget))
	if err != nil {
		panic(err)
	}
	d, err := deployment.Parse("orders.yaml", []byte(exampleDeployment))
	if err != nil {
		panic(err)
	}
	return t, d
}

// Whole files in, a stream of manifests out.
func ExampleYAML() {
	var out strings.Builder
	err := render.YAML(&out, strings.NewReader(exampleTarget+"---\n"+exampleSessionCluster))
	if err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, "kind:") {
			fmt.Print(line)
		}
	}
	// Output:
	// kind: ConfigMap
	// kind: Service
	// kind: Deployment
	// kind: Deployment
}

// One resource for one target, with an id of the job that the caller keeps.
func ExampleRenderer_Deployment() {
	t, d := parsed()
	r, err := render.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := r.Deployment(t, d, exampleJob)
	if err != nil {
		fmt.Println(err)
		return
	}
	for o := range m.All() {
		fmt.Println(o.APIVersion(), o)
	}
	// Output:
	// v1 ConfigMap streams/job-2da2f867-5899-4bef-8ad0-9771bbac38b4-flink-config
	// v1 Service streams/job-2da2f867-5899-4bef-8ad0-9771bbac38b4-jobmanager
	// batch/v1 Job streams/job-2da2f867-5899-4bef-8ad0-9771bbac38b4-jobmanager
	// apps/v1 Deployment streams/job-2da2f867-5899-4bef-8ad0-9771bbac38b4-taskmanager
}

// Errors have types: which patch, of which object.
func ExampleRenderer_Deployment_conflict() {
	_, d := parsed()
	t, err := target.Parse("target.yaml", []byte(`kind: DeploymentTarget
apiVersion: v1
metadata: {name: staging}
spec:
  kubernetes: {namespace: streams}
  deploymentPatchSet:
    - target: {kind: Service}
      patch: {spec: {selector: {app: mine}}}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := render.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = r.Deployment(t, d, exampleJob)
	if failed, ok := errors.AsType[*patch.ApplyError](err); ok {
		fmt.Println("patch", failed.Entry, "of the target may not do this:", errors.Is(err, patch.ErrConflict))
	}
	// Output:
	// patch 0 of the target may not do this: true
}

// Everything that a stream of documents holds, each for the target that it names.
func ExampleRenderer_Bundle() {
	text := exampleTarget + "---\n" + exampleDeployment + "---\n" + exampleSessionCluster
	b, err := deployment.ParseAll("resources.yaml", []byte(text))
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := render.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := r.Bundle(b, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Len(), "objects")
	for _, w := range m.Warnings() {
		fmt.Println(w.Resource, "-", w.Message)
	}
	// Output:
	// 8 objects
	// Deployment default/orders - the job id is derived, and no savepoint is given: a changed configuration gives a new job that starts without state, next to the old one until that is removed; give the job an id, and a savepoint to restore
}

// Any number of resources, a few of them in memory at a time. What is wrong is
// reported in its place, and the rest goes on.
func ExampleRenderer_Stream() {
	t, _ := parsed()
	in := strings.NewReader(exampleDeployment + "---\n" + strings.Replace(exampleDeployment, "staging", "nowhere", 1))

	var items iter.Seq2[render.Item, error] = func(yield func(render.Item, error) bool) {
		for doc, err := range deployment.Read("resources.yaml", in) {
			if !yield(render.Item{Deployment: doc.Deployment, Job: exampleJob}, err) {
				return
			}
		}
	}
	targets := func(ref target.Ref) (target.Target, error) {
		if !ref.Matches(t) {
			return target.Target{}, fmt.Errorf("no target %s", ref)
		}
		return t, nil
	}

	r, err := render.New(render.Workers(2))
	if err != nil {
		fmt.Println(err)
		return
	}
	for res := range r.Stream(context.Background(), items, targets) {
		if res.Err != nil {
			fmt.Println(res.Err)
			continue
		}
		fmt.Println(res.Item.Deployment, "makes", res.Manifests.Len(), "objects")
	}
	// Output:
	// Deployment default/orders makes 4 objects
	// Deployment default/orders: no target default/nowhere
}

// What lets the platform work in the namespace of a target.
func ExampleRenderer_Target() {
	t, _ := parsed()
	r, err := render.New(render.ForPlatform(render.Platform{Namespace: "vvp", Name: "vvp"}), render.WithNamespace())
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := r.Target(t)
	if err != nil {
		fmt.Println(err)
		return
	}
	for o := range m.All() {
		fmt.Println(o)
	}
	// Output:
	// Namespace streams
	// Role streams/vvp-ververica-platform
	// RoleBinding streams/vvp-ververica-platform
}

// Options belong to the renderer; one that is not legal is an error at once.
func ExampleNew() {
	_, err := render.New(
		render.UseImages(map[string]string{"1.20": "registry.example.com/flink:1.20.5"}),
		render.StrictPatches(),
		render.ForPlatform(render.Platform{Namespace: "N O"}),
	)
	for p := range flinktarget.Problems(err) {
		fmt.Println(p.Rule, p.Field)
	}
	// Output:
	// option ForPlatform.Namespace
}

// An object as the type of Kubernetes that it is. Map is for unstructured ones.
func ExampleObject_Into() {
	t, d := parsed()
	r, err := render.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := r.Deployment(t, d, exampleJob)
	if err != nil {
		fmt.Println(err)
		return
	}
	o, _ := m.Find("apps/v1", "Deployment", t.KubernetesNamespace(), "job-"+exampleJob.ID+"-taskmanager")
	workload, err := render.As[appsv1.Deployment](o)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(workload.Spec.Template.Spec.NodeSelector)
	text, _, _ := bytes.Cut(o.YAML(), []byte("metadata:"))
	fmt.Printf("%s", text)
	// Output:
	// map[pool:flink]
	// apiVersion: apps/v1
	// kind: Deployment
}

// The digest is the same for the same objects: nothing to apply if it has not changed.
func ExampleManifests_Digest() {
	t, d := parsed()
	r, err := render.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	first, err := r.Deployment(t, d, exampleJob)
	if err != nil {
		fmt.Println(err)
		return
	}
	again, err := r.Deployment(t, d, exampleJob)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(first.Digest() == again.Digest())
	// Output:
	// true
}

// Manifests for people and for kubectl.
func ExampleManifests_WriteTo() {
	t, _ := parsed()
	s, err := deployment.ParseSessionCluster("sql.yaml",
		[]byte(strings.Replace(exampleSessionCluster, "flinkVersion", "state: STOPPED, flinkVersion", 1)))
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := render.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := r.SessionCluster(t, s)
	if err != nil {
		fmt.Println(err)
		return
	}
	n, err := m.WriteTo(os.Stdout)
	fmt.Println(n, err, "what is stopped has no objects")
	// Output:
	// 0 <nil> what is stopped has no objects
}

// A tool reads a folder, renders 2,000 Deployments with progress, and changes typed objects
// before it writes them.
func ExampleNewManifests() {
	folder := fstest.MapFS{"target.yaml": {Data: []byte(exampleTarget)}}
	for i := range 2000 {
		text := strings.Replace(exampleDeployment, "name: orders", fmt.Sprintf("name: orders-%d", i), 1)
		folder[fmt.Sprintf("jobs/%d.yaml", i)] = &fstest.MapFile{Data: []byte(text)}
	}
	b, err := deployment.ReadFS("resources", folder) // os.DirFS("resources") in a program
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := render.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	var items iter.Seq2[render.Item, error] = func(yield func(render.Item, error) bool) {
		for _, d := range b.Deployments {
			if !yield(render.Item{Deployment: d, Job: render.Job{ID: d.ID()}}, nil) {
				return
			}
		}
	}
	targets := func(ref target.Ref) (target.Target, error) { return b.Targets[0], nil }
	done := 0
	for res := range r.Stream(context.Background(), items, targets) {
		if res.Err != nil {
			fmt.Println(res.Item.Deployment, res.Err)
			continue
		}
		if res.Whole() {
			fmt.Println(res.Manifests.Warnings())
			continue
		}
		var objects []render.Object
		for o := range res.Manifests.All() {
			if o.Kind() == "Deployment" {
				workload, err := render.As[appsv1.Deployment](o)
				if err != nil {
					fmt.Println(err)
					continue
				}
				workload.Spec.Template.Spec.PriorityClassName = "batch"
				if o, err = render.NewObject(&workload); err != nil {
					fmt.Println(err)
					continue
				}
			}
			objects = append(objects, o)
		}
		m := render.NewManifests(objects...).WithWarnings(res.Manifests.Warnings()...)
		if _, err := m.WriteTo(io.Discard); err != nil {
			fmt.Println(err)
		}
		if done++; done%1000 == 0 {
			fmt.Printf("%d of %d\n", done, len(b.Deployments))
			for _, c := range render.Compare(res.Manifests, m) {
				fmt.Println(c.Object().Kind(), c.Fields[0].Path, c.Fields[0].New)
			}
		}
	}
	// Output:
	// 1000 of 2000
	// Deployment spec.template.spec.priorityClassName batch
	// 2000 of 2000
	// Deployment spec.template.spec.priorityClassName batch
}
