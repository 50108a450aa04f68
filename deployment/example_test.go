package deployment_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/patch"
)

const orders = `kind: Deployment
apiVersion: v1
metadata: {name: orders}
spec:
  deploymentTargetName: staging
  template:
    spec:
      artifact: {kind: JAR, flinkVersion: 1.20, jarUri: "https://artifacts.example.com/orders.jar"}
      resources:
        taskmanager: {cpu: 0.5, memory: 2g}
`

func ExampleParse() {
	d, err := deployment.Parse("orders.yaml", []byte(orders))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d, "on", d.Target(), "with Flink", d.Config().Spec.Template.Spec.Artifact.Version())
	// Output:
	// Deployment default/orders on default/staging with Flink 1.20
}

// All problems at once, each with its place.
func ExampleParse_problems() {
	text := strings.NewReplacer("metadata: {", "metadata: {lables: {}, ", "cpu: 0.5", "cpu: 0.05").Replace(orders)
	_, err := deployment.Parse("orders.yaml", []byte(text))
	if invalid, ok := errors.AsType[*flinktarget.InvalidError](err); ok {
		for _, p := range invalid.Problems {
			fmt.Println(p.Position, p.Field)
		}
	}
	// Output:
	// orders.yaml:3:12 metadata.lables
	// orders.yaml:10:28 spec.template.spec.resources.taskmanager.cpu
}

// From Go values. A copy of a configuration is what to edit.
func ExampleNew() {
	parallelism := int32(4)
	d, err := deployment.New(deployment.Config{
		Metadata: deployment.Metadata{Name: "orders"},
		Spec: deployment.Spec{
			DeploymentTargetName: "staging",
			Template: deployment.Template{Spec: deployment.TemplateSpec{
				Parallelism: &parallelism,
				Artifact: deployment.Artifact{
					Kind:         deployment.ArtifactJar,
					FlinkVersion: "1.20",
					JarURI:       "local:///opt/flink/usrlib/orders.jar",
				},
			}},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	c := d.Config()
	*c.Spec.Template.Spec.Parallelism = 8
	e, err := deployment.New(c)
	fmt.Println(*d.Config().Spec.Template.Spec.Parallelism, *e.Config().Spec.Template.Spec.Parallelism, err)
	// Output:
	// 4 8 <nil>
}

// A file may hold resources of all kinds.
func ExampleParseAll() {
	b, err := deployment.ParseAll("resources.yaml", []byte(orders+`---
kind: SessionCluster
apiVersion: v1
metadata: {name: sql}
spec: {deploymentTargetName: staging, flinkVersion: 2.1}
---
kind: DeploymentTarget
apiVersion: v1
metadata: {name: staging}
spec: {kubernetes: {namespace: streams}}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(b.Targets, b.Deployments, b.SessionClusters)
	// Output:
	// [DeploymentTarget default/staging] [Deployment default/orders] [SessionCluster default/sql]
}

// One document at a time, however many there are.
func ExampleRead() {
	in := strings.NewReader("kind: Deployment\nspec: []\n---\n" + orders)
	for doc, err := range deployment.Read("resources.yaml", in) {
		if err != nil {
			fmt.Println("not legal:", errors.Is(err, flinktarget.ErrInvalid))
			continue
		}
		fmt.Println(doc.Deployment)
	}
	// Output:
	// not legal: true
	// Deployment default/orders
}

// VVP's Deployment Defaults fill in what a Deployment does not say.
func ExampleParseDefaults() {
	defaults, err := deployment.ParseDefaults("defaults.yaml", []byte(`kind: DeploymentDefaults
apiVersion: v1
metadata: {namespace: default}
spec:
  template:
    spec:
      flinkConfiguration: {state.backend: rocksdb}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := defaults.Parse("orders.yaml", []byte(orders))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Config().Spec.Template.Spec.FlinkConfiguration)
	// Output:
	// map[state.backend:rocksdb]
}

// Defaults that stand in several files are layers of one: that without a kind is for all
// namespaces, each other one for its own.
func ExampleNewDefaults() {
	var layers []deployment.DefaultsConfig
	for _, text := range []string{
		"spec: {template: {spec: {parallelism: 2}}}",
		"kind: DeploymentDefaults\nmetadata: {namespace: default}\nspec: {template: {spec: {numberOfTaskManagers: 2}}}",
	} {
		file, err := deployment.ParseDefaults("defaults.yaml", []byte(text))
		if err != nil {
			fmt.Println(err)
			return
		}
		layers = append(layers, file.Layers()...)
	}
	defaults, err := deployment.NewDefaults(layers...)
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := defaults.Parse("orders.yaml", []byte(orders))
	if err != nil {
		fmt.Println(err)
		return
	}
	spec := d.Config().Spec.Template.Spec
	fmt.Println(*spec.Parallelism, *spec.NumberOfTaskManagers, d.Given().Spec.Template.Spec.Parallelism)
	fmt.Println(d.Defaults().Equal(defaults))
	// Output:
	// 2 2 <nil>
	// true
}

// Resolved has what VVP would fill in.
func ExampleDeployment_Resolved() {
	d, err := deployment.Parse("orders.yaml", []byte(orders))
	if err != nil {
		fmt.Println(err)
		return
	}
	spec := d.Resolved().Spec
	fmt.Println(
		spec.State,
		spec.UpgradeStrategy.Kind,
		spec.RestoreStrategy.Kind,
		spec.Template.Spec.Resources.JobManager,
	)
	// Output:
	// RUNNING STATEFUL LATEST_STATE {1 1G}
}

// What is legal, but may not do what its author expects.
func ExampleDeployment_Warnings() {
	d, err := deployment.Parse("orders.yaml", []byte(orders+"      flinkConfiguration: {yarn.tags: x}\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, w := range d.Warnings() {
		fmt.Println(d.Position(w.Field), w.Field)
	}
	// Output:
	// orders.yaml:11:39 spec.template.spec.flinkConfiguration[yarn.tags]
}

// A SessionCluster with its defaults, and what the patches of its target make of it.
func ExampleParseSessionCluster() {
	s, err := deployment.ParseSessionCluster("shared.yaml", []byte(`kind: SessionCluster
apiVersion: v1
metadata: {name: shared, namespace: analytics}
spec: {deploymentTargetName: staging, flinkVersion: 1.20}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	set, err := patch.NewSet(patch.MustParse("{apiVersion: v1, kind: SessionCluster, spec: {numberOfTaskManagers: 4}}"))
	if err != nil {
		fmt.Println(err)
		return
	}
	patched, err := s.Patch(set)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Namespace(), s.Resolved().Spec.State, *patched.Config().Spec.NumberOfTaskManagers)
	// Output:
	// analytics RUNNING 4
}

// VVP counts memory in powers of ten. What a job asks of a quota:
func ExampleBytes() {
	d, err := deployment.Parse("orders.yaml", []byte(orders+"      parallelism: 3\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	spec := d.Resolved().Spec.Template.Spec
	memory, err := deployment.Bytes(spec.Resources.TaskManager.Memory)
	if err != nil {
		fmt.Println(err)
		return
	}
	cpu, err := deployment.Millicores(spec.Resources.TaskManager.CPU.String())
	if err != nil {
		fmt.Println(err)
		return
	}
	n := deployment.TaskManagers(*spec.Parallelism, 2) // with two slots each
	fmt.Println(n, "TaskManagers,", memory, "bytes and", cpu, "millicores each")
	// Output:
	// 2 TaskManagers, 2000000000 bytes and 500 millicores each
}
