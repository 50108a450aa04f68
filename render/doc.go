// Package render makes Kubernetes manifests of VVP's Deployments and
// SessionClusters.
//
// [YAML] does everything in one call. With values in hand, a [Renderer] does it for
// one resource at a time, for many at once ([Renderer.Bundle]), or for very many
// ([Renderer.Stream]). The result, [Manifests], is an ordered list of immutable
// objects. Nothing is read but the arguments, and the same arguments give the same
// bytes.
//
// # Steps
//
// In this order, and what a later step sets wins:
//
//  1. VVP's defaults are filled in.
//  2. The target's patches for VVP resources are applied.
//  3. The result is checked like any input.
//  4. Objects are built: names, namespace, all labels, selectors.
//  5. The resource's pod options, or its pod templates as strategic merges, are put
//     into the generated pods.
//  6. The target's patches for Kubernetes objects are applied.
//  7. A patch that changed a protected field fails: apiVersion, kind, name,
//     namespace, selectors, system labels.
//  8. Pod templates get a checksum of the configuration, so that pods are replaced
//     when it changes.
//  9. The set of objects is verified.
//  10. Objects are ordered: what others refer to comes first.
//
// # Objects
//
// A Deployment in application mode and in the state RUNNING is
//
//	ServiceAccount, Role, RoleBinding  job-ID               with Kubernetes high availability
//	ConfigMap                          job-ID-flink-config  configuration and logging of Flink
//	Service                            job-ID-jobmanager    rpc 6123, blob 6124, rest 8081
//	batch/v1 Job                       job-ID-jobmanager    container flink-jobmanager
//	apps/v1 Deployment                 job-ID-taskmanager   container flink-taskmanager
//	PodDisruptionBudget                as its component     with [PodDisruptionBudgets], of several pods
//	PodMonitor                         job-ID               with [WithMetrics], if it asks for one
//	Ingress                            job-ID-jobmanager    with [WithIngress]
//	HorizontalPodAutoscaler            job-ID-taskmanager   with [WithAutoscaling]
//	NetworkPolicy                      as its component     with [WithNetworkPolicies]
//
// where ID is the id of the job. One in session mode, see below, is
//
//	ConfigMap                          job-ID-flink-config  Flink's client: its configuration, logging and script
//	batch/v1 Job                       job-ID-submit        container flink-jobmanager, which ends
//
// A SessionCluster is as a Deployment in application mode with session-ID, and
// its JobManager is an apps/v1 Deployment. VVP documents the labels, the namespace
// and the kinds; names of the workloads and containers are as observed in VVP; the
// rest is this project's choice.
//
// What each field is set to by default, why, and the patch that turns it off is in
// https://github.com/flinktarget/flinktarget/blob/main/render/defaults.md, whose
// tables are tests. Pods pass the Pod Security Standard "restricted", unless pod
// options, templates or patches say otherwise. What has no option, such as an image
// pull policy, a priority class or a runtime class, is set with pod templates and
// patches.
//
// # When a job ends
//
// The JobManager's pod ends when the job does. FINISHED and CANCELED complete the
// Kubernetes Job. FAILED, that is after Flink's own restart strategy has given up,
// and a JobManager that dies:
//
//   - Without high availability, a new pod starts the job afresh, from the savepoint
//     that Job names if any, as often as maxJobCreationAttempts says. It does not
//     know of checkpoints that the one before it made.
//   - With high availability, a JobManager that dies is replaced without limit, and
//     goes on from the last checkpoint. FAILED ends the Kubernetes Job.
//
// A pod that is evicted, as from a node that is drained, counts for neither. Kubernetes waits
// longer before each new pod, up to ten minutes, and does not replace one that is terminating,
// as on a node that is lost: render/apply.md says what to do. Failed pods stay, with their
// logs, until the Job is deleted. TaskManagers stay until their Deployment is deleted;
// removing objects is not the renderer's business.
//
// # Jars and file systems
//
// From Flink 1.19, standalone-job takes the job's jar as --jars, fetches it itself from
// http, https or an object store, and hands it to the TaskManagers. It does so with one
// jar only. Dependencies, with them a job's jar of http or https, and all remote jars
// before 1.19, are put into usrlib of both components by init containers; what the image
// has there is copied, because the volume hides it. Where artifact.entryClass is empty,
// Flink takes the only jar in usrlib that has a Main-Class, and does not start the job if
// there are several.
//
// Flink's images bring the file systems s3, gs, abfs, wasb and oss, but do not load
// them. For every URI of these in flinkConfiguration and for Job.SavepointLocation, they
// are told to, on both components, by the variable ENABLE_BUILT_IN_PLUGINS, unless the
// resource sets it. What other images have is not known: there is a warning. URIs in the
// arguments of a job do not count.
//
// # SQL and Python
//
// A SQL script stands in the ConfigMap, beside the configuration. From Flink 2.0, standalone-job runs
// it with Flink's own SqlDriver; before, with the jar of [SQLRunner]. Jars of connectors and functions
// are additionalDependencies, which both components get. Apache Flink has no catalog of VVP: the
// script creates its tables, or a catalog.
//
// A Python program is run by Flink's PythonDriver, in an image with Python and PyFlink, which
// Flink's own does not have:
//
//	FROM flink:1.20.5
//	RUN apt-get update && apt-get install -y python3 python3-pip && ln -s python3 /usr/bin/python && \
//	    pip3 install apache-flink==1.20.5
//	COPY job.py /opt/job.py
//
// It is an artifact of kind PYTHON with pythonArtifactUri local:///opt/job.py, or one of kind JAR with
// jarUri file:///opt/flink/opt/flink-python-1.20.5.jar, entryClass
// org.apache.flink.client.python.PythonDriver, and mainArgs -py /opt/job.py. With kind PYTHON, what
// is remote is fetched as jars are, but that object stores are left to Flink, with its plugins;
// libraries become the option python.files, and archives python.archives. A program that is no .py
// file needs entryModule.
//
// # Options of the JVM and variables
//
// Flink's start scripts have a shell evaluate env.java.opts.* and env.java.default-opts.*
// once more. $VAR and ${VAR} are variables of the container. What does not survive, such
// as a quote without its pair, parentheses, ; & | < > outside quotes, or a blank within an
// option, is refused; what changes, such as a backslash or quotes within a word, is a
// warning. 'Single quotes' around an option keep all but blanks.
//
// ${VAR} in other options becomes Kubernetes' $(VAR) in an argument, and must be a
// variable of both pods. If its value stands in the resource, it is checked as if it stood
// in its place.
//
// # Session clusters
//
// A session cluster has one JobManager, which Kubernetes replaces if it dies; with high
// availability its jobs go on. Standbys would only save the time that a pod takes to
// start, and they would answer requests: files that were uploaded to one JobManager are
// unknown to the others, and Flink makes a leader known by the name of its pod, which
// other pods cannot resolve.
//
// # Session mode
//
// The job of a Deployment that names a SessionCluster is handed to that cluster by a Job of
// Kubernetes: with flink run --detached, a script with the SQL client. It gets the version,
// the image and the pods of the cluster: pod options, or the pod template of the JobManager.
// Its container is called flink-jobmanager, and its component is jobmanager, so that
// templates and patches that are meant for what runs a job reach it; what is about
// serving in them, such as probes, is left out. It runs in the namespace of the cluster's
// target, whose patches for Jobs, Deployments of VVP and SessionClusters apply. The
// Deployment refers to that target, too:
//
//	registry.SetHolds(d.Owner(), cluster.Target())
//
// Of Flink's configuration it has that of the Deployment, and what Flink reads where a job
// is made of the cluster's (execution, pipeline, table, python), with how to reach it (rest,
// security.ssl). Options that only the processes of a cluster read belong into the
// SessionCluster. A jar is fetched by an init container. Its dependencies are read by
// TaskManagers themselves, by URL or in the image of the cluster; those of a script are
// handed over.
//
// The cluster takes each job id once. So a pod that is started again after one that was
// evicted submits no second job, and neither does applying the same manifests; what fails
// before the job is there is tried again as often as maxJobCreationAttempts says. A program
// is one job: what submits a second one ends the Job, failed. What becomes of the job
// afterwards only Flink knows. In particular:
//
//   - A changed job has a new id. The one before it is not cancelled, and the Job and
//     ConfigMap that are pruned were not it: stop it, with a savepoint for the new one.
//   - A cluster without high availability forgets its jobs when its JobManager is replaced.
//     To submit them again, delete the Jobs and apply them anew.
//   - While the SessionCluster is not RUNNING, nothing is rendered of its jobs.
//
// # Identity
//
// Names are made of the id of the job. VVP gives a new one to each start of a
// Deployment; give it as Job.ID. Where Job.ID is empty, the id is derived from the
// Deployment's id and from everything that cannot change under a running job: the
// Kubernetes namespace, the JobManager's Job and the ConfigMap, after patches. So it
// changes exactly when one of these does, and stays the same for metadata, state,
// the number of TaskManagers and what concerns their pods only. (Their memory and
// slots are in the configuration.)
//
// A new id is a new Flink job, which starts without state unless Job names a
// savepoint; and if you apply it without deleting the old objects, both jobs run. A
// warning says so where upgradeStrategy or restoreStrategy ask for more.
//
// Errors about patches call objects whose id is derived as above, job-ID: the id is
// not known before all patches are applied.
//
// # Verification
//
// What the renderer generates is always accepted by Kubernetes. Of what pod options,
// templates and patches add, these rules are checked, and the API server has the last
// word:
//
//   - every field exists and has the right type;
//   - names, labels, images, environment variables and their sources, volumes and mounts,
//     resources, probes and hooks, ports, security contexts, node selectors, affinity,
//     tolerations, topology spread, grace periods, replicas, strategies, budgets, and
//     types and ports of Services have values that Kubernetes supports;
//   - required fields are set, and of fields that exclude each other one;
//   - names, paths and ports are unique;
//   - references to objects of the same set, volumes, ports and files lead to something,
//     and a selector matches the pods of exactly one workload. Objects of others are
//     unknown here, and references to them are never a problem;
//   - pods run Flink's container with its configuration, memory limits are not below what
//     Flink takes, and several JobManagers have high availability.
//
// Objects that break a rule are a [VerifyError], of which each problem names the patch or
// the field of the resource that introduced it. Fields and values that only a newer
// Kubernetes has are of the rules unknown-field and unknown-value; see [AllowUnknown].
//
// Some of what Kubernetes takes would not run, or not as a Flink cluster. What runs in some way
// is a warning, what cannot run an error. The rules, each with what it is about:
//
//	sidecar-in-job           a container beside flink-jobmanager in a Job, which never completes then
//	flink-command            arguments that do not begin with Flink's command
//	variable-without-effect  FLINK_PROPERTIES and others, which the image cannot write into the configuration
//	plugin-version           ENABLE_BUILT_IN_PLUGINS with jars of another patch release
//	replaced-java-options    FLINK_ENV_JAVA_OPTS beside env.java.opts.all
//	configuration-file       a configuration file without what the renderer sets in it
//	configuration-folder     FLINK_CONF_DIR without the configuration that is rendered
//	python                   a Python program in Flink's own image, which has no Python
//	root                     user 0 below runAsNonRoot, which is rendered by default
//	host-network             hostNetwork without the DNS of the cluster
//	variable-order           $(NAME) of a variable that the container sets later
//	missing-variable         $(NAME) in Flink's arguments of a variable that the container does not have
//	service-account-token    Kubernetes high availability without a token for the API server
//	autoscaled-replicas      replicas of TaskManagers that an autoscaler sets, too
//	rolling-jobmanager       a second JobManager beside the first, without high availability
//
// A sidecar, of a log shipper or a service mesh, is an init container with restartPolicy: Always;
// it ends with the JobManager, and the Job completes. Meshes that inject their proxy have a
// setting for that, such as Istio's annotation sidecar.istio.io/nativeSidecar: "true" on the pods.
//
// # What set a field
//
// A Renderer with [WithTrace] records what each step does to each field, and
// [Manifests.Explain] tells: which patch of the target, field of the resource, default
// or rule of the renderer gave it its value, and where that stands.
//
// # Units
//
// VVP counts memory in powers of ten. Containers get these bytes as request and
// limit; Flink is told the same number of bytes in MiB, rounded down. CPU is in
// thousandths of a core.
package render
