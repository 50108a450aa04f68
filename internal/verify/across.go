package verify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/lazyregexp"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// pod is a workload's pod, with what the rules across its parts go by.
type pod struct {
	kind      string // of the workload
	spec      tree.Map
	component string
	flink     tree.Map // the container
	version   string   // of Flink's own image, "" if it is another
}

// acrossRules are about what Kubernetes takes and would not run, or not as a Flink
// cluster. What runs in some way is a warning, what cannot run, or be meant, an error.
var acrossRules = []struct {
	name string
	find func(*verifier, pod)
}{
	// kubernetes.io/docs/concepts/workloads/pods/sidecar-containers, "Sidecar containers and Jobs"
	{"sidecar-in-job", sidecars},
	// docker-entrypoint.sh of apache/flink-docker
	{"flink-command", command},
	{"variable-without-effect", withoutEffect},
	{"plugin-version", pluginVersion},
	// nightlies.apache.org/flink, "Configuration", env.java.opts.all; bin/config.sh
	{"replaced-java-options", javaOptions},
	{"configuration-folder", configurationFolder},
	// nightlies.apache.org/flink, "Docker Setup", Using Flink Python on Docker
	{"python", python},
	// kubernetes.io/docs/tasks/configure-pod-container/security-context; runAsNonRoot of PodSecurityContext
	{"root", root},
	// kubernetes.io/docs/concepts/services-networking/dns-pod-service, "Pod's DNS Policy"
	{"host-network", hostNetwork},
	// kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables
	{"variable-order", variableOrder},
	// kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container
	{"missing-variable", missingVariable},
	// nightlies.apache.org/flink, "Kubernetes HA Services"; kubernetes.io, "Service Accounts", automounting
	{"service-account-token", accountToken},
	// kubernetes.io/docs/concepts/workloads/controllers/deployment, "Strategy"
	{"rolling-jobmanager", rollingJobManager},
	// kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale, migrating Deployments
	{"autoscaled-replicas", autoscaledReplicas},
}

// pod returns the pod of the current workload.
func (v *verifier) pod(spec tree.Map) pod {
	p := pod{kind: tree.String(v.object, "kind"), spec: spec,
		component: tree.String(v.object, "metadata", "labels", labels.KeyComponent)}
	containers := tree.Items(spec, "containers")
	if i := slices.IndexFunc(containers, named(flink.ContainerPrefix+p.component)); i >= 0 {
		p.flink, _ = containers[i].(tree.Map)
	}
	p.version = flink.OfficialImage(tree.String(p.flink, "image"))
	return p
}

// across reports what the rules say of a pod.
func (v *verifier) across(p pod) {
	for _, r := range acrossRules {
		v.rule = r.name
		r.find(v, p)
	}
	v.rule = ""
}

// at is the path of a field of the container of Flink.
func (p pod) at(field string) string {
	return "containers[" + tree.String(p.flink, "name") + "]." + field
}

// hasCommand reports whether another command takes the place of the image's entrypoint.
func (p pod) hasCommand() bool { return len(tree.Items(p.flink, "command")) > 0 }

// all yields all containers of the pod with their paths.
func (p pod) all(f func(at string, container tree.Map)) {
	for _, list := range [...]string{"initContainers", "containers"} {
		for i, e := range tree.Items(p.spec, list) {
			container, _ := e.(tree.Map)
			f(list+"["+elementName(e, i)+"]", container)
		}
	}
}

func sidecars(v *verifier, p pod) {
	for i, c := range tree.Items(p.spec, "containers") {
		name := tree.String(c, "name")
		if p.kind != "Job" || p.flink == nil || name == tree.String(p.flink, "name") {
			continue
		}
		v.caution("containers["+elementName(c, i)+"]", "the Job does not complete while this container runs, and a "+
			"JobManager that crashes is not replaced: make it a sidecar, initContainers: [{name: "+name+
			", restartPolicy: Always, …}]")
	}
}

// command: other words than Flink's are run as they are.
func command(v *verifier, p pod) {
	if p.flink == nil || p.hasCommand() {
		return
	}
	want := p.component
	if p.component == labels.JobManager.String() {
		want = v.want.Command
	}
	known := []string{flink.CommandStandaloneJob, flink.CommandJobManager, flink.CommandTaskManager}
	first := ""
	if args := tree.Items(p.flink, "args"); len(args) > 0 {
		first, _ = args[0].(string)
	}
	if first == want || first != "" && first[0] != '-' && !slices.Contains(known, first) {
		return
	}
	report := v.fail
	if p.version == "" { // its entrypoint may be another
		report = v.caution
	}
	report(p.at("args"), "must begin with "+want+", which the entrypoint of Flink's image runs: write arguments of "+
		"the job into artifact.mainArgs, and options of Flink into flinkConfiguration")
}

// entrypointVariables are those that the entrypoint writes into the configuration.
var entrypointVariables = map[string]string{
	"FLINK_PROPERTIES":                  "write its options into flinkConfiguration",
	"JOB_MANAGER_RPC_ADDRESS":           "it is that of the Service; remove the variable",
	"TASK_MANAGER_NUMBER_OF_TASK_SLOTS": "set " + flink.SlotsKey + " in flinkConfiguration",
}

func withoutEffect(v *verifier, p pod) {
	if p.hasCommand() || !p.mountsConfigMap(v.want.Home.Conf()) {
		return
	}
	for name, cure := range entrypointVariables {
		if _, ok := p.variable(name); ok {
			v.caution(p.atVariable(name), "no effect: the image's entrypoint cannot write it into the configuration, "+
				"which is mounted: "+cure)
		}
	}
}

// variable returns the value of a variable of the container of Flink, and whether there is one.
func (p pod) variable(name string) (value string, ok bool) {
	env := tree.Items(p.flink, "env")
	i := slices.IndexFunc(env, named(name))
	if i < 0 {
		return "", false
	}
	return tree.String(env[i], "value"), true
}

// atVariable is the path of a variable of the container of Flink.
func (p pod) atVariable(name string) string { return p.at("env[" + name + "]") }

// mountsConfigMap reports whether a volume of a ConfigMap is mounted at a path in the
// container of Flink.
func (p pod) mountsConfigMap(at string) bool {
	return slices.ContainsFunc(tree.Items(p.flink, "volumeMounts"), func(m any) bool {
		volumes := tree.Items(p.spec, "volumes")
		i := slices.IndexFunc(volumes, named(tree.String(m, "name")))
		return i >= 0 && strings.TrimRight(tree.String(m, "mountPath"), "/") == strings.TrimRight(at, "/") &&
			tree.Child(volumes[i], "configMap") != nil
	})
}

// bundled are the plugins that Flink's images have, with the version that they are of.
var bundled = lazyregexp.New(`^flink-.*-([0-9]+\.[0-9]+\.[0-9]+)\.jar$`)

func pluginVersion(v *verifier, p pod) {
	if strings.Count(p.version, ".") != 2 || p.hasCommand() {
		return
	}
	jars, _ := p.variable(flink.PluginsVariable)
	for jar := range strings.SplitSeq(jars, ";") {
		if m := bundled().FindStringSubmatch(jar); m != nil && m[1] != p.version {
			v.fail(p.atVariable(flink.PluginsVariable),
				fmt.Sprintf("must name %s: %s has no other, and its entrypoint ends with an error",
					strings.TrimSuffix(jar, m[1]+".jar")+p.version+".jar", tree.String(p.flink, "image")))
			return
		}
	}
}

func javaOptions(v *verifier, p pod) {
	const key, name = "env.java.opts.all", "FLINK_ENV_JAVA_OPTS"
	if _, ok := p.variable(name); ok && v.want.Config[key] != "" {
		v.caution(p.atVariable(name), "takes the place of "+key+" in Flink's configuration: set the options there, "+
			"in flinkConfiguration")
	}
}

func configurationFolder(v *verifier, p pod) {
	if at, _ := p.variable(configVariable); at != "" && !p.mountsConfigMap(at) {
		v.caution(p.atVariable(configVariable), "Flink reads its configuration there, and not what is rendered for "+
			"it: mount the ConfigMap at this path, or remove the variable")
	}
}

// python: the driver starts a Python with PyFlink, which Flink's images do not have.
func python(v *verifier, p pod) {
	_, named := p.variable("PYFLINK_CLIENT_EXECUTABLE")
	if !v.want.Python || p.version == "" || p.component != labels.JobManager.String() ||
		p.hasCommand() || v.want.Config["python.client.executable"] != "" || named {
		return
	}
	v.fail(p.at("image"), tree.String(p.flink, "image")+" has neither Python nor PyFlink: name an image that is built "+
		"on it with python3 and the package apache-flink of this version, with flinkImageRepository, or say with "+
		"python.client.executable in flinkConfiguration which Python runs the program")
}

// root: the kubelet does not start a container as root that must not run as root.
func root(v *verifier, p pod) {
	whole := tree.Child(p.spec, "securityContext")
	p.all(func(at string, c tree.Map) {
		own, field := tree.Child(c, "securityContext"), at+".securityContext.runAsUser"
		user, nonRoot := own["runAsUser"], own["runAsNonRoot"]
		if user == nil {
			user, field = whole["runAsUser"], "securityContext.runAsUser"
		}
		if nonRoot == nil {
			nonRoot = whole["runAsNonRoot"]
		}
		if tree.Equal(user, int64(0)) && nonRoot == true {
			v.fail(field, "must not be 0 with runAsNonRoot: true, which is rendered by default; to run as root, set "+
				"runAsNonRoot: false beside it")
		}
	})
}

func hostNetwork(v *verifier, p pod) {
	policy := cmp.Or(tree.String(p.spec, "dnsPolicy"), "ClusterFirst")
	if p.spec["hostNetwork"] == true && (policy == "ClusterFirst" || policy == "Default") {
		v.caution("dnsPolicy", "must be ClusterFirstWithHostNet with hostNetwork: true, for TaskManagers to find "+
			"the JobManager's Service: the node's DNS does not know it")
	}
}

// expansion finds $(NAME), and $$ before it.
var expansion = lazyregexp.New(`\$\$|\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)`)

// variableOrder: Kubernetes puts in what is set before, and leaves other text as it is.
func variableOrder(v *verifier, p pod) {
	p.all(func(at string, c tree.Map) {
		env := tree.Items(c, "env")
		if len(tree.Items(c, "envFrom")) > 0 {
			return // which may have it, and comes first
		}
		for i, e := range env {
			for _, m := range expansion().FindAllStringSubmatch(tree.String(e, "value"), -1) {
				if m[1] == "" || !slices.ContainsFunc(env[i:], named(m[1])) {
					continue
				}
				v.fail(at+".env["+tree.String(e, "name")+"].value", fmt.Sprintf("$(%s) must be set before this "+
					"variable: a strategic merge puts the variables of a patch first, so name %s in the same patch "+
					"before it, or add this variable with an operation, path …/env/-", m[1], m[1]))
			}
		}
	})
}

// missingVariable: what the renderer takes from variables is in arguments of Flink. It doubles
// each $ of a user's.
func missingVariable(v *verifier, p pod) {
	if p.flink == nil || p.hasCommand() || len(tree.Items(p.flink, "envFrom")) > 0 {
		return
	}
	for i, arg := range tree.Items(p.flink, "args") {
		text, _ := arg.(string)
		if i == 0 && text != v.want.Command && text != p.component {
			return // another program, of which nothing is known
		}
		for _, m := range expansion().FindAllStringSubmatch(text, -1) {
			if _, ok := p.variable(m[1]); m[1] != "" && !ok {
				v.fail(p.at(fmt.Sprintf("args[%d]", i)),
					fmt.Sprintf("the container has no variable %s, so that Flink would see $(%s)", m[1], m[1]))
			}
		}
	}
}

func accountToken(v *verifier, p pod) {
	if !v.want.HAKubernetes || p.spec["automountServiceAccountToken"] != false {
		return
	}
	for _, volume := range tree.Items(p.spec, "volumes") {
		for _, source := range tree.Items(volume, "projected", "sources") {
			if tree.Child(source, "serviceAccountToken") != nil {
				return
			}
		}
	}
	v.caution("automountServiceAccountToken", "must not be false with Kubernetes high availability, for which Flink "+
		"calls the API server")
}

func rollingJobManager(v *verifier, p pod) {
	if p.kind == "Deployment" && p.component == labels.JobManager.String() && v.want.Single &&
		tree.String(v.object, "spec", "strategy", "type") != "Recreate" {
		v.caution("", "strategy.type must be Recreate without high availability: a second JobManager beside the first "+
			"would split the cluster")
	}
}

func autoscaledReplicas(v *verifier, p pod) {
	scaled := func(o tree.Map) bool {
		return tree.String(o, "kind") == "HorizontalPodAutoscaler" &&
			tree.String(o, "spec", "scaleTargetRef", "name") == tree.String(v.object, "metadata", "name")
	}
	if p.kind == "Deployment" && tree.Child(v.object, "spec")["replicas"] != nil &&
		slices.ContainsFunc(v.objects, scaled) {
		v.caution("", "spec.replicas must not be set beside an autoscaler: to apply it again undoes what that did")
	}
}
