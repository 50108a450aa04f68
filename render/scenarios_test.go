package render_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/internal/inputs"
)

const session = staging + `
---
kind: SessionCluster
apiVersion: v1
metadata: {name: session, id: 6a1a4cfb-43a0-4a3e-bf31-5d0f6a1a2f7e}
spec:
  deploymentTargetName: staging
  flinkVersion: 1.20
`

// submitted is a Deployment in session mode, and its cluster. The text that is appended
// goes on with template.spec.
const submitted = session + `---
kind: Deployment
apiVersion: v1
metadata: {name: submitted}
spec:
  sessionClusterName: session
  template:
    spec:
      artifact: {kind: JAR, jarUri: "local:///opt/flink/usrlib/app.jar"}
`

// submits is submitted with another artifact and Flink version.
func submits(version, artifact string) string {
	return onVersion(in(submitted, `kind: JAR, jarUri: "local:///opt/flink/usrlib/app.jar"`, artifact), version)
}

// in returns a text in which old, which must be there, is replaced once.
func in(text, old, replacement string) string {
	if !strings.Contains(text, old) {
		panic("the text has no " + old)
	}
	return strings.Replace(text, old, replacement, 1)
}

func onVersion(text, version string) string {
	return in(text, "flinkVersion: 1.20", "flinkVersion: "+version)
}

const haConf = "flinkConfiguration: {high-availability.type: kubernetes, high-availability.storageDir: s3://b/ha}\n"

// scenarios are compared with the rendering of app or session: the golden file has
// what differs. Each says in its name what it is about.
func scenarios() map[string]string {
	remote := func(version, uri string) string { return withArtifact(version, uri) }
	out := map[string]string{
		"app-artifact-https":         remote("1.20", "https://h.example.com/a.jar"),
		"app-artifact-http":          remote("1.20", "http://h.example.com/a.jar"),
		"app-artifact-https-1.18":    remote("1.18", "https://h.example.com/a.jar"),
		"app-artifact-s3":            remote("1.20", "s3://bucket/a.jar"),
		"app-artifact-gs-2.1":        remote("2.1", "gs://bucket/a.jar"),
		"app-artifact-in-image":      remote("1.20", "local:///opt/flink/examples/streaming/A.jar"),
		"app-artifact-in-image-1.15": remote("1.15", "local:///opt/flink/usrlib/a.jar"),
		"app-dependencies": in(app, "kind: JAR,",
			"kind: JAR, additionalDependencies: ['https://h.example.com/b.jar'],"),
		"app-dependencies-1.17": in(remote("1.17", "https://h.example.com/a.jar"), "kind: JAR,",
			"kind: JAR, additionalDependencies: ['https://h.example.com/b.jar'],"),
		"app-dependencies-in-image": in(remote("2.2", "local:///opt/lib/a.jar"), "kind: JAR,",
			"kind: JAR, additionalDependencies: ['local:///opt/lib/b.jar'],"),
		"app-dependencies-s3": in(remote("1.20", "s3://bucket/a.jar"), "kind: JAR,",
			"kind: JAR, additionalDependencies: ['https://h.example.com/b.jar'],"),
		"app-checkpoints-s3": app + "      flinkConfiguration: {state.checkpoints.dir: s3://b/c}\n",
		"app-main": in(app, "kind: JAR,",
			`kind: JAR, entryClass: com.example.Main, mainArgs: "--a 'b c' $(D)",`),
		"app-parallelism": app +
			"      parallelism: 5\n      flinkConfiguration: {taskmanager.numberOfTaskSlots: 2}\n",
		"app-resources": app +
			"      resources: {jobmanager: {cpu: 0.5, memory: 1.5g}, taskmanager: {cpu: 2.25, memory: 4294967296}}\n",
		"app-jvm-options":      app + "      flinkConfiguration: {env.java.opts: -Da=b}\n",
		"app-jvm-options-1.17": onVersion(app, "1.17") + "      flinkConfiguration: {env.java.opts: -Da=b}\n",
		"app-loggers":          app + "      logging: {log4jLoggers: {'': WARN, com.example: debug}}\n",
		"app-environment-references": app +
			"      flinkConfiguration: {env.java.opts.all: '-Da=${KEY}', s3.secret-key: '${KEY}'}\n      kubernetes: " +
			"{pods: {envVars: [{name: KEY, value: v}]}}\n",
		"app-environment-reference": app +
			"      flinkConfiguration: {s3.secret-key: '${KEY}'}\n      kubernetes: {pods: {envVars: [{name: KEY, " +
			"valueFrom: {secretKeyRef: {name: s, key: k}}}]}}\n",
		"app-https-rest": app + "      flinkConfiguration: {security.ssl.rest.enabled: true}\n",
		"app-queryable-state": in(app, "  template:\n",
			"  template:\n    metadata: {annotations: {flink.queryable-state.enabled: 'true'}}\n"),
		"app-attempts": in(app, "  template:\n", "  maxJobCreationAttempts: 1\n  template:\n"),
		"app-image": in(app, "kind: JAR,",
			"kind: JAR, flinkImageRegistry: r.example.com/v2, flinkImageTag: 1.20.1-java17,"),
		"app-image-repository": in(app, "kind: JAR,", "kind: JAR, flinkImageRepository: team/flink,"),
		"app-ha":               app + "      " + haConf,
		"app-ha-1.15": onVersion(app,
			"1.15") + "      flinkConfiguration: {high-availability: kubernetes, high-availability.storageDir: " +
			"s3://b/ha}\n",
		"app-ha-too-new-a-key": onVersion(app, "1.15") + "      " + haConf,
		"app-ha-2.0":           onVersion(app, "2.0") + "      " + haConf,
		"app-ha-vvp": app +
			"      flinkConfiguration: {high-availability: vvp-kubernetes, high-availability.storageDir: s3://b/ha}\n",
		"app-ha-zookeeper": app +
			"      flinkConfiguration: {high-availability.type: zookeeper, high-availability.storageDir: s3://b/ha, " +
			"high-availability.zookeeper.quorum: 'zk:2181'}\n",
		"app-ha-own-account": app + "      " + haConf +
			"      kubernetes: {jobManagerPodTemplate: {spec: {serviceAccountName: me}}, taskManagerPodTemplate: " +
			"{spec: {serviceAccountName: me}}}\n",
		"app-pods": app +
			"      kubernetes: {labels: {team: a}, annotations: {owner: b}, pods: {labels: {tier: x}, annotations: " +
			"{z: w}, nodeSelector: {pool: p}, tolerations: [{key: k, operator: Exists}], imagePullSecrets: [{name: " +
			"s}], securityContext: {fsGroup: 1}}}\n",
		"app-volume": app +
			"      kubernetes: {pods: {volumeMounts: [{name: v, volume: {name: v, emptyDir: {}}, volumeMount: {name: " +
			"v, mountPath: /v}}]}}\n",
		"app-volume-twice": app +
			"      kubernetes: {pods: {volumeMounts: [{name: v, volume: {name: v, emptyDir: {}}, volumeMount: {name: " +
			"v, mountPath: /v}}, {name: v, volume: {name: v, emptyDir: {}}, volumeMount: {name: v, mountPath: " +
			"/w}}]}}\n",
		"app-volume-over-ours": app +
			"      kubernetes: {pods: {volumeMounts: [{name: v, volume: {name: v, emptyDir: {medium: Memory}}, " +
			"volumeMount: {name: v, mountPath: /tmp}}]}}\n",
		"app-volume-of-fetcher": remote("1.17",
			"https://h.example.com/a.jar") +
			"      kubernetes: {pods: {volumeMounts: [{name: v, volume: {name: v, emptyDir: {}}, volumeMount: {name: " +
			"v, mountPath: /opt/flink/usrlib}}]}}\n",
		"app-template-annotation": app +
			"      kubernetes: {jobManagerPodTemplate: {metadata: {annotations: {a: b}}}}\n",
		"app-template-container": app +
			"      kubernetes: {jobManagerPodTemplate: {spec: {containers: [{name: flink-jobmanager, env: [{name: A, " +
			"value: b}], resources: {limits: {memory: 2G}}}]}}}\n",
		"app-template-sidecar": app +
			"      kubernetes: {taskManagerPodTemplate: {spec: {containers: [{name: sidecar, image: s}], " +
			"initContainers: [{name: init, image: i}]}}}\n",
		"app-template-false-and-null": app +
			"      kubernetes: {jobManagerPodTemplate: {spec: {enableServiceLinks: true, " +
			"terminationGracePeriodSeconds: 0, shareProcessNamespace: false, securityContext: {fsGroup: null}, " +
			"containers: [{name: flink-jobmanager, livenessProbe: null}]}}}\n",
		"app-template-fetcher": remote("1.17",
			"https://h.example.com/a.jar") +
			"      kubernetes: {jobManagerPodTemplate: {spec: {initContainers: [{name: artifact-fetcher, env: " +
			"[{name: https_proxy, value: p}]}]}}}\n",
		"app-template-labels": app +
			"      kubernetes: {taskManagerPodTemplate: {metadata: {labels: {a: b, system: mine}}}}\n",
		"app-patch-merge": withPatches(app,
			"{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {priorityClassName: batch, volumes: "+
				"[{name: flink-tmp, emptyDir: {sizeLimit: 1Gi}}]}}}}"),
		"app-patch-delete": withPatches(app,
			"{target: {kind: Job}, patch: {spec: {podFailurePolicy: null, template: {spec: {containers: [{name: "+
				"flink-jobmanager, startupProbe: null}]}}}}}"),
		"app-patch-operation": withPatches(app,
			"{target: {kind: Service}, patch: [{op: replace, path: /spec/ports/2/port, value: 80}]}"),
		"app-patch-resource": withPatches(app,
			"{op: add, path: /spec/template/spec/flinkConfiguration/a.b, value: c}",
			"{apiVersion: v1, kind: Deployment, spec: {template: {spec: {parallelism: 3}}}}"),
		"app-patch-optional-kind": withPatches(app+"      "+haConf,
			"{apiVersion: v1, kind: ServiceAccount, metadata: {annotations: {eks.amazonaws.com/role-arn: r}}}"),
		"session-ha": session +
			"  flinkConfiguration: {high-availability.type: kubernetes, high-availability.storageDir: s3://b/ha, " +
			"kubernetes.jobmanager.replicas: 1}\n",
		"session-task-managers": session + "  numberOfTaskManagers: 3\n",
		"session-template": session +
			"  kubernetes: {jobManagerPodTemplate: {spec: {priorityClassName: high}}}\n",
		"app-tls":      withTLS(app),
		"app-tls-1.15": withTLS(onVersion(app, "1.15")),
		"app-tls-2.2":  withTLS(onVersion(app, "2.2")),
		"app-tls-options-replaced": withTLS(app) +
			"      flinkConfiguration: {security.ssl.rest.keystore: /mine, security.ssl.internal.key-password: " +
			"'${MINE}', security.ssl.rest.authentication-enabled: false, security.ssl.rest.keystore-type: PKCS12, " +
			"security.ssl.rest.truststore-password: mine, security.ssl.rest.truststore: '${NONE}'}\n" +
			"      kubernetes: {pods: {envVars: [{name: MINE, value: v}]}}\n",
		"app-tls-patch-password": withPatches(withTLS(app),
			"{target: {kind: Job}, patch: {spec: {template: {spec: {containers: [{name: flink-jobmanager, env: "+
				"[{name: FLINK_TLS_PASSWORD, valueFrom: {secretKeyRef: {name: passwords, key: flink}}}]}]}}}}}"),
		"app-budgets":             app + "      numberOfTaskManagers: 2\n",
		"app-budgets-one-of-each": app,
		"app-budgets-patch": withPatches(app+"      numberOfTaskManagers: 2\n",
			"{apiVersion: policy/v1, kind: PodDisruptionBudget, spec: {maxUnavailable: null, minAvailable: 50%}}"),
		"app-budgets-patch-delete": withPatches(app+"      numberOfTaskManagers: 2\n",
			"{target: {kind: PodDisruptionBudget}, patch: {$patch: delete}}"),
		"session-budgets": session +
			"  numberOfTaskManagers: 2\n  flinkConfiguration: {high-availability.type: kubernetes, " +
			"high-availability.storageDir: s3://b/ha}\n",
		"session-budgets-one-of-each": session,
		"submit-options": in(submitted, "flinkVersion: 1.20\n", "flinkVersion: 1.20\n  kubernetes: {labels: {team: a}, "+
			"pods: {nodeSelector: {pool: p}, envVars: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: s, key: k}}}]}}\n  flinkConfiguration: "+
			"{security.ssl.rest.enabled: true, security.ssl.rest.truststore-password: '${PASSWORD}', "+
			"high-availability.type: kubernetes, high-availability.storageDir: 'file:///ha', "+
			"execution.checkpointing.interval: 10s, execution.checkpointing.mode: AT_LEAST_ONCE, state.checkpoints.dir: "+
			"'file:///c'}\n") + "      parallelism: 3\n      flinkConfiguration: {execution.checkpointing.interval: 5s, " +
			"jobmanager.archive.fs.dir: 'file:///a', state.checkpoints.dir: 'file:///{{ deploymentName }}'}\n",
		"submit-template": in(submitted, "flinkVersion: 1.20\n", "flinkVersion: 1.20\n  kubernetes: "+
			"{jobManagerPodTemplate: {spec: {serviceAccountName: me, containers: [{name: flink-jobmanager, args: "+
			"[jobmanager], env: [{name: A, value: b}], livenessProbe: {periodSeconds: 5}}]}}}\n"),
		"submit-patch": withPatches(submitted,
			"{target: {kind: Job}, patch: {spec: {template: {spec: {priorityClassName: batch}}}}}",
			"{apiVersion: v1, kind: Deployment, spec: {template: {spec: {parallelism: 2}}}}",
			"{apiVersion: v1, kind: SessionCluster, spec: {resources: {jobmanager: {memory: 2g}}}}",
			"{apiVersion: apps/v1, kind: Deployment, metadata: {annotations: {a: b}}}"),
		"session-patch": withPatches(session,
			"{target: {labelSelector: component=jobmanager}, patch: {metadata: {annotations: {a: b}}}}"),
	}
	for _, v := range []string{"1.15", "1.16", "1.17", "1.18", "1.19", "2.0", "2.1", "2.2", "2.3"} {
		out["app-version-"+v] = onVersion(app, v)
		out["session-version-"+v] = onVersion(session, v)
	}
	for _, v := range []string{"1.17", "1.20", "2.2"} {
		for _, what := range []string{"metrics", "monitor", "ingress", "scaling", "reactive", "policies",
			"around"} {
			out["app-"+what+"-"+v], out["session-"+what+"-"+v] = onVersion(app, v), onVersion(session, v)
		}
	}
	out["app-around-ha"], out["app-around-queryable"] = app+"      "+haConf, in(app, "  template:\n",
		"  template:\n    metadata: {annotations: {flink.queryable-state.enabled: 'true'}}\n")+
		"      flinkConfiguration: {taskmanager.collect-sink.port: 6000}\n"
	out["app-ingress-https"] = app + "      flinkConfiguration: {security.ssl.rest.enabled: true}\n"
	out["app-ingress-annotations"] = in(app, "{name: app}", "{name: My.App_of a long name}") +
		"      kubernetes: {labels: {team: a}, annotations: {nginx.ingress.kubernetes.io/proxy-body-size: 1g, a: b}}\n"
	out["app-scaling-patch"] = withPatches(app+"      numberOfTaskManagers: 7\n", "{apiVersion: autoscaling/v2, "+
		"kind: HorizontalPodAutoscaler, spec: {behavior: {scaleDown: {stabilizationWindowSeconds: 600}}}}",
		"{target: {kind: Deployment}, patch: {spec: {replicas: 2}}}")
	out["app-policies-patch"] = withPatches(app, "{target: {kind: NetworkPolicy, labelSelector: component=jobmanager}, "+
		"patch: [{op: add, path: /spec/ingress/-, value: {ports: [{port: rest}]}}]}")
	out["app-metrics-1.15"] = onVersion(app, "1.15")
	out["app-metrics-own-reporters"] = app + "      flinkConfiguration: {metrics.reporters: 'slf, mine', " +
		"metrics.reporter.slf.factory.class: org.apache.flink.metrics.slf4j.Slf4jReporterFactory, metrics.reporter.mine." +
		"factory.class: org.apache.flink.metrics.prometheus.PrometheusReporterFactory, metrics.reporter.mine.port: " +
		"9250-9260}\n      kubernetes: {pods: {annotations: {prometheus.io/scrape: 'false', a: b}}}\n"
	out["app-metrics-list"] = app + "      flinkConfiguration: {metrics.reporters: slf, " +
		"metrics.reporter.slf.factory.class: org.apache.flink.metrics.slf4j.Slf4jReporterFactory}\n"
	out["app-monitor-patch"] = withPatches(app, "{apiVersion: monitoring.coreos.com/v1, kind: PodMonitor, "+
		"spec: {podMetricsEndpoints: [{port: metrics, interval: 30s}]}}")
	for _, v := range []string{"1.17", "1.20", "2.0", "2.2"} {
		runner := ""
		if v < "2" {
			runner = "-runner"
		}
		for place, uri := range map[string]string{"local": "local:///opt/lib/", "https": "https://h.example.com/"} {
			out["app-sql-"+v+"-"+place+runner] = withProgram(v, script+", additionalDependencies: ['"+uri+"kafka.jar']")
			out["app-python-"+v+"-"+place] = withProgram(v, "kind: PYTHON, flinkImageRepository: team/pyflink, "+
				"pythonArtifactUri: '"+uri+"job.py', mainArgs: --n 1, additionalPythonLibraries: ['"+uri+"lib.whl']")
		}
		for place, uri := range map[string]string{"local": "local:///opt/lib/", "https": "https://h.example.com/"} {
			out["submit-jar-"+v+"-"+place] = submits(v, "kind: JAR, jarUri: '"+uri+"a.jar', entryClass: a.B, mainArgs: "+
				"--n '$(A) b', additionalDependencies: ['"+uri+"b.jar']")
			out["submit-sql-"+v+"-"+place] = submits(v, script+", additionalDependencies: ['"+uri+"kafka.jar']")
			out["submit-python-"+v+"-"+place] = in(submits(v, "kind: PYTHON, pythonArtifactUri: '"+uri+"job.py', mainArgs: "+
				"--n 1, additionalPythonLibraries: ['"+uri+"lib.whl']"), "flinkVersion", "flinkImageRepository: "+
				"team/pyflink\n  flinkVersion")
		}
		out["app-sql-"+v+runner] = withProgram(v, script)
		out["app-python-module-"+v] = withProgram(v, "kind: PYTHON, flinkImageRepository: team/pyflink, "+
			"flinkImageTag: "+v+".1, pythonArtifactUri: 's3://bucket/job.zip', entryModule: job.main, "+
			"additionalPythonArchives: ['local:///opt/models.zip'], additionalDependencies: ['https://h.example.com/b.jar']")
		out["app-python-jar-"+v] = withProgram(v, "kind: JAR, flinkImageRepository: team/pyflink, jarUri: "+
			"'file:///opt/flink/opt/flink-python-"+v+".1.jar', entryClass: org.apache.flink.client.python.PythonDriver, "+
			"mainArgs: -py /opt/job.py --n 1")
	}
	return out
}

const script = `kind: SQLSCRIPT, sqlScript: "CREATE TABLE a (n INT) WITH ('connector' = 'datagen');\nCREATE TABLE b ` +
	`(n INT) WITH ('connector' = 'blackhole');\nINSERT INTO b SELECT n FROM a WHERE n > 1; -- $1 #2\n"`

// withProgram is app with another artifact.
func withProgram(version, artifact string) string {
	return onVersion(in(app, `kind: JAR, flinkVersion: 1.20, jarUri: "local:///opt/flink/usrlib/app.jar"`,
		artifact+", flinkVersion: 1.20"), version)
}

// optionsOf are those of a scenario, by its name.
func optionsOf(name string) []render.Option {
	switch words := strings.Split(name, "-"); {
	case slices.Contains(words, "tls"):
		return []render.Option{render.TLSSecret("flink-certificates")}
	case slices.Contains(words, "runner"):
		return []render.Option{render.SQLRunner("https://h.example.com/runner.jar", "com.example.Runner")}
	case slices.Contains(words, "budgets"):
		return []render.Option{render.PodDisruptionBudgets()}
	case slices.Contains(words, "metrics"):
		return []render.Option{render.WithMetrics(render.Metrics{})}
	case slices.Contains(words, "monitor"):
		return []render.Option{render.WithMetrics(render.Metrics{PodMonitor: true,
			Labels: map[string]string{"release": "prometheus"}})}
	case slices.Contains(words, "ingress"):
		return []render.Option{ingress}
	case slices.Contains(words, "scaling"):
		return []render.Option{render.WithAutoscaling(render.Autoscaling{MaxReplicas: 4})}
	case slices.Contains(words, "reactive"):
		return []render.Option{render.WithAutoscaling(render.Autoscaling{MinReplicas: 2, MaxReplicas: 4, Reactive: true,
			CPUUtilization: 50})}
	case slices.Contains(words, "policies"):
		return []render.Option{render.WithNetworkPolicies(render.NetworkPolicies{})}
	case slices.Contains(words, "around"):
		return inputs.Around
	default:
		return nil
	}
}

var ingress = render.WithIngress(render.Ingress{Host: "{name}.{namespace}.example.com", ClassName: "nginx",
	Annotations: map[string]string{"nginx.ingress.kubernetes.io/proxy-body-size": "100m"}, TLSSecret: "flink-tls"})

func withTLS(text string) string {
	return in(text, "  template:\n", "  template:\n    metadata: {annotations: {flink.security.ssl.enabled: 'true'}}\n")
}

func TestScenarios(t *testing.T) {
	cases := scenarios()
	assert.Assert(t, len(cases) >= 40)
	base := map[string]map[string]string{}
	for name, text := range map[string]string{"app": app, "session": session, "submit": submitted} {
		m, err := renderJob(t, text, render.Job{ID: jobID})
		assert.NilError(t, err)
		m = compared(name, m)
		golden.Assert(t, yamlOf(t, m), "scenarios/"+name+".golden.yaml")
		base[name] = leaves(m)
	}
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			m, err := renderJob(t, text, render.Job{ID: jobID}, optionsOf(name)...)
			assert.NilError(t, err)
			for o := range m.All() {
				decodeStrictly(t, o)
				normal, err := tree.FromGo(o.Map())
				assert.NilError(t, err)
				assert.DeepEqual(t, normal, any(o.Map())) // patches and writer know no other types
			}
			kind, _, _ := strings.Cut(name, "-")
			text := changes(base[kind], leaves(compared(name, m)))
			for _, w := range m.Warnings() {
				text += fmt.Sprintln("warning:", w.Field, w.Message)
			}
			golden.Assert(t, text, "scenarios/"+name+".golden.txt")
		})
	}
}

// compared are the objects that a scenario is about: without the session cluster of a job.
func compared(name string, m render.Manifests) render.Manifests {
	if !strings.HasPrefix(name, "submit") {
		return m
	}
	var jobs []render.Object
	for o := range m.All() {
		if o.Labels()["app"] == "flink-job" {
			jobs = append(jobs, o)
		}
	}
	return render.NewManifests(jobs...)
}

// leaves returns the values of all objects by path. Elements of lists are known by
// their name where they have one, lines of texts stand for themselves.
func leaves(m render.Manifests) map[string]string {
	out := map[string]string{}
	for o := range m.All() {
		name := strings.NewReplacer("job-"+jobID+"-", "", "session-6a1a4cfb-43a0-4a3e-bf31-5d0f6a1a2f7e-",
			"").Replace(o.Name())
		collect(out, o.Kind()+" "+name, o.Map())
	}
	return out
}

func collect(out map[string]string, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			collect(out, path+"."+k, e)
		}
		if len(v) == 0 {
			out[path] = "{}"
		}
	case []any:
		if words, ok := sentence(v); ok {
			out[path] = words
			return
		}
		for i, e := range v {
			key := fmt.Sprint(i)
			if m, ok := e.(map[string]any); ok {
				for _, by := range []string{"mountPath", "name"} {
					if s, ok := m[by].(string); ok {
						key = s
						break
					}
				}
			}
			collect(out, path+"["+key+"]", e)
		}
	case string:
		if !strings.Contains(v, "\n") {
			out[path] = v
			return
		}
		for line := range strings.Lines(v) {
			out[path+" | "+strings.TrimSuffix(line, "\n")] = ""
		}
	default:
		out[path] = fmt.Sprint(v)
	}
}

// sentence returns a list of strings as one line, so that one word more is one
// change.
func sentence(list []any) (string, bool) {
	words := make([]string, len(list))
	for i, e := range list {
		s, ok := e.(string)
		if !ok {
			return "", false
		}
		words[i] = s
	}
	return strings.Join(words, " "), true
}

// changes lists what b has other than a: - gone, + new, ~ changed.
func changes(a, b map[string]string) string {
	var lines []string
	for path, was := range a {
		is, ok := b[path]
		switch {
		case strings.Contains(path, "config-checksum"):
		case !ok:
			lines = append(lines, strings.TrimRight("- "+path+": "+was, ": "))
		case is != was:
			lines = append(lines, "~ "+path+": "+was+" -> "+is)
		}
	}
	for path, is := range b {
		if _, ok := a[path]; !ok {
			lines = append(lines, strings.TrimRight("+ "+path+": "+is, ": "))
		}
	}
	slices.SortFunc(lines, func(x, y string) int { return strings.Compare(x[2:]+x[:1], y[2:]+y[:1]) })
	return strings.Join(append(lines, ""), "\n")
}
