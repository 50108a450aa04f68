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
// A Deployment can come in the custom resource VvpDeployment of VVP's operator:
// userMetadata and spec of spec.deployment, with those of spec.initFields where
// that says nothing, and the id that VVP wrote into its status. VVP 3 calls
// userMetadata metadata; its nonces, which ask VVP for something, are ignored, and a
// savepoint in initialSavepointSpec is a warning: it belongs into the Job. The
// resource's own metadata is Kubernetes', and says nothing of the Deployment.
//
// Bodies of VVP's API and exports of its user interface do not say their kind: in
// streams it is told by their fields, or by a [Reader].
//
// At most 1,000 problems of a resource are reported, and one that says that there
// are more. Values of keys that look like those of secrets are not in any message.
//
// # Limits
//
// A document has at most 1 MiB, maps and lists nested at most 100 deep, 100,000 values,
// 200,000 of the signs , : ? [ { * & - # where they may separate values, and 1,024 bytes
// of keys that lead to a value. What aliases repeat is counted each time. Reading a
// document allocates at most 256 MiB, garbage included, and takes at most 2 seconds. What
// people write by hand stays far below.
//
// # Where each field goes
//
// "…" stands for spec.template.spec. of a Deployment, and for spec. of a
// SessionCluster, which has the version and the image there as well.
//
//	kind                                        which resource it is
//	apiVersion                                  which resource it is
//	metadata.id                                 label deploymentId or sessionClusterId; gives object names and job ids
//	metadata.name                               label deploymentName or sessionClusterName, made a legal value
//	metadata.displayName                        not rendered: it is for VVP's user interface
//	metadata.namespace                          label vvpNamespace
//	metadata.labels                             not rendered: they are VVP's own
//	metadata.annotations                        not rendered: they are VVP's own
//	spec.state                                  whether there are objects at all
//	spec.deploymentTargetId                     the target: Kubernetes namespace and patches
//	spec.deploymentTargetName                   the target: Kubernetes namespace and patches
//	spec.sessionClusterName                     the session cluster: its target, version, image and pods; see below
//	spec.upgradeStrategy.kind                   not rendered; STATEFUL with a derived job id is a warning
//	spec.restoreStrategy.kind                   not rendered; the latest state with a derived job id is a warning
//	spec.restoreStrategy.allowNonRestoredState  argument --allowNonRestoredState, with a savepoint
//	spec.startFromSavepoint.kind                read as restoreStrategy.kind: NONE, or LATEST_SAVEPOINT for LATEST
//	spec.maxSavepointCreationAttempts           not rendered: it steers VVP when it suspends a job
//	spec.maxJobCreationAttempts                 the JobManager's Job: spec.backoffLimit
//	spec.jobFailureExpirationTime               not rendered: it steers VVP when it counts failures
//	spec.template.metadata.annotations          queryable state and TLS (Annotation…); others are not rendered
//	…artifact.kind                              what runs the program, and how it gets into the pods
//	…artifact.jarUri                            argument --jars, an init container, or nothing if the image has it
//	…artifact.entryClass                        argument --job-classname
//	…artifact.mainArgs                          the arguments of the job
//	…artifact.sqlScript                         the ConfigMap: job.sql; the arguments of its driver
//	…artifact.pythonArtifactUri                 an argument of Python's driver, an init container if it is remote
//	…artifact.entryModule                       an argument of Python's driver
//	…artifact.additionalPythonLibraries         option python.files, an init container for what is remote
//	…artifact.additionalPythonArchives          option python.archives, likewise
//	…artifact.additionalDependencies            as jarUri, for every URI
//	…artifact.flinkVersion                      the image if none is given, and all that differs between versions
//	…artifact.engineVersionName                 as flinkVersion, which it ends in
//	…artifact.flinkImageRegistry                the image: registry/repository:tag
//	…artifact.flinkImageRepository              the image: registry/repository:tag
//	…artifact.flinkImageTag                     the image: registry/repository:tag
//	…parallelism                                option parallelism.default; the number of TaskManagers by default
//	…numberOfTaskManagers                       the TaskManagers' Deployment: spec.replicas
//	…resources.jobmanager.cpu                   requests and limits of the JobManager's containers
//	…resources.jobmanager.memory                requests and limits; option jobmanager.memory.process.size
//	…resources.taskmanager.cpu                  requests and limits of the TaskManagers' containers
//	…resources.taskmanager.memory               requests and limits; option taskmanager.memory.process.size
//	…flinkConfiguration                         the ConfigMap: Flink's configuration; arguments -D for ${NAME}
//	…logging.loggingProfile                     the ConfigMap: which configuration of Log4j
//	…logging.log4jLoggers                       the ConfigMap: levels in the configuration of Log4j
//	…logging.log4j2ConfigurationTemplate        refused: VVP's templates are not evaluated
//	…latestCheckpointFetchInterval              not rendered: it steers VVP when it watches a job
//	…kubernetes.labels                          labels of workloads and Services
//	…kubernetes.annotations                     annotations of all objects and pods
//	…kubernetes.pods.annotations                annotations of pods
//	…kubernetes.pods.labels                     labels of pods
//	…kubernetes.pods.nodeSelector               spec.nodeSelector of pods
//	…kubernetes.pods.affinity                   spec.affinity of pods
//	…kubernetes.pods.tolerations                spec.tolerations of pods
//	…kubernetes.pods.imagePullSecrets           spec.imagePullSecrets of pods
//	…kubernetes.pods.volumeMounts               spec.volumes of pods, volumeMounts of Flink's container
//	…kubernetes.pods.envVars                    env of Flink's container and of the one that fetches jars
//	…kubernetes.pods.securityContext            spec.securityContext of pods
//	…kubernetes.jobManagerPodTemplate           merged into the JobManager's pod
//	…kubernetes.taskManagerPodTemplate          merged into the TaskManagers' pods
//
// In session mode, a SessionCluster runs the job, and what it says of version, image,
// numberOfTaskManagers, resources, logging and kubernetes counts. In the Deployment these
// have no effect, and neither have the annotations; each is a warning. What is said above
// of Python's driver is done by the arguments -py and -pym. The rest goes elsewhere:
//
//	spec.restoreStrategy.allowNonRestoredState  argument of flink run, or option of the SQL client, with a savepoint
//	spec.maxJobCreationAttempts                 the Job that submits: spec.backoffLimit
//	…artifact.jarUri                            argument of flink run, an init container if it is remote
//	…artifact.entryClass                        argument --class
//	…artifact.mainArgs                          the arguments of the job
//	…artifact.sqlScript                         the ConfigMap: job.sql, argument -f of the SQL client
//	…artifact.additionalDependencies            argument --classpath, or -j of the SQL client
//	…parallelism                                option parallelism.default
//	…flinkConfiguration                         the ConfigMap, but for what the processes of a cluster read: a warning
//
// # Which configuration
//
// A Deployment says what it is in three ways, each a copy:
//
//	                             what was written   Deployment Defaults   VVP's own defaults
//	Deployment.Given             yes                no                    no
//	Deployment.Config            yes                filled in             no
//	Deployment.Resolved          yes                filled in             filled in
//
// Without Deployment Defaults, Given and Config are the same; a SessionCluster has Config and
// Resolved. JSON and YAML of a value are its Config. [New] makes the same Deployment of Config;
// Resolved is for reading.
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
