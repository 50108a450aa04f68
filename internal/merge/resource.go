package merge

import "github.com/flinktarget/flinktarget/internal/catalog"

// Resource returns the schema of a VVP kind, Deployment or SessionCluster.
func Resource(kind string) Schema {
	var lists []List
	for _, l := range catalog.MergeLists(kind) {
		lists = append(lists, List{Path: l.Path, Keys: l.Keys, Type: l.Type})
	}
	return Lists(lists...)
}
