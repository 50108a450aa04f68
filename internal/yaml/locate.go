package yaml

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
	return pos.Position()
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
	for i := range n.Fields {
		if l := matched(path, n.Fields[i].Key); l > bestLen {
			best, bestLen = n.Fields[i].Value, l
		}
	}
	if best == nil {
		return nil, ""
	}
	return best, path[bestLen:]
}

// matched returns how much of path names key, as key, .key or [key]; -1 if it
// does not.
func matched(path, key string) int {
	rest, dotted := strings.CutPrefix(path, ".")
	if dotted || path[0] != '[' {
		if tail, ok := strings.CutPrefix(rest, key); ok && (tail == "" || tail[0] == '.' || tail[0] == '[') {
			return len(path) - len(tail)
		}
	}
	if path[0] == '[' {
		if tail, ok := strings.CutPrefix(path[1:], key); ok && strings.HasPrefix(tail, "]") &&
			(len(tail) == 1 || tail[1] == '.' || tail[1] == '[') {
			return len(path) - len(tail) + 1
		}
	}
	return -1
}
