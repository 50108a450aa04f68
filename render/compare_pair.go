package render

import (
	"strings"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// objectPair is a new object and the old one in whose place it is to come, the zero
// Object if there is none.
type objectPair struct {
	old, new Object
	// replaced says that the two are parts of different Flink clusters of one resource.
	replaced bool
	// renamed makes a text of the old cluster one of the new, if its id has changed.
	renamed func(string) string
}

// pair finds the old object for each new one, and returns those that are left, too.
func pair(old, new []Object) (pairs []objectPair, removed []Object) {
	pairs = make([]objectPair, len(new))
	for i, o := range new {
		pairs[i].new = o
	}
	rest := assign(old, pairs, identity, false)
	rest = assign(rest, pairs, part, true)
	clusters := byJob(old)
	renamings := map[[2]string]func(string) string{}
	for i, p := range pairs {
		if !p.replaced {
			continue
		}
		ids := [2]string{jobOf(p.old), jobOf(p.new)}
		if ids[0] == ids[1] {
			continue // it has but another namespace, or is no job's
		}
		if renamings[ids] == nil {
			renamings[ids] = renaming(ids[0], ids[1], clusters[ids[0]])
		}
		pairs[i].renamed = renamings[ids]
	}
	return pairs, rest
}

// assign gives the old objects, each once, to the new ones that have none and have
// the same key. It returns those that are left. An empty key is none.
func assign(old []Object, pairs []objectPair, key func(Object) string, replaced bool) (rest []Object) {
	byKey := map[string][]int{}
	for i, o := range old {
		if k := key(o); k != "" {
			byKey[k] = append(byKey[k], i)
		}
	}
	taken := make([]bool, len(old))
	for i, p := range pairs {
		k := key(p.new)
		if list := byKey[k]; p.old.tree == nil && len(list) > 0 {
			pairs[i].old, pairs[i].replaced = old[list[0]], replaced
			taken[list[0]], byKey[k] = true, list[1:]
		}
	}
	for i, o := range old {
		if !taken[i] {
			rest = append(rest, o)
		}
	}
	return rest
}

// identity is what an object is known by on a cluster, whatever the version of its
// API.
func identity(o Object) string {
	group, _, ok := strings.Cut(o.APIVersion(), "/")
	if !ok {
		group = ""
	}
	return strings.Join([]string{group, o.Kind(), o.Namespace(), o.Name()}, "\x00")
}

// part is what an object is of a Deployment or SessionCluster, empty if it is of
// neither.
func part(o Object) string {
	set := tree.Child(o.tree, "metadata", "labels")
	for _, key := range [...]string{labels.KeyDeploymentID, labels.KeySessionClusterID} {
		if id := tree.String(set, key); id != "" {
			return strings.Join([]string{key, id, o.Kind(), tree.String(set, labels.KeyComponent)}, "\x00")
		}
	}
	return ""
}

func jobOf(o Object) string { return tree.String(o.tree, "metadata", "labels", labels.KeyJobID) }

// byJob returns the ConfigMaps of each job.
func byJob(objects []Object) map[string][]Object {
	out := map[string][]Object{}
	for _, o := range objects {
		if id := jobOf(o); id != "" && o.Kind() == "ConfigMap" {
			out[id] = append(out[id], o)
		}
	}
	return out
}

// renaming writes a new job id for the old one, as a UUID and as Flink writes it, and
// the checksums for those of the same configurations with it.
func renaming(old, new string, configs []Object) func(string) string {
	flink := func(id string) string { return strings.ReplaceAll(id, "-", "") }
	ids := []string{old, new, flink(old), flink(new)}
	rename := strings.NewReplacer(ids...).Replace
	for _, o := range configs {
		data := tree.Map{}
		for key, text := range tree.Strings(o.tree, "data") {
			data[key] = rename(text)
		}
		ids = append(ids, configSum(o.tree["data"]), configSum(data))
	}
	return strings.NewReplacer(ids...).Replace
}
