// Package target has VVP's DeploymentTarget: where Flink runs, a Kubernetes
// namespace, and how, a patch set.
//
// [New] makes a [Target] from a [Config], which has the shape of the YAML, and [Parse]
// from the YAML itself. Both check everything and report all problems at once. A
// Target is an immutable value: it shares nothing that its caller can change, it is
// safe for concurrent use, and [Target.Equal] compares it.
//
// # The resource
//
//	kind: DeploymentTarget
//	apiVersion: v1
//	metadata:
//	  id: 2da2f867-5899-4bef-8ad0-9771bbac38b4   # optional
//	  name: staging
//	  namespace: default           # VVP's namespace, not one of Kubernetes
//	  labels: {team: streams}      # optional, as annotations
//	spec:
//	  kubernetes:                  # required
//	    namespace: staging         # optional: the platform's own if left out
//	  deploymentPatchSet: []       # optional: see package patch
//
// This is documented on VVP's page "Deployment Targets"; the patch set is that of
// VVP 2.0, with two more forms of patches. The fields that VVP's API adds to a
// resource, status and metadata.createdAt, modifiedAt and resourceVersion, are
// accepted and ignored; any other unknown field is an error. Labels and annotations
// of a target are VVP's own and are not copied to Kubernetes objects.
//
// # References
//
// Deployments and SessionClusters refer to a target by name or by id, see [Ref].
// A [Registry] keeps targets and who refers to them.
package target
