// Package kyaml turns trees into the nodes that kustomize works on, and back, without a
// text between: what a text says of a number or a string depends on how it is quoted.
package kyaml

import (
	"fmt"
	"strconv"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// Node returns a tree as nodes, every scalar with its tag.
func Node(v any) *yaml.Node {
	switch v := v.(type) {
	case nil:
		return scalar(yaml.NodeTagNull, "null")
	case bool:
		return scalar(yaml.NodeTagBool, strconv.FormatBool(v))
	case int64:
		return scalar(yaml.NodeTagInt, strconv.FormatInt(v, 10))
	case float64:
		return scalar(yaml.NodeTagFloat, string(tree.JSON(v)))
	case string:
		return text(v)
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
		for _, e := range v {
			n.Content = append(n.Content, Node(e))
		}
		return n
	case tree.Map:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
		for _, k := range tree.Keys(v) {
			n.Content = append(n.Content, text(k), Node(v[k]))
		}
		return n
	default:
		panic(fmt.Sprintf("%T is not part of a tree", v))
	}
}

func scalar(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
}

// text returns a quoted string. What is not quoted, kyaml reads again.
func text(s string) *yaml.Node {
	n := scalar(yaml.NodeTagString, s)
	n.Style = yaml.DoubleQuotedStyle
	return n
}

// Tree returns nodes as a tree. It fails for a number that a tree does not hold.
func Tree(n *yaml.Node) (v any, err error) {
	switch n.Kind {
	case yaml.MappingNode:
		m := make(tree.Map, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			if m[n.Content[i].Value], err = Tree(n.Content[i+1]); err != nil {
				return nil, err
			}
		}
		return m, nil
	case yaml.SequenceNode:
		l := make([]any, len(n.Content))
		for i, e := range n.Content {
			if l[i], err = Tree(e); err != nil {
				return nil, err
			}
		}
		return l, nil
	}
	switch tag(n) {
	case yaml.NodeTagNull:
		return nil, nil
	case yaml.NodeTagBool:
		return strconv.ParseBool(n.Value)
	case yaml.NodeTagInt:
		return strconv.ParseInt(n.Value, 10, 64)
	case yaml.NodeTagFloat:
		return strconv.ParseFloat(n.Value, 64)
	default:
		return n.Value, nil
	}
}

// tag returns the tag of a scalar. kyaml's walker sets merge keys anew, as plain text.
func tag(n *yaml.Node) string {
	if n.Tag == "" && n.Style != yaml.DoubleQuotedStyle {
		return n.ShortTag()
	}
	return n.Tag
}
