package main

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

func (t tool) graph(fs *flag.FlagSet) func([]string) error {
	return t.of(fs, "mermaid", func(bundle deployment.Bundle, m render.Manifests, format string) error {
		g := graph{drawn: map[edge]bool{}, ids: map[string]string{}}
		g.resources(bundle)
		g.objects(m)
		fmt.Fprint(t.stdout, map[string]func() string{"mermaid": g.mermaid, "dot": g.dot}[format]())
		return nil
	})
}

// graph is what is drawn: nodes, some of them in the group of their resource, and edges.
type graph struct {
	nodes []node
	edges []edge
	drawn map[edge]bool
	ids   map[string]string // of nodes, by what they are called
}

type node struct{ id, text, group string }

type edge struct{ from, to, text string }

// node returns the id of a node, which it makes if it is not there.
func (g *graph) node(text, group string) string {
	if g.ids[text] == "" {
		g.ids[text] = fmt.Sprint("n", len(g.nodes))
		g.nodes = append(g.nodes, node{g.ids[text], text, group})
	}
	return g.ids[text]
}

func (g *graph) edge(from, to, text string) {
	if e := (edge{from, to, text}); !g.drawn[e] {
		g.drawn[e] = true
		g.edges = append(g.edges, e)
	}
}

// resources draws targets and who refers to them. A group has the app and the id of its resource.
func (g *graph) resources(b deployment.Bundle) {
	refs := map[string]target.Ref{} // by id
	target := func(ref target.Ref) string {
		if named, ok := refs[ref.ID]; ok {
			ref = named
		}
		return g.node("DeploymentTarget "+ref.String(), "")
	}
	cluster := func(c deployment.SessionCluster) string {
		return g.node("VVP "+c.String(), labels.AppSessionCluster+c.ID())
	}
	for _, t := range b.Targets {
		refs[t.ID()] = t.Ref()
		target(t.Ref())
	}
	for _, c := range b.SessionClusters {
		g.edge(cluster(c), target(c.Target()), "deploymentTargetName")
	}
	for _, d := range b.Deployments {
		from := g.node("VVP "+d.String(), labels.AppJob+d.ID())
		if c, n := b.ClusterOf(d); n == 1 {
			g.edge(from, cluster(c), "sessionClusterName")
		} else {
			g.edge(from, target(d.Target()), "deploymentTargetName")
		}
	}
}

// objects draws objects and what they name or select.
func (g *graph) objects(m render.Manifests) {
	type object struct {
		render.Object
		tree map[string]any
		pods map[string]string // the labels of those that it makes
	}
	var all []object
	for o := range m.All() {
		set, content := o.Labels(), o.Map()
		g.node(o.String(), set[labels.KeyApp]+set[labels.KeyDeploymentID]+set[labels.KeySessionClusterID])
		all = append(all, object{o, content, tree.Strings(content, "spec", "template", "metadata", "labels")})
	}
	for _, o := range all {
		g.names(o.Object, "", o.tree)
		for _, field := range []string{"selector", "podSelector"} {
			selector := tree.Strings(o.tree, "spec", field)
			if labels := tree.Strings(o.tree, "spec", field, "matchLabels"); labels != nil {
				selector = labels
			}
			for _, w := range all {
				selects := len(selector) > 0 && tree.Subset(selector, w.pods)
				if selects && o.Namespace() == w.Namespace() && o.String() != w.String() {
					g.edge(g.node(o.String(), ""), g.node(w.String(), ""), "selects")
				}
			}
		}
	}
}

// named are fields that name an object, and its kind.
var named = map[string]string{
	"configMap": "ConfigMap", "configMapRef": "ConfigMap", "configMapKeyRef": "ConfigMap", "secretRef": "Secret",
	"secretKeyRef": "Secret", "secretName": "Secret", "service": "Service", "serviceAccountName": "ServiceAccount",
}

// names draws what a value of an object names, such as a volume's ConfigMap.
func (g *graph) names(o render.Object, field string, v any) {
	kind := named[field]
	name, _ := v.(string)
	switch v := v.(type) {
	case map[string]any:
		name, _ = v["name"].(string)
		if of, ok := v["kind"].(string); ok { // of a roleRef, a scaleTargetRef
			kind = of
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			g.names(o, key, v[key])
		}
	case []any:
		for _, e := range v {
			g.names(o, field, e)
		}
	}
	if kind == "" || name == "" {
		return
	}
	text := kind + " " + o.Namespace() + "/" + name
	if g.ids[text] == "" {
		text += ", not rendered"
	}
	g.edge(g.node(o.String(), ""), g.node(text, ""), field)
}

// draw writes the graph with formats for a group, its end, a node (id, text) and an edge.
func (g *graph) draw(group, end, node, edge string, quoted func(string) string) string {
	var b strings.Builder
	done := map[string]bool{"": true}
	for _, first := range g.nodes {
		if first.group == "" {
			fmt.Fprintf(&b, node, first.id, quoted(first.text))
		}
		if done[first.group] {
			continue
		}
		done[first.group] = true
		fmt.Fprintf(&b, group, "g"+first.id, quoted(strings.TrimPrefix(first.text, "VVP ")))
		for _, n := range g.nodes {
			if n.group == first.group {
				fmt.Fprintf(&b, "  "+node, n.id, quoted(n.text))
			}
		}
		b.WriteString(end)
	}
	for _, e := range g.edges {
		fmt.Fprintf(&b, edge, e.from, e.to, quoted(e.text))
	}
	return b.String()
}

func (g *graph) mermaid() string {
	// Labels are HTML, with #name; for an entity.
	entities := strings.NewReplacer("#", "#35;", "&", "#amp;", "<", "#lt;", ">", "#gt;", `"`, "#quot;")
	quoted := func(s string) string { return `"` + entities.Replace(s) + `"` }
	return "flowchart LR\n" +
		g.draw("  subgraph %s [%s]\n", "  end\n", "  %s[%s]\n", "  %s -->|%[3]s| %[2]s\n", quoted)
}

func (g *graph) dot() string {
	quoted := func(s string) string { return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"` }
	return "digraph {\n  rankdir=LR; node [shape=box]\n" +
		g.draw("  subgraph cluster_%s { label=%s\n", "  }\n", "  %s [label=%s]\n", "  %s -> %s [label=%s]\n", quoted) +
		"}\n"
}
