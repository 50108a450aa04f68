package verify_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/verify"
	"github.com/flinktarget/flinktarget/render"
)

// pyflink is a Python program, as a jar.
var pyflink = strings.Replace(app, "kind: JAR, flinkVersion: 1.20, jarUri: \"local:///opt/flink/usrlib/app.jar\"",
	"kind: JAR, flinkVersion: 2.2, flinkImageRepository: pyflink, jarUri: 'local:///opt/flink/opt/flink-python-2.2.1.jar', "+
		"entryClass: org.apache.flink.client.python.PythonDriver, mainArgs: -py /opt/job.py", 1)

// across has patches of a Deployment (app), or of a SessionCluster where one is said, with the rule
// that finds them, "" for what stands beside it and is legal.
var across = []struct {
	rule, reason, text, entry string
}{
	{"sidecar-in-job", "a container beside the JobManager", app, toPod("containers: [{name: logs, image: i}]")},
	{"", "a sidecar", app, toPod("initContainers: [{name: logs, image: i, restartPolicy: Always}]")},
	{"", "a container beside the TaskManager", app, taskManager("containers: [{name: logs, image: i}]")},
	{"", "a container beside the JobManager of a session", session,
		jobManagerOf("containers: [{name: logs, image: i}]")},

	{"flink-command", "arguments alone", app, toContainer("args: [-Dx=y]")},
	{"flink-command", "no arguments", app, operate("Job", "remove", jobPod+"/containers/0/args", "")},
	{"flink-command", "a session's command for a job", app, toContainer("args: [jobmanager]")},
	{"flink-command", "another component's", session, jobManagerOf("containers: [{name: flink-jobmanager, " +
		"args: [taskmanager]}]")},
	{"flink-command", "arguments of an image that may have its own entrypoint", app,
		toContainer("image: \"registry.example.com/mine:1\", args: [-Dx=y]")},
	{"", "Flink's command with other arguments", app, toContainer("args: [standalone-job, -Dx=y]")},
	{"", "a command of one's own", app, toContainer("command: [java], args: [-Dx=y]")},
	{"", "another program, which the entrypoint runs", app, toContainer("args: [bash, -c, sleep 1]")},

	{"variable-without-effect", "FLINK_PROPERTIES", app, env("{name: FLINK_PROPERTIES, value: 'a: b'}")},
	{"variable-without-effect", "the number of slots", app,
		env("{name: TASK_MANAGER_NUMBER_OF_TASK_SLOTS, value: '4'}")},
	{"variable-without-effect", "an address", app, env("{name: JOB_MANAGER_RPC_ADDRESS, value: h}")},
	{"", "a command that may read it", app, toContainer("command: [run], env: [{name: FLINK_PROPERTIES, value: 'a: b'}]")},
	{"", "another variable", app, env("{name: FLINK_PROPERTIES_, value: 'a: b'}")},

	{"plugin-version", "a plugin of another patch release", app,
		env("{name: ENABLE_BUILT_IN_PLUGINS, value: flink-gs-fs-hadoop-1.20.1.jar}")},
	{"", "a plugin of the image's", app, env("{name: ENABLE_BUILT_IN_PLUGINS, value: flink-gs-fs-hadoop-1.20.5.jar}")},
	{"", "a plugin of an image whose version is not known", app,
		toContainer("image: \"registry.example.com/mine:1\", env: [{name: ENABLE_BUILT_IN_PLUGINS, " +
			"value: flink-gs-fs-hadoop-1.20.1.jar}]")},

	{"replaced-java-options", "options that the configuration has, too",
		app + "      flinkConfiguration: {env.java.opts.all: -Da=b}\n", env("{name: FLINK_ENV_JAVA_OPTS, value: -Dc=d}")},
	{"", "options that it has not", app, env("{name: FLINK_ENV_JAVA_OPTS, value: -Dc=d}")},

	{"configuration-folder", "an empty folder", app, env("{name: FLINK_CONF_DIR, value: /conf}")},
	{"", "the ConfigMap in it", app, toContainer("env: [{name: FLINK_CONF_DIR, value: /conf/}], volumeMounts: " +
		"[{name: flink-config, mountPath: /conf}]")},

	{"root", "a pod as root", app, toPod("securityContext: {runAsUser: 0}")},
	{"root", "an init container as root", app,
		toPod("initContainers: [{name: chown, image: i, securityContext: {runAsUser: 0}}]")},
	{"root", "a container that must not be", app, toPod("securityContext: {runAsNonRoot: false, runAsUser: 0}, " +
		"containers: [{name: flink-jobmanager, securityContext: {runAsNonRoot: true}}]")},
	{"", "a pod that may be", app, toPod("securityContext: {runAsUser: 0, runAsNonRoot: false}")},
	{"", "an init container that may be", app,
		toPod("initContainers: [{name: chown, image: i, securityContext: {runAsUser: 0, runAsNonRoot: false}}]")},
	{"", "another user", app, toPod("securityContext: {runAsUser: 1000}")},

	{"python", "Flink's own image, of a Python program", pyflink, toContainer("image: 'flink:2.2.1'")},
	{"", "another image", pyflink, toContainer("image: mine")},
	{"", "a Python of one's own in it", pyflink + "      flinkConfiguration: {python.client.executable: /venv/bin/python}\n",
		toContainer("image: 'flink:2.2.1'")},
	{"", "named by a variable", pyflink,
		toContainer("image: 'flink:2.2.1', env: [{name: PYFLINK_CLIENT_EXECUTABLE, value: /venv/bin/python}]")},
	{"", "TaskManagers, which may need none", pyflink, taskManager("containers: [{name: flink-taskmanager, image: 'flink:2.2.1'}]")},

	{"host-network", "a node's network", app, toPod("hostNetwork: true")},
	{"host-network", "a node's network and DNS", app, toPod("hostNetwork: true, dnsPolicy: Default")},
	{"", "a node's network with the cluster's DNS", app, toPod("hostNetwork: true, dnsPolicy: ClusterFirstWithHostNet")},
	{"", "a node's network with a DNS of one's own", app,
		toPod("hostNetwork: true, dnsPolicy: None, dnsConfig: {nameservers: [10.0.0.10]}")},

	{"variable-order", "a variable of the resource in one of a patch",
		app + "      kubernetes: {pods: {envVars: [{name: DB_HOST, value: h}]}}\n", env("{name: URL, value: 'x://$(DB_HOST)/'}")},
	{"variable-order", "the address of the pod", app + "      " + haConf, env("{name: URL, value: 'x://$(POD_IP)/'}")},
	{"variable-order", "a variable in itself", app, env("{name: PATH, value: '/x:$(PATH)'}")},
	{"", "variables in their order", app, env("{name: DB_HOST, value: h}, {name: URL, value: 'x://$(DB_HOST)/'}")},
	{"", "a variable that nobody sets", app, env("{name: URL, value: 'x://$(DB_HOST)/'}")},
	{"", "no variable", app, env("{name: URL, value: 'x://$$(DB_HOST)/'}, {name: DB_HOST, value: h}")},
	{"", "what may be there", app, toContainer("envFrom: [{secretRef: {name: s}}], env: [{name: PATH, " +
		"value: '/x:$(PATH)'}]")},
	{"", "the address of the pod in a variable of the resource",
		app + "      kubernetes: {pods: {envVars: [{name: URL, value: 'x://$(POD_IP)/'}]}}\n      " + haConf, env("{name: A, value: b}")},

	{"configuration-file", "a file of one's own", app, toConfig("flink-conf.yaml", "parallelism.default: 2\n")},
	{"configuration-file", "another file that Flink reads", app,
		"{target: {kind: ConfigMap}, patch: {data: {flink-conf.yaml: null, config.yaml: 'a: b'}}}"},
	{"", "a file that it does not read beside the other", app, toConfig("config.yaml", "a: b\n")},
	{"configuration-file", "a YAML file of one's own", onFlink2, toConfig("config.yaml", "jobmanager: {rpc: {address: h}}")},
	{"", "all keys in a file of one's own", app, toConfig("flink-conf.yaml", strings.Join(ownKeys, ": 1\n")+": 1\n")},
	{"", "all keys in maps", onFlink2, toConfig("config.yaml", "{'"+strings.Join(ownKeys, "': 1, '")+"': 1}\n")},
	{"", "one key in a map", onFlink2,
		toConfig("config.yaml", strings.Join(ownKeys[1:], ": 1\n")+": 1\n'"+ownKeys[0]+"': 1\n")},
	{"", "a file that is not Flink's", app, toConfig("other.yaml", "a: b\n")},

	{"missing-variable", "the address of the pod is gone", app + "      " + haConf,
		env("{name: POD_IP, $patch: delete}")},
	{"missing-variable", "an argument of a patch's", app, toContainer("args: [standalone-job, '-Da=$(NAME)']")},
	{"", "an argument that is not expanded", app, toContainer("args: [standalone-job, '-Da=$$(NAME)']")},
	{"", "another program's", app, toContainer("args: [bash, -c, 'echo $(date)']")},
	{"", "a variable that may be there", app, toContainer("envFrom: [{secretRef: {name: s}}], " +
		"args: [standalone-job, '-Da=$(NAME)']")},

	{"service-account-token", "high availability without a token", app + "      " + haConf,
		toPod("automountServiceAccountToken: false")},
	{"", "a token of a volume", app + "      " + haConf, toPod("automountServiceAccountToken: false, volumes: " +
		"[{name: token, projected: {sources: [{serviceAccountToken: {path: token}}]}}]")},
	{"", "no high availability", app, toPod("automountServiceAccountToken: false")},

	{"rolling-jobmanager", "two JobManagers at a time", session, jobManager("strategy: {type: RollingUpdate}")},
	{"", "two that find their leader", session + "  " + haConf, jobManager("strategy: {type: RollingUpdate}")},

	{"autoscaled-replicas", "replicas beside an autoscaler", app, toDeployment("replicas: 2")},
	{"", "replicas without", app, toDeployment("replicas: 2")},
	{"", "no JobManager beside an autoscaler", session, jobManager("replicas: 0")},
}

// ownKeys are those that the renderer sets without high availability.
var ownKeys = []string{"jobmanager.rpc.address", "jobmanager.rpc.port", "blob.server.port", "rest.port",
	"taskmanager.rpc.port", "taskmanager.data.port", "jobmanager.memory.process.size",
	"taskmanager.memory.process.size", "parallelism.default"}

var onFlink2 = strings.Replace(app, "1.20", "2.0", 1)

func toConfig(file, text string) string {
	return fmt.Sprintf("{target: {kind: ConfigMap}, patch: {data: {%s: %q}}}", file, text)
}

func env(variables string) string { return toContainer("env: [" + variables + "]") }

func taskManager(pod string) string {
	return "{target: {kind: Deployment, labelSelector: component=taskmanager}, patch: {spec: {template: {spec: {" + pod +
		"}}}}}"
}

func jobManager(spec string) string {
	return "{target: {kind: Deployment, labelSelector: component=jobmanager}, patch: {spec: {" + spec + "}}}"
}

func jobManagerOf(pod string) string { return jobManager("template: {spec: {" + pod + "}}") }

// found are the problems and warnings that the patch of a text introduces.
func found(t *testing.T, text string, opts ...render.Option) []flinktarget.Problem {
	t.Helper()
	m, err := renderJob(t, text, opts...)
	problems := m.Warnings()
	if e, ok := errors.AsType[*render.VerifyError](err); ok {
		problems = e.Problems
	} else {
		assert.NilError(t, err, "%s", text)
	}
	var out []flinktarget.Problem
	for _, p := range problems {
		if p.Cause != nil && p.Cause.Field == "spec.deploymentPatchSet[0]" {
			out = append(out, p)
		}
	}
	return out
}

// Each rule finds what it is about, says so at the field, and names the patch; what is legal
// beside it renders in silence. The golden file is the table of the rules.
func TestAcross(t *testing.T) {
	text := acrossText(t)
	golden.Assert(t, text, "across.golden.txt")
	documented, err := os.ReadFile("../../render/doc.go")
	assert.NilError(t, err)
	for _, rule := range append(verify.AcrossRules(), "configuration-file") {
		assert.Assert(t, strings.Contains(text, "\n"+rule+" (") || strings.HasPrefix(text, rule+" ("), "no case of %s", rule)
		assert.Assert(t, strings.Contains(string(documented), "\n//\t"+rule+" "), "%s is not in the table of rules", rule)
	}
}

func acrossText(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	for _, c := range across {
		var opts []render.Option
		if strings.HasSuffix(c.reason, "beside an autoscaler") {
			opts = append(opts, render.WithAutoscaling(render.Autoscaling{MaxReplicas: 4}))
		}
		problems := found(t, withPatches(c.text, c.entry), opts...)
		for _, p := range problems {
			assert.Equal(t, p.Rule, c.rule, "%s: %s", c.reason, p)
			fmt.Fprintf(&out, "%s (%s): %s\n    %s\n    %s: %s: %s\n", p.Rule, p.Severity, c.reason, c.entry,
				strings.ReplaceAll(p.Object, jobID, "ID"), p.Field, p.Message)
		}
		assert.Equal(t, len(problems), min(len(c.rule), 1), "%s: %v", c.reason, problems)
	}
	return out.String()
}
