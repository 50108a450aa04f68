// Package labels makes the labels that Ververica Platform puts on the Kubernetes
// objects of a Deployment or a SessionCluster. Tools that select those objects can
// use it without the rest of the library.
//
// # The tables
//
// Every Kubernetes object and every pod template of a Deployment has the labels
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
// Workloads, their pods and the Services that select those pods have one more:
//
//	component  jobmanager or taskmanager
//
// The platform's own objects have system=ververica-platform, too. To select only
// Flink, select on app as well.
//
// # The rule of Value
//
// A Kubernetes label value is empty, or has at most 63 characters of
// [A-Za-z0-9._-] and starts and ends with a letter or a digit. [Value] turns any
// string into one:
//
//  1. The empty string stays empty.
//  2. The letters A to Z become lower case. Other letters are not converted: what
//     their lower case is depends on language and Unicode version.
//  3. Each run of characters that are not [a-z0-9._-] becomes one '-'.
//  4. '-', '_' and '.' are removed at both ends. The rest is the result, unless
//     rule 5 applies.
//  5. A digest is added if step 3 replaced anything outside ASCII (bytes that are
//     not UTF-8 included), if more than 63 characters are left, or if none is left.
//     The result then is the first 52 characters, their end trimmed as in 4, a '-'
//     and the digest; or the digest alone if no character is left. The digest is
//     the first 10 hexadecimal digits of the SHA-256 of the original string.
//
// Upper and lower case, blanks and ASCII punctuation fold: "My Name", "my-name" and
// "my (name)" have one value; the ids identify resources. Names that get a digest
// have different values, in case too, unless 40 bits collide.
//
// # Sources
//
// The tables, and "My Deployment Name", which becomes my-deployment-name, are from
// the Ververica Platform documentation, page "Deployment Targets", section on
// resource labels. It says no more about the rule than this example. The label
// component is not in that table; it was observed in the Grafana dashboard of the
// platform's playground. The form of label values is from the Kubernetes
// documentation, page "Labels and Selectors".
package labels
