// Package krm is a KRM function that turns Ververica Platform resources into
// Kubernetes manifests: inside a kustomization as a generator or a transformer, in a
// kpt package as a mutator. Process is the function; the program around it copies
// the standard input to it and its result to the standard output, as
// examples/krm-function does. Processor is the same for programs that are made with
// kyaml's fn/framework, on which both stand.
//
// The protocol is the KRM Functions Specification v1: a ResourceList comes in, and
// one goes out.
//
// # Items
//
// DeploymentTargets, Deployments, SessionClusters and DeploymentDefaults of VVP
// (apiVersion v1), and VVP's custom resource VvpDeployment, are taken out of items.
// What they render to is added at the end, in the order of [render.Renderer.Bundle].
// Kubernetes has no Deployment in v1: apps/v1 Deployments, like all other items,
// stay what and where they are.
//
// The copy of functionConfig that kustomize hands to generators goes, too. All other
// items keep their order, keys, comments and numbers as they are written; white space is
// kyaml's, as with kustomize's own functions.
//
// A VVP resource with the annotation config.kubernetes.io/local-config: "true" is
// rendered and stays, for packages that a function is run on again and again: kpt
// does not apply it. The objects that an earlier run made of a resource are replaced
// by those of this run. They are told by their kind and their labels.
//
// Annotations of config.kubernetes.io and its like belong to the tool that runs the
// function: they are no part of a resource. If a resource has a path there, its
// objects get one: in the same folder, the file is called after the resource, as in
// orders.manifests.yaml. Otherwise the tool places them.
//
// # In kustomize and kpt
//
// The objects are those of [render.Renderer.Bundle] for the same resources, within the
// limits of the tools:
//
//   - kustomize hands on numbers that are not quoted by their value: flinkVersion: 1.20
//     arrives as 1.2, which is an error here, and a Flink option 0.10 as 0.1, which is
//     not. Numbers whose text matters have to be quoted in a kustomization.
//   - Patches, labels, namespace and namePrefix of a kustomization come before its
//     transformers, so they change VVP resources: namespace is VVP's then, and a prefix
//     does not reach spec.deploymentTargetName. What generators make, and what comes
//     from the kustomization below, are Kubernetes objects by then.
//   - Flink's configuration is text that names the Service and, with Kubernetes high
//     availability, the namespace. kustomize does not change it, so namePrefix, nameSuffix
//     and, then, namespace must not touch rendered objects; the target has the namespace.
//   - kpt 1.0.0-beta and kustomize fn fail to write back any resource with an empty key,
//     whatever the function: log4jLoggers: {"": INFO}. It has to be in functionConfig
//     there, or among the resources that are taken out.
//
// # As a check
//
// The function reports rendered objects among its items whose names or namespaces are
// not those that their configuration has. Run once more, with a configuration without
// resources and jobs, as the last of the transformers of the topmost kustomization, it
// fails the build in which a prefix, a suffix or a namespace was set after the rendering.
// Among the validators it does so, too, but there kustomize (5.8.2) fails whatever passes:
// it takes its own annotations for a change (kustomize #5036).
//
// # Configuration
//
// The functionConfig is one of these, or absent:
//
//	apiVersion: flinktarget.github.io/v1alpha1
//	kind: RenderFlink
//	metadata: {name: flink}
//	spec:
//	  platformNamespace: vvp          # render.ForPlatform: for targets without a namespace
//	  images: {"1.20": registry.example.com/flink:1.20}    # render.UseImages
//	  loggingProfiles: {default: …}   # render.UseLoggingProfiles
//	  fetcherImage: …                 # render.FetcherImage
//	  sqlRunner: {jarUri: …, class: …}    # render.SQLRunner
//	  flinkHome: /opt/flink           # render.FlinkHome
//	  blobStorage: s3://bucket/vvp    # render.BlobStorage
//	  tlsSecret: flink-certificates   # render.TLSSecret
//	  podDisruptionBudgets: true      # render.PodDisruptionBudgets
//	  metrics: {podMonitor: true}     # render.WithMetrics, with the fields of render.Metrics
//	  ingress: {host: "{name}.flink.example.com"}    # render.WithIngress, likewise
//	  autoscaling: {maxReplicas: 4}   # render.WithAutoscaling, likewise
//	  networkPolicies: {}             # render.WithNetworkPolicies, likewise
//	  strictPatches: true             # render.StrictPatches
//	  allowUnresolved: true           # render.AllowUnresolved
//	  allowUnknown: true              # render.AllowUnknown, and deployment.Reader's
//	  jobs:                           # render.Job, for Deployments by name
//	    - namespace: default          # VVP's; default if left out
//	      deployment: orders
//	      id: 2da2f867-5899-4bef-8ad0-9771bbac38b4
//	      savepointLocation: s3://flink/savepoints/1
//	  resources: []                   # VVP resources, as if they were items
//
// Schema is its JSON Schema, for editors. Or a ConfigMap (v1), whose data has the fields of
// this spec as text: jobs as YAML, resources as YAML documents. This is what kpt makes of
// arguments.
//
// # Results
//
// Problems and warnings are results of kyaml's framework: with severity, resourceRef,
// field.path, the file's path and index where the tool said them, and the rule in tags.
// Lines and columns are those of the tool's own text, and are not told. If there is an
// error, nothing is rendered and the items are what they were.
package krm
