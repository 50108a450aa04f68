package store

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/target"
)

// The prefixes of keys.
const (
	targets = "targets/"
	ids     = "ids/"
)

// keyOf is the key of the target of a name. Names are escaped: a reference may have any.
func keyOf(ref target.Ref) string {
	namespace := cmp.Or(ref.Namespace, target.DefaultNamespace)
	return targets + url.PathEscape(namespace) + "/" + url.PathEscape(ref.Name)
}

// keyOfID is the key of the record that has the key of the target with an id.
func keyOfID(id string) string { return ids + url.PathEscape(id) }

func isID(key string) bool { return strings.HasPrefix(key, ids) }

// entry is the value of a target's record.
type entry struct {
	Target target.Config  `json:"target"`
	Owners []target.Owner `json:"owners,omitempty"`
}

// view is what was read at one moment: the caller's own records, then those of ids and
// targets; the registry holds the targets.
type view struct {
	own      int
	records  []Record
	registry *target.Registry
	ids      map[string]string // of the targets that were read, by their key
}

// decode fills the registry. Its errors are of no class: the caller made no mistake.
func (v *view) decode() error {
	v.ids = map[string]string{}
	for _, r := range v.records[v.own:] {
		if isID(r.Key) || r.Value == nil {
			continue
		}
		var e entry
		d := json.NewDecoder(bytes.NewReader(r.Value))
		d.DisallowUnknownFields() // which would be lost in the next write
		err := d.Decode(&e)
		var t target.Target
		if err == nil {
			t, err = target.New(e.Target)
		}
		if err == nil {
			err = add(v.registry, t, e.Owners)
		}
		if err == nil && keyOf(t.Ref()) != r.Key {
			err = errors.New("it has another target")
		}
		if err != nil {
			return fmt.Errorf("the record %s: %v", r.Key, err)
		}
		v.ids[r.Key] = t.ID()
	}
	return nil
}

// add registers a target with its owners.
func add(r *target.Registry, t target.Target, owners []target.Owner) error {
	if err := r.Register(t); err != nil {
		return err
	}
	for _, o := range owners {
		if err := r.Acquire(t.Ref(), o); err != nil {
			return err
		}
	}
	return nil
}

// changes returns what is to be written, none if nothing changed, or the keys of
// records that have to be read before.
func (v *view) changes(own []Record) (write []Record, missing []string, err error) {
	now, missing, err := v.values()
	if err != nil || len(missing) > 0 {
		return nil, missing, err
	}
	changes := false
	for i, r := range v.records {
		after := r
		if i < v.own {
			after.Value = own[i].Value
		} else {
			after.Value = now[r.Key]
		}
		changed := !bytes.Equal(r.Value, after.Value) || (r.Value == nil) != (after.Value == nil)
		changes = changes || changed
		// The record of an id lasts as long as that of its target. Others are written
		// also where they stay the same: what was decided on must not change meanwhile.
		if changed || r.Value != nil && !isID(r.Key) {
			write = append(write, after)
		}
	}
	if !changes {
		return nil, nil, nil
	}
	return write, nil, nil
}

// values returns the records that the registry is now, and which were not read: whether
// a new name or id is taken, and the ids of targets that are gone.
func (v *view) values() (now map[string][]byte, missing []string, err error) {
	now = map[string][]byte{}
	gone := maps.Clone(v.ids)
	need := func(key string) {
		read := slices.ContainsFunc(v.records[v.own:], func(r Record) bool { return r.Key == key })
		if !read && !slices.Contains(missing, key) {
			missing = append(missing, key)
		}
	}
	for t := range v.registry.All() {
		key := keyOf(t.Ref())
		owners, _ := v.registry.Owners(t.Ref())
		if now[key], err = json.Marshal(entry{t.Config(), owners}); err != nil {
			return nil, nil, err
		}
		if t.ID() != "" {
			now[keyOfID(t.ID())] = []byte(key)
		}
		if old, there := v.ids[key]; there && old == t.ID() {
			delete(gone, key)
			continue
		}
		need(key)
		if t.ID() != "" {
			need(keyOfID(t.ID()))
		}
	}
	for _, id := range gone {
		if id != "" {
			need(keyOfID(id))
		}
	}
	return now, missing, nil
}
