package compare

import (
	"strings"

	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// Pair is an object of the new set and the one of the old set whose place it takes, by
// their indices.
type Pair struct {
	Old, New int // Old is -1 if there is none
	// Replaced says that the two are parts of different Flink clusters of one resource.
	Replaced bool
	// Renamed makes a text of the old cluster one of the new, if its id has changed.
	Renamed func(string) string
}

// Pairs finds the old object for each new one, and returns the indices of the old ones
// that are left, too.
func Pairs(old, new []tree.Map) (pairs []Pair, removed []int) {
	m := matcher{old: old, new: new, pairs: make([]Pair, len(new)), taken: make([]bool, len(old))}
	for i := range new {
		m.pairs[i] = Pair{Old: -1, New: i}
	}
	m.assign(identity, false)
	m.assign(part, true)
	m.rename()
	for i, taken := range m.taken {
		if !taken {
			removed = append(removed, i)
		}
	}
	return m.pairs, removed
}

type matcher struct {
	old, new []tree.Map
	pairs    []Pair
	taken    []bool // of the old objects
}

// assign gives the old objects that are left, each once, to the new ones that have none
// and have the same key. An empty key is none.
func (m *matcher) assign(key func(tree.Map) string, replaced bool) {
	byKey := map[string][]int{}
	for i, o := range m.old {
		if k := key(o); k != "" && !m.taken[i] {
			byKey[k] = append(byKey[k], i)
		}
	}
	for i := range m.pairs {
		p := &m.pairs[i]
		k := key(m.new[p.New])
		if list := byKey[k]; p.Old < 0 && len(list) > 0 {
			p.Old, p.Replaced = list[0], replaced
			m.taken[list[0]], byKey[k] = true, list[1:]
		}
	}
}

// rename finds how texts of the old clusters that are replaced read in the new ones.
func (m *matcher) rename() {
	configs := map[string][]tree.Map{} // by job
	for _, o := range m.old {
		if id := jobOf(o); id != "" && tree.String(o, "kind") == "ConfigMap" {
			configs[id] = append(configs[id], o)
		}
	}
	renamings := map[[2]string]func(string) string{}
	for i, p := range m.pairs {
		if !p.Replaced {
			continue
		}
		ids := [2]string{jobOf(m.old[p.Old]), jobOf(m.new[p.New])}
		if ids[0] == ids[1] {
			continue // only its namespace is new, or it is of no job
		}
		if renamings[ids] == nil {
			renamings[ids] = renaming(ids[0], ids[1], configs[ids[0]])
		}
		m.pairs[i].Renamed = renamings[ids]
	}
}

// identity is what an object is known by on a cluster, whatever the version of its
// API.
func identity(o tree.Map) string {
	t := kinds.TypeOf(o)
	group, _, ok := strings.Cut(t.APIVersion, "/")
	if !ok {
		group = ""
	}
	return strings.Join([]string{group, t.Kind, tree.String(o, "metadata", "namespace"),
		tree.String(o, "metadata", "name")}, "\x00")
}

// part is what an object is of a Deployment or SessionCluster, empty if it is of
// neither.
func part(o tree.Map) string {
	set := tree.Child(o, "metadata", "labels")
	for _, key := range [...]string{labels.KeyDeploymentID, labels.KeySessionClusterID} {
		if id := tree.String(set, key); id != "" {
			return strings.Join([]string{key, id, tree.String(o, "kind"), tree.String(set, labels.KeyComponent)},
				"\x00")
		}
	}
	return ""
}

func jobOf(o tree.Map) string { return tree.String(o, "metadata", "labels", labels.KeyJobID) }

// renaming writes a new job id for the old one, as a UUID and as Flink writes it, and
// the checksums for those of the same configurations with it.
func renaming(old, new string, configs []tree.Map) func(string) string {
	flink := func(id string) string { return strings.ReplaceAll(id, "-", "") }
	ids := []string{old, new, flink(old), flink(new)}
	rename := strings.NewReplacer(ids...).Replace
	for _, o := range configs {
		data := tree.Map{}
		for key, text := range tree.Strings(o, "data") {
			data[key] = rename(text)
		}
		ids = append(ids, tree.Sum(o["data"]), tree.Sum(data))
	}
	return strings.NewReplacer(ids...).Replace
}
