// Package flinktarget is the root of a library that turns Ververica Platform
// resources into Kubernetes manifests, in process and without a cluster. It has
// what all packages say of problems, [Problem]; this page is the tour.
//
// # What goes in, what comes out
//
// A DeploymentTarget says where Flink runs, a Kubernetes namespace, and how, a
// patch set. Deployments and SessionClusters refer to it. The library reads and
// checks these resources and renders them: ConfigMap, Service, and the workloads
// of JobManager and TaskManagers, each object with the platform's labels.
//
//	err := render.YAML(os.Stdout, file)
//
// is all of it in one call. With values in hand:
//
//	t, err := target.Parse("target.yaml", text)
//	d, err := deployment.Parse("deployment.yaml", text)
//	r, err := render.New()
//	m, err := r.Deployment(t, d, render.Job{})
//	for object := range m.All() { … }
//
// # The packages
//
//   - labels: the labels that the platform puts on objects, and legal label values
//   - patch: patch sets, strategic merges and JSON patches
//   - target: DeploymentTargets, and a registry that keeps who refers to them
//   - deployment: Deployments and SessionClusters
//   - render: manifests
//
// Imports run in this order, and never back: who needs labels only links nothing
// else. Six more are for special uses: target/store keeps targets in a database,
// target/registrytest proves that another store keeps the contract, deployment/schemas
// makes JSON Schemas for editors, render/rendertest is for tests of what is rendered,
// patch/kustomize applies patches with kustomize and reads and writes kustomizations, and
// render/krm is a KRM function for kustomize and kpt.
// The folder examples has a command-line tool, a page to try the library in, an HTTP
// service, a go test with policies and a folder for GitOps.
//
// # What it links
//
// A program that imports labels links no other module; patch and target 6,
// deployment and render 20. Who imports patch/kustomize (31 modules) or render/krm (41)
// links kustomize, nobody else does: rendertest.CheckKustomize is handed the engine.
// Their licences are
//
//   - Apache-2.0: k8s.io/*, sigs.k8s.io/* (sigs.k8s.io/json has parts of Go, BSD-3-Clause),
//     github.com/go-logr/logr, github.com/modern-go/*, go.yaml.in/yaml/v2;
//     with kustomize github.com/go-openapi/*, github.com/google/gnostic-models
//   - MIT: github.com/fxamacker/cbor, github.com/json-iterator/go, github.com/x448/float16,
//     and go.yaml.in/yaml/v3, of which parts are Apache-2.0; with kustomize
//     github.com/go-errors/errors, github.com/monochromegane/go-gitignore, github.com/xlab/treeprint
//   - BSD-3-Clause: github.com/google/uuid, golang.org/x/net, golang.org/x/text, gopkg.in/inf.v0;
//     with kustomize google.golang.org/protobuf, gopkg.in/evanphx/json-patch.v4
//
// The example quickstart is a binary of 16.4 MB, of 11.7 MB with -trimpath and
// -ldflags='-s -w'; with kustomize, flinktarget is one of 25.7 and 18.3 MB, krm-function of
// 24.8 and 17.5 MB (go1.26.8, linux/amd64).
//
// # The steps of a rendering
//
//  1. VVP's documented defaults are filled into the Deployment or SessionCluster.
//  2. The target's patches for VVP resources are applied to it.
//  3. The result is checked like any input.
//  4. Everything about the cluster is decided: names, Flink's configuration, jars.
//  5. Objects are built, with labels, selectors and the resource's own pod options.
//  6. The resource's pod templates are merged into them.
//  7. The target's patches for Kubernetes objects are applied; one that changes a field of
//     the platform's fails.
//  8. A job id that is not given is derived, and takes its place in names and labels.
//  9. Pod templates get a checksum of the configuration.
//  10. The set of objects is verified, and put in the order in which it is best applied.
//
// So what a later step sets wins: defaults, then the Deployment, then the target's
// patches, then the platform's own names, labels and selectors.
//
// # What holds everywhere
//
// Values are immutable and safe for concurrent use. Nothing reads files, the
// network, the environment or the clock; nothing is logged; the same input gives
// the same bytes, always. Input that is not legal is an error with all problems,
// each with its place in the file and its field, and then nothing is returned.
//
// # Errors
//
// [Problems] lists what an error says. errors.Is tells them apart:
//
//   - [ErrInvalid]: the input, or what it makes, is not legal. Correct it.
//   - target.ErrImmutable: a registered target was to get another spec. Take a target of
//     another name, or delete and register.
//   - target.ErrInUse: something holds the target; the error names all. Move or delete them first.
//   - target.ErrConflict, target.ErrNotFound: another target has the id; there is no such
//     target or hold. Take another id; register or acquire first.
//   - patch.ErrConflict: a patch changes what belongs to the platform. Take the field out of it.
//
// The Rule of a Problem tells everything else, such as the mismatch of a resource with a
// target that it does not name: render/rules.md has all of them, with their cures.
package flinktarget
