package target

import "cmp"

// A Ref refers to a target of a VVP namespace by name or by id. If both are set,
// both must be the target's.
type Ref struct {
	// Namespace is the VVP namespace. Empty means "default".
	Namespace string `json:"namespace,omitempty"`
	// Name is metadata.name of the target, ID its metadata.id.
	Name string `json:"name,omitempty"`
	ID   string `json:"id,omitempty"`
}

// String returns namespace/name, or namespace/id if there is no name.
func (r Ref) String() string {
	return r.namespace() + "/" + cmp.Or(r.Name, r.ID)
}

func (r Ref) namespace() string { return cmp.Or(r.Namespace, DefaultNamespace) }

// IsZero reports whether r refers to nothing.
func (r Ref) IsZero() bool { return r.Name == "" && r.ID == "" }

// Matches reports whether r refers to t.
func (r Ref) Matches(t Target) bool {
	return !r.IsZero() && r.namespace() == t.Namespace() &&
		(r.Name == "" || r.Name == t.Name()) && (r.ID == "" || r.ID == t.ID())
}

// An Owner is a resource that refers to a target. Two owners are the same if all of
// their fields are; an empty namespace means "default".
type Owner struct {
	// Kind is "Deployment", "SessionCluster" or another kind that refers to targets.
	Kind string `json:"kind"`
	// Namespace is the VVP namespace. Empty means "default".
	Namespace string `json:"namespace,omitempty"`
	// Name is the resource's metadata.name.
	Name string `json:"name"`
	// UID distinguishes the resource from an earlier one of the same name. With a UID
	// from VVP, a late release by the earlier one does not end the hold of the later
	// one; with an empty UID, or one derived from the name, it does.
	UID string `json:"uid,omitempty"`
}

// String returns the kind and namespace/name.
func (o Owner) String() string {
	o = o.withDefaults()
	return o.Kind + " " + o.Namespace + "/" + o.Name
}

func (o Owner) withDefaults() Owner {
	o.Namespace = cmp.Or(o.Namespace, DefaultNamespace)
	return o
}
