package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/assert/cmp"
	"gotest.tools/v3/golden"
)

// A session cluster and its jobs, as they are drawn: read it when it changes.
func TestGraph(t *testing.T) {
	r := call("", "graph", "../../internal/testdata/valid/sql-session.yaml")
	assert.Equal(t, r.code, exitOK, r.stderr)
	golden.Assert(t, r.stdout, "graph.golden.mmd")
}

// Names, which may have any characters, are text.
func TestGraphQuotes(t *testing.T) {
	named := strings.Replace(input, "name: app", `name: '<i>&#lt;"\'`, 1)
	for format, want := range map[string]string{"mermaid": `/#lt;i#gt;#amp;#35;lt;#quot;\"]`, "dot": `/<i>&#lt;\"\\"]`} {
		r := call(named, "graph", "-o", format, "-")
		assert.Assert(t, strings.Contains(r.stdout, want), "%s%s", r.stdout, r.stderr)
	}
}

// Both formats have the same nodes and edges, and no edge leads to what is not drawn, for
// every input that is rendered; names are quoted.
func TestGraphFormats(t *testing.T) {
	inputs, err := os.ReadDir("../../internal/testdata/valid")
	assert.NilError(t, err)
	node := regexp.MustCompile(`(?m)^ +(n\d+) ?\[(?:label=)?("(?:[^"\\]|\\.)*")\]$`)
	edge := regexp.MustCompile(`(?m)^ +(n\d+) --?>(?:\|".*"\|)? (n\d+)(?: \[.*\])?$`)
	for _, file := range inputs {
		text := "../../internal/testdata/valid/" + file.Name()
		a, b := call("", "graph", text), call("", "graph", "-o", "dot", text)
		assert.Equal(t, a.code, exitOK, a.stderr)
		nodes := node.FindAllStringSubmatch(a.stdout, -1)
		there := map[string]bool{}
		for i, n := range node.FindAllStringSubmatch(b.stdout, -1) {
			assert.DeepEqual(t, n[1:], nodes[i][1:])
			there[n[1]] = true
		}
		assert.Equal(t, len(there), len(nodes), file.Name())
		edges := edge.FindAllStringSubmatch(a.stdout, -1)
		assert.Assert(t, len(edges) > 2, a.stdout)
		for i, e := range edge.FindAllStringSubmatch(b.stdout, -1) {
			assert.DeepEqual(t, e[1:], edges[i][1:])
			assert.Assert(t, there[e[1]] && there[e[2]], "%v", e)
		}
	}
}

// What an object names is drawn, rendered or not; what is selected, too.
func TestGraphEdges(t *testing.T) {
	all := input + `      kubernetes: {pods: {envVars: [{name: KEY, valueFrom: {secretKeyRef: {name: keys, key: a}}}]}}
      flinkConfiguration: {high-availability: kubernetes, high-availability.storageDir: s3://flink/ha}
`
	r := call(all, "graph", "--pod-disruption-budgets", "--job-id", id, "-")
	assert.Equal(t, r.code, exitOK, r.stderr)
	ids := map[string]string{}
	for _, n := range regexp.MustCompile(`(n\d+)\["(.*)"\]`).FindAllStringSubmatch(r.stdout, -1) {
		ids[n[2]] = n[1]
	}
	at := " staging/job-" + id
	for _, e := range [][3]string{
		{"VVP Deployment default/app", "deploymentTargetName", "DeploymentTarget default/staging"},
		{"Job" + at + "-jobmanager", "configMap", "ConfigMap" + at + "-flink-config"},
		{"Job" + at + "-jobmanager", "secretKeyRef", "Secret staging/keys, not rendered"},
		{"Job" + at + "-jobmanager", "serviceAccountName", "ServiceAccount" + at},
		{"RoleBinding" + at, "roleRef", "Role" + at},
		{"Service" + at + "-jobmanager", "selects", "Job" + at + "-jobmanager"},
	} {
		line := ids[e[0]] + ` -->|"` + e[1] + `"| ` + ids[e[2]] + "\n"
		assert.Check(t, ids[e[0]] != "" && ids[e[2]] != "", "%v", e)
		assert.Check(t, cmp.Contains(r.stdout, line), "%v", e)
	}
}

func TestGraphRefuses(t *testing.T) {
	r := call(input, "graph", "-o", "svg", "-")
	assert.Equal(t, r.code, exitUsage)
	assert.Assert(t, cmp.Contains(r.stderr, "-o svg: must be mermaid or dot"))
}

// A Deployment and a SessionCluster may have one id: each has a group of its own.
func TestGraphOfOneID(t *testing.T) {
	all := strings.Replace(input, "{name: app}", "{name: app, id: "+id+"}", 1) + `---
kind: SessionCluster
apiVersion: v1
metadata: {name: sessions, id: ` + id + `}
spec: {deploymentTargetName: staging, state: RUNNING, flinkVersion: 1.20, numberOfTaskManagers: 1}
`
	r := call(all, "graph", "-")
	assert.Equal(t, r.code, exitOK, r.stderr)
	assert.Equal(t, strings.Count(r.stdout, "  subgraph "), 2, r.stdout)
	for _, group := range strings.Split(r.stdout, "  end\n")[:2] {
		assert.Equal(t, strings.Count(group, "ConfigMap "), 1, r.stdout)
	}
}
