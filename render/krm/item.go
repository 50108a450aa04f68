package krm

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/target"
)

// resourceKinds are VVP's, in the group that Kubernetes calls the core.
var resourceKinds = [...]string{target.Kind, deployment.KindDeployment, deployment.KindSessionCluster,
	deployment.KindDefaults}

// isResource tells VVP's resources from all others. One without an apiVersion is
// VVP's too: no object of Kubernetes is without.
func isResource(n *yaml.Node) bool {
	group, _, grouped := strings.Cut(text(n, "apiVersion"), "/")
	kind := text(n, "kind")
	if grouped {
		return group == "ververica.platform" && kind == "VvpDeployment"
	}
	return slices.Contains(resourceKinds[:], kind)
}

// Keys of annotations by which tools say where an item comes from. Newer and older
// tools use one of each pair, some both.
var (
	pathKeys  = [...]string{"internal.config.kubernetes.io/path", "config.kubernetes.io/path"}
	indexKeys = [...]string{"internal.config.kubernetes.io/index", "config.kubernetes.io/index"}
)

const localConfig = "config.kubernetes.io/local-config"

// ofTools reports whether an annotation is a tool's own.
func ofTools(key string) bool {
	domain, _, _ := strings.Cut(key, "/")
	return slices.Contains([]string{
		"config.kubernetes.io", "internal.config.kubernetes.io", "config.k8s.io",
		"kustomize.config.k8s.io", "internal.kpt.dev", "config.kpt.dev",
	}, domain)
}

// source is a VVP resource and where it comes from.
type source struct {
	node  *yaml.Node
	ref   Ref
	field string // of functionConfig, empty for an item
	file  string
	index int
	// keys are the annotations that the path came with.
	keys []string
	// stays: the resource is an item that is not taken out.
	stays bool
}

func refOf(n *yaml.Node) Ref {
	return Ref{
		APIVersion: text(n, "apiVersion"), Kind: text(n, "kind"),
		Namespace: text(n, "metadata", "namespace"), Name: text(n, "metadata", "name"),
	}
}

func newSource(n *yaml.Node) source {
	s := source{node: n, ref: refOf(n), stays: text(n, "metadata", "annotations", localConfig) == "true"}
	for i, key := range pathKeys {
		file := text(n, "metadata", "annotations", key)
		if file == "" {
			continue
		}
		s.keys = append(s.keys, key)
		if s.file == "" {
			s.file = file
			s.index, _ = strconv.Atoi(text(n, "metadata", "annotations", indexKeys[i]))
		}
	}
	return s
}

// beside returns the file for the objects of a resource of this name.
func (s source) beside(name string) string {
	return path.Join(path.Dir(s.file), name+".manifests.yaml")
}

// document returns the resource as a YAML document for the library's parsers.
func (s source) document() ([]byte, error) {
	w := &writer{}
	w.node(withoutTools(s.node), "")
	return w.out, w.err
}

// withoutTools returns a resource without the annotations of tools.
func withoutTools(n *yaml.Node) *yaml.Node {
	return edit(n, "metadata", func(metadata *yaml.Node) *yaml.Node {
		return edit(metadata, "annotations", func(annotations *yaml.Node) *yaml.Node {
			out := *annotations
			out.Fields = slices.DeleteFunc(slices.Clone(annotations.Fields),
				func(f yaml.Field) bool { return ofTools(f.Key) })
			if len(out.Fields) == 0 && len(annotations.Fields) > 0 {
				return nil
			}
			return &out
		})
	})
}

// edit returns a copy of a map with another value of one key, or without the key.
func edit(n *yaml.Node, key string, f func(*yaml.Node) *yaml.Node) *yaml.Node {
	i := slices.IndexFunc(n.Fields, func(f yaml.Field) bool { return f.Key == key })
	if i < 0 || n.Fields[i].Value.Kind != yaml.Map {
		return n
	}
	out := *n
	out.Fields = slices.Clone(n.Fields)
	if value := f(n.Fields[i].Value); value != nil {
		out.Fields[i].Value = value
	} else {
		out.Fields = slices.Delete(out.Fields, i, i+1)
	}
	return &out
}
