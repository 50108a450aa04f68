package merge

import (
	"fmt"
	"strings"
)

// split takes the directives for the whole list out of a merged list and returns
// which it is, and the indices of the elements.
func (c *compiler) split(list []any, path string) (string, []int) {
	what := ""
	var rest []int
	inElements := false
	for i, e := range list {
		m, _ := e.(map[string]any)
		if _, ok := m[directive]; !ok || len(m) > 1 {
			inElements = inElements || ok
			rest = append(rest, i)
			continue
		}
		d := c.directive(m, element(path, i))
		if what != "" && what != d {
			c.refuse(element(path, i), "", "the list has both $patch: %s and $patch: %s", what, d)
		}
		what = d
	}
	switch {
	case what == "":
		return "merge", rest
	case inElements:
		c.refuse(path, "use one of them", "a $patch for the whole list and a $patch in an element do not go together")
	case what == "delete" && len(rest) > 0:
		c.refuse(path, "use $patch: replace to have the other elements instead of the object's",
			"- $patch: delete deletes the list, its other elements would be lost")
	}
	return what, rest
}

// whole returns the node for a list that is deleted or replaced, nil for one
// that is merged.
func whole(what, path string, value []any) *node {
	switch what {
	case "delete":
		return &node{act: removeList, path: path}
	case "replace":
		return &node{act: replaceList, path: path, value: value, has: true}
	default:
		return nil
	}
}

func (c *compiler) set(list []any, path string) *node {
	what, rest := c.split(list, path)
	l := &listPlan{index: map[string]int{}, values: []any{}}
	for _, i := range rest {
		e := list[i]
		at := element(path, i)
		switch e.(type) {
		case nil, map[string]any, []any:
			c.refuse(at, "", "expected a scalar: this list is merged as a set of values")
			continue
		}
		c.legal(e, at)
		text := scalarText(e)
		if _, ok := l.index[text]; !ok {
			l.index[text] = len(l.values)
			l.values = append(l.values, e)
		}
	}
	if n := whole(what, path, l.values); n != nil {
		return n
	}
	return &node{act: mergeSet, path: path, value: l.values, has: true, list: l}
}

func (c *compiler) keyed(list []any, f Field, path string) *node {
	what, rest := c.split(list, path)
	l := &listPlan{keys: f.Keys, index: make(map[string]int, len(rest)), elems: make([]*node, 0, len(rest))}
	own := true
	first := map[string]int{}
	for _, i := range rest {
		at := element(path, i)
		e, ok := list[i].(map[string]any)
		if !ok {
			c.refuse(at, "", "expected a map: this list is merged by %s", strings.Join(f.Keys, " and "))
			continue
		}
		id, ok := c.identify(e, f.Keys, at)
		if !ok {
			continue
		}
		if j, ok := first[id]; ok {
			c.refuse(at, "write one element", "%s is the same as in %s", describe(e, f.Keys), element(path, j))
			continue
		}
		first[id] = i
		n := c.element(e, f.Of, at)
		l.index[id] = len(l.elems)
		l.elems = append(l.elems, n)
		l.second = l.second || hasSecondKey(e, f.Keys)
		own = own && n.own
	}
	value := list
	if own = own && len(l.elems) == len(list); !own {
		value = l.made()
	}
	if n := whole(what, path, value); n != nil {
		return n
	}
	return &node{act: mergeKeyed, path: path, value: value, has: true, own: own, list: l}
}

// made is what a list becomes where there is none: without elements to be deleted.
func (l *listPlan) made() []any {
	value := make([]any, 0, len(l.elems))
	for _, n := range l.elems {
		if n.has {
			value = append(value, n.value)
		}
	}
	return value
}

// identify returns the identity of a patch's element and refuses one without.
func (c *compiler) identify(e map[string]any, keys []string, path string) (string, bool) {
	var missing []string
	for _, key := range keys {
		if scalarText(e[key]) == "" && defaults[key] == "" {
			missing = append(missing, key)
		}
	}
	if len(missing) == 0 {
		id, ok := appendIdentity(nil, e, keys)
		return string(id), ok
	}
	names := strings.Join(missing, " and ")
	c.refuse(path, fmt.Sprintf("give the %s of the element that is meant", names),
		"an element of a list that is merged by %s has no %s", strings.Join(keys, " and "), names)
	return "", false
}

func (c *compiler) element(e map[string]any, s Schema, path string) *node {
	n := c.mapping(e, s, path)
	if n.act == replaceMap {
		c.refuse(under(path, directive), "set the fields that are to go to null, or replace the list with - $patch: replace and its elements",
			"kustomize ignores $patch: replace in an element of a merged list")
	}
	return n
}
