package yamldoc

import (
	"strconv"
	"strings"
)

// Locate finds the place of a field path as field.Path prints it, such as
// spec.pods[2].labels[a.b/c]. Where the path leaves the document, the last value
// on the way is what counts: a missing field is reported at its parent.
func (n *Node) Locate(path string) Position {
	if n == nil {
		return Position{}
	}
	pos := n.Pos
	for path != "" {
		next, rest := n.step(path)
		if next == nil {
			break
		}
		n, path, pos = next, rest, next.Pos
	}
	return pos
}

func (n *Node) step(path string) (*Node, string) {
	if n.Kind == List && path[0] == '[' {
		index, rest, ok := strings.Cut(path[1:], "]")
		i, err := strconv.Atoi(index)
		if !ok || err != nil || i < 0 || i >= len(n.Items) {
			return nil, ""
		}
		return n.Items[i], rest
	}
	// Keys may hold dots and brackets themselves, so the longest match wins.
	var best *Node
	bestLen := -1
	for _, f := range n.Fields {
		for _, form := range [...]string{"." + f.Key, "[" + f.Key + "]", f.Key} {
			rest, ok := strings.CutPrefix(path, form)
			if ok && len(form) > bestLen && (rest == "" || rest[0] == '.' || rest[0] == '[') {
				best, bestLen = f.Value, len(form)
			}
		}
	}
	if best == nil {
		return nil, ""
	}
	return best, path[bestLen:]
}
