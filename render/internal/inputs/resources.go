package inputs

import (
	"fmt"
	"strings"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
)

func (g *generator) chooseVersion() string {
	minors := flink.Supported()
	g.minor = pick(g, minors...)
	if v, err := flink.Lookup(g.minor); err == nil && g.oneIn(3) {
		return v.Patch
	}
	return g.minor
}

func (g *generator) version() flink.Version {
	v, err := flink.Lookup(g.minor)
	if err != nil {
		panic(err) // the version was taken from the table
	}
	return v
}

func (g *generator) metadata(name string) tree.Map {
	m := tree.Map{"name": name}
	g.set(3, m, pick(g, "5dea5d9d-8f2c-4f4e-9f1e-3a8b4a4a4b58", "2da2f867-5899-4bef-8ad0-9771bbac38b4"), "id")
	g.set(3, m, pick(g, "default", "team_a", "A.b"), "namespace")
	g.set(4, m, g.labels(), "labels")
	g.set(4, m, g.annotations(), "annotations")
	return m
}

func (g *generator) deployment() tree.Map {
	version := g.chooseVersion()
	spec := tree.Map{
		"artifact":           g.artifact(version),
		"flinkConfiguration": tree.Map{},
	}
	g.set(2, spec, int64(g.IntN(9)+1), "parallelism")
	g.common(spec)
	d := tree.Map{
		"kind": "Deployment", "apiVersion": "v1",
		"metadata": g.metadata(pick(g, "top-speed", "n0", "My Deployment Name", "Größe", "日本語",
			strings.Repeat("long ", 40)+"x", "a", "UPPER_case.x")),
		"spec": tree.Map{"state": "RUNNING", "template": tree.Map{"spec": spec}},
	}
	g.targetName = pick(g, "staging", "my_Target-1", strings.Repeat("t", 250))
	if g.oneIn(4) {
		g.targetID = "9be32dba-9ef1-4a8c-8d27-6c0f0a3b7f05"
		put(d, g.targetID, "spec", "deploymentTargetId")
	} else {
		put(d, g.targetName, "spec", "deploymentTargetName")
	}
	g.set(4, d, int64(g.IntN(5)+1), "spec", "maxJobCreationAttempts")
	g.set(4, d, tree.Map{"kind": pick(g, "STATEFUL", "stateless", "NONE")}, "spec", "upgradeStrategy")
	g.set(4, d, tree.Map{"kind": pick(g, "LATEST_STATE", "latest_savepoint", "NONE"),
		"allowNonRestoredState": g.oneIn(2)}, "spec", "restoreStrategy")
	if g.oneIn(4) {
		put(d, "true", "spec", "template", "metadata", "annotations", "flink.security.ssl.enabled")
	}
	if g.version().Major == 1 {
		g.set(6, d, "true", "spec", "template", "metadata", "annotations", "flink.queryable-state.enabled")
	}
	return d
}

func (g *generator) sessionCluster() tree.Map {
	g.session = true
	g.targetName = pick(g, "staging", "t-1")
	spec := tree.Map{
		"deploymentTargetName": g.targetName,
		"flinkVersion":         g.chooseVersion(),
		"flinkConfiguration":   tree.Map{},
	}
	g.set(2, spec, "RUNNING", "state")
	g.set(2, spec, int64(g.IntN(5)+1), "numberOfTaskManagers")
	g.common(spec)
	return tree.Map{
		"kind": "SessionCluster", "apiVersion": "v1",
		"metadata": g.metadata(pick(g, "a", "session", strings.Repeat("n", 63))),
		"spec":     spec,
	}
}

// common is what Deployments and SessionClusters have alike.
func (g *generator) common(spec tree.Map) {
	g.templates = g.oneIn(2)
	g.set(2, spec, g.resources(), "resources")
	g.set(3, spec, tree.Map{"log4jLoggers": tree.Map{pick(g, "", "com.example", "org.apache.flink"): pick(g, "INFO",
		"debug", "OFF")}}, "logging")
	g.configuration(spec["flinkConfiguration"].(tree.Map))
	k := tree.Map{}
	g.set(3, k, g.labels(), "labels")
	g.set(3, k, g.annotations(), "annotations")
	switch {
	case g.oneIn(3) && !g.variables:
	case g.templates:
		k["jobManagerPodTemplate"] = g.podTemplate("flink-jobmanager")
		k["taskManagerPodTemplate"] = g.podTemplate("flink-taskmanager")
	default:
		k["pods"] = g.pods()
	}
	spec["kubernetes"] = k
}

func (g *generator) resources() tree.Map {
	return tree.Map{
		"jobmanager": tree.Map{"cpu": pick(g, "1", "0.5", "1.0", "0.1"),
			"memory": pick(g, "1g", "1.5G", "1073741824", "1000000k", "1048577001")},
		"taskmanager": tree.Map{"cpu": pick(g, "1", "0.1", "2.125", "16"),
			"memory": pick(g, "2g", "1900m", "2 g", "64G", "4294967296")},
	}
}

// configuration has options of all kinds: inert, referring, switching things on.
func (g *generator) configuration(conf tree.Map) {
	v := g.version()
	g.set(2, conf, fmt.Sprint(g.IntN(4)+1), "taskmanager.numberOfTaskSlots")
	g.set(3, conf, pick(g, "s3://bucket/checkpoints", "file:///c", "a b"), "state.checkpoints.dir")
	g.set(4, conf, pick(g, "1e3", "yes", "x: y", "0", "true", `C:\x`, "$", "$(A)"), "user.key")
	g.set(4, conf, "-Da=b -XX:+UseG1GC", pick(g, "env.java.opts.jobmanager", "env.java.opts.taskmanager"))
	g.set(6, conf, "true", "security.ssl.rest.enabled")
	g.set(8, conf, "/etc/tls/keystore", "security.ssl.internal.keystore")
	g.set(6, conf, "rocksdb", v.StateBackendKey)
	if g.oneIn(3) {
		g.ha = true
		conf["high-availability.storageDir"] = "s3://bucket/ha"
		conf[v.HAKey] = pick(g, v.HAKubernetes, v.HAKubernetes, "zookeeper", "vvp-kubernetes")
		if conf[v.HAKey] == "zookeeper" {
			conf["high-availability.zookeeper.quorum"] = "zk:2181"
		}
		if g.session {
			g.set(2, conf, "1", "kubernetes.jobmanager.replicas")
		}
	}
	if g.oneIn(4) {
		g.variables = true
		conf["s3.access-key"] = "${VARIABLE}"
	}
}

// artifact is a jar that the version can get.
func (g *generator) artifact(version string) tree.Map {
	v := g.version()
	uris := []string{"local:///opt/flink/usrlib/a.jar", "https://example.com/a.jar?x=1",
		"http://example.com/j/a%20b.jar", "s3://bucket/a.jar", "gs://bucket/b", "file:///opt/flink/usrlib/x/y.jar"}
	a := tree.Map{"kind": pick(g, "JAR", "jar"), "flinkVersion": version, "jarUri": pick(g, uris...)}
	g.set(3, a, []any{"https://example.com/other.jar"}, "additionalDependencies")
	g.set(2, a, pick(g, "com.example.Main", "com.example.Main$Inner"), "entryClass")
	g.set(2, a, pick(g, "--a 'b c' $X $(HOME) $$", "-n 1", `--json "{\"a\": 1}"`), "mainArgs")
	g.set(4, a, "registry.example.com:5000/v2.12", "flinkImageRegistry")
	g.set(4, a, v.Patch+"-scala_2.12-java11", "flinkImageTag")
	return a
}
