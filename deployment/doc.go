// Package deployment has VVP's Deployment and SessionCluster: what runs, and
// which DeploymentTarget says where.
//
// Resources are made with [New] and [NewSessionCluster] from open structs in the
// shape of VVP's YAML, or read with [Parse], [ParseSessionCluster] and, for files
// that hold many resources of all kinds, [ParseAll]. All of them check everything
// and report all problems at once. [Deployment] and [SessionCluster] are
// immutable values: they can be shared between goroutines and copied, and nothing
// that was handed in or that is handed out lets anyone change them.
//
// # Reading
//
// Unknown keys, duplicate keys and wrong types are errors with their place in the
// file. Strings that YAML would read as something else must be quoted, with these
// exceptions, which are read as they are written: flinkVersion, cpu, memory, and
// the values of flinkConfiguration and log4jLoggers. So flinkVersion: 1.20 is
// 1.20. null means that a field is not set.
//
// What VVP's API adds to a resource is accepted and ignored: status, and
// metadata.createdAt, modifiedAt and resourceVersion.
//
// # Units
//
// Memory is in VVP's units, powers of ten: 1g is 1,000,000,000 bytes. Flink is
// told the size in MiB, rounded down; see [Bytes]. CPU is in cores.
//
// # References
//
// A Deployment in application mode refers to a target by name or id; one in
// session mode names a SessionCluster. metadata.id may be empty: then the id is
// derived from kind, VVP namespace and name.
package deployment
