// Package labels makes the labels that Ververica Platform puts on the Kubernetes
// objects of a Deployment or a SessionCluster. It is of use on its own to tools
// that select what the platform made.
//
// # The tables
//
// Every Kubernetes object and every pod template of a Deployment carries
//
//	app             flink-job
//	system          ververica-platform
//	vvpNamespace    metadata.namespace of the Deployment
//	deploymentId    metadata.id of the Deployment
//	deploymentName  Value(metadata.name) of the Deployment
//	jobId           metadata.id of the Job, with dashes
//
// and of a SessionCluster
//
//	app                 flink-session-cluster
//	system              ververica-platform
//	vvpNamespace        metadata.namespace of the SessionCluster
//	sessionClusterId    metadata.id of the SessionCluster
//	sessionClusterName  Value(metadata.name) of the SessionCluster
//
// Workloads, their pods and the Services that select those pods carry one more:
//
//	component  jobmanager or taskmanager
//
// The platform's own objects carry system=ververica-platform too. A tool that wants
// nothing but Flink selects on app as well.
//
// # The selector
//
// [Set.Selector] is the part of a Set that goes into the selector of a workload or
// of a Service: jobId or sessionClusterId, and component where the Set has it. The
// choice is frozen. Kubernetes does not let spec.selector of a Deployment change
// after its creation, so a selector with one label more or less than yesterday's
// could only be applied by deleting the running workload. For the same reason no
// name is in it: names may change, ids may not.
//
// # The rule of Value
//
// A Kubernetes label value is empty, or has at most 63 characters of
// [A-Za-z0-9._-] and starts and ends with a letter or a digit. [Value] turns any
// string into one:
//
//  1. The empty string stays empty. A legal value without upper-case letters is
//     returned unchanged; hence Value(Value(s)) == Value(s).
//  2. The letters A to Z become lower case. Other letters are not converted: what
//     their lower case is depends on language and Unicode version.
//  3. Each run of characters that are not [a-z0-9._-] becomes one '-'.
//  4. All of '-', '_' and '.' at both ends are removed. What is left is the result,
//     unless rule 5 applies.
//  5. A digest is added if step 3 replaced anything outside ASCII (bytes that are
//     not UTF-8 included), if more than 63 characters are left, or if none is left.
//     Then the result is the first 52 characters, their end trimmed as in 4, a '-'
//     and the digest; or the digest alone if no character is left. The digest is
//     the first 10 hexadecimal digits of the SHA-256 of s as it was given.
//
// So upper and lower case, blanks and ASCII punctuation fold: "My Name", "my-name"
// and "my (name)" are one value. That is no harm, because identity is in the ids.
// Names that get a digest stay apart, in case too, unless 40 bits collide.
//
// # Sources
//
// The tables and "My Deployment Name", which becomes my-deployment-name, are in the
// Ververica Platform documentation, page "Deployment Targets", section on resource
// labels. It gives no more of the rule than this example. The label component is
// not in that table; it was observed in the Grafana dashboard that Ververica
// publishes with the platform's playground. The form of label values is that of the
// Kubernetes documentation, page "Labels and Selectors".
package labels
