package inputs

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
)

//go:embed inputs.yaml
var text []byte

// rules are those of inputs.yaml, by name.
var rules = func() (rules map[string]yaml.Node) {
	if err := yaml.Unmarshal(text, &rules); err != nil {
		panic(err)
	}
	return rules
}()

// generator chooses. What it has chosen limits what it can choose next: Flink's
// versions accept different things.
type generator struct {
	*rand.Rand
	kind       string // of the resource
	version    flink.Version
	ha         bool
	variables  bool // configuration refers to VARIABLE
	headless   bool // patches give the Service no address
	added      int  // patches so far
	targetName string
	component  string // whose pods are made
}

func (g *generator) oneIn(n int) bool { return g.IntN(n) == 0 }

func pick[T any](g *generator, values ...T) T { return values[g.IntN(len(values))] }

// a returns what a name stands for in inputs.yaml.
func (g *generator) a(name string) any {
	switch name {
	case "targetName":
		return g.targetName
	case "flinkVersion":
		return pick(g, g.version.Minor, g.version.Minor, g.version.Patch)
	case "imageTag":
		return g.version.Patch + "-scala_2.12-java11"
	case "configuration":
		return g.configuration()
	case "kubernetes":
		forms := []string{"pods", "templates", "bare"}
		if g.variables {
			forms = forms[:2]
		}
		return g.a(pick(g, forms...))
	case "env":
		env := g.a("variables").([]any)
		if g.variables {
			env = append(env, g.a("variable"))
		}
		return env
	case "flink-jobmanager", "flink-taskmanager":
		g.component = name
		return g.a("podTemplate")
	case "container":
		return g.component
	case "replicas":
		if g.component == "flink-jobmanager" && !g.ha {
			return int64(g.IntN(2))
		}
		return int64(g.IntN(4))
	}
	node, ok := rules[name]
	if !ok {
		panic("inputs.yaml has no " + name)
	}
	return g.value(&node)
}

// value chooses a value as a node says.
func (g *generator) value(n *yaml.Node) any {
	switch n.Tag {
	case "!a":
		return g.a(n.Value)
	case "!one":
		return g.value(pick(g, n.Content...))
	case "!int":
		first, last := number(n.Content[0]), number(n.Content[1])
		return first + g.Int64N(last-first+1)
	case "!fresh":
		if _, err := strconv.Atoi(n.Value); err == nil {
			return number(n) + int64(g.added)
		}
		return fmt.Sprint(n.Value, "-", g.added)
	}
	switch n.Kind {
	case yaml.MappingNode:
		m := tree.Map{}
		for i := 0; i < len(n.Content); i += 2 {
			key, odds, sometimes := strings.Cut(n.Content[i].Value, "~")
			if of, _ := strconv.Atoi(odds); !sometimes || g.oneIn(of) {
				m[key] = g.value(n.Content[i+1])
			}
		}
		return m
	case yaml.SequenceNode:
		list := []any{}
		for _, e := range n.Content {
			if e.Tag != "!may" || g.oneIn(2) {
				list = append(list, g.value(e))
			}
		}
		return list
	default:
		return scalar(n)
	}
}

func scalar(n *yaml.Node) (v any) {
	if err := n.Decode(&v); err != nil {
		panic(err)
	}
	if i, ok := v.(int); ok {
		return int64(i)
	}
	return v
}

func number(n *yaml.Node) int64 {
	i, _ := strconv.ParseInt(n.Value, 10, 64)
	return i
}

// resources returns a target, and a resource that refers to it from the same VVP namespace.
func (g *generator) resources() (target, resource tree.Map) {
	g.kind = pick(g, "SessionCluster", "Deployment", "Deployment")
	g.ha, g.variables, g.headless = g.oneIn(3), g.oneIn(4), g.oneIn(4)
	g.version, _ = flink.Lookup(pick(g, flink.Supported()...))
	g.targetName = pick(g, "staging", "my_Target-1", strings.Repeat("t", 250))
	resource = g.a(g.kind).(tree.Map)
	target = g.a("DeploymentTarget").(tree.Map)
	if namespace := tree.String(resource, "metadata", "namespace"); namespace != "" {
		tree.Child(target, "metadata")["namespace"] = namespace
	}
	if g.kind == "SessionCluster" {
		return target, resource
	}
	reference, to := "deploymentTargetName", g.targetName
	if g.oneIn(4) {
		reference, to = "deploymentTargetId", "9be32dba-9ef1-4a8c-8d27-6c0f0a3b7f05"
		tree.Child(target, "metadata")["id"] = to
	}
	tree.Child(resource, "spec")[reference] = to
	if g.version.Major == 1 && g.oneIn(6) {
		tree.Child(resource, "spec", "template", "metadata", "annotations")["flink.queryable-state.enabled"] = "true"
	}
	return target, resource
}

// configuration has options whose names and values Flink's version decides, too.
func (g *generator) configuration() tree.Map {
	options := g.a("options").(tree.Map)
	if g.oneIn(6) {
		options[g.version.StateBackendKey] = "rocksdb"
	}
	if g.ha {
		services := pick(g, g.version.HAKubernetes, g.version.HAKubernetes, "zookeeper", "vvp-kubernetes")
		options[g.version.HAKey] = services
		options["high-availability.storageDir"] = "s3://bucket/ha"
		if services == "zookeeper" {
			options["high-availability.zookeeper.quorum"] = "zk:2181"
		}
		if g.kind == "SessionCluster" && g.oneIn(2) {
			options["kubernetes.jobmanager.replicas"] = "1"
		}
	}
	if g.variables {
		options["s3.access-key"] = "${VARIABLE}"
	}
	return options
}

// patches is a legal patch set for the resource: what an operator of a platform
// writes, in all forms.
func (g *generator) patches() []any {
	var out []any
	for range g.IntN(5) + 1 {
		g.added++
		out = append(out, g.patch())
	}
	return out
}

func (g *generator) patch() any {
	switch what := pick(g, "ConfigMap", "Service", "PodDisruptionBudget", "all kinds", "workload", "workload",
		"workload", "workload", "resource", "resource"); {
	case what == "resource":
		return g.a("patched " + g.kind)
	case what == "all kinds":
		return g.a(what)
	case what == "workload":
		return g.workload()
	case what == "Service" && g.headless:
		return g.to(what, g.a("headless"))
	default:
		return g.to(what, g.a(what))
	}
}

// workload is a patch of one of the workloads, or of both.
func (g *generator) workload() tree.Map {
	component := pick(g, "jobmanager", "taskmanager")
	g.component = "flink-" + component
	target := tree.Map{"kind": "Deployment", "labelSelector": "component=" + component}
	switch {
	case g.oneIn(5):
		target["kind"] = "Deployment|Job"
		return tree.Map{"target": target, "patch": g.a("operations")}
	case component == "jobmanager" && g.kind == "Deployment":
		return g.to("Job", g.a("Job"))
	default:
		return tree.Map{"target": target, "patch": g.a("workload")}
	}
}

var apiVersions = map[string]string{"ConfigMap": "v1", "Service": "v1", "PodDisruptionBudget": "policy/v1",
	"Job": "batch/v1"}

// to addresses a patch to a kind, inline where that can be.
func (g *generator) to(kind string, patch any) tree.Map {
	if inline, ok := patch.(tree.Map); ok && g.oneIn(2) {
		inline["apiVersion"], inline["kind"] = apiVersions[kind], kind
		return inline
	}
	return tree.Map{"target": tree.Map{"kind": kind}, "patch": patch}
}
