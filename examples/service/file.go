package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/flinktarget/flinktarget/target"
)

const stateVersion = 1

// state is the content of the state file.
type state struct {
	Version   int                          `json:"version"`
	Registry  json.RawMessage              `json:"registry"`
	Resources map[string][]json.RawMessage `json:"resources"` // by the path of their kind
}

// save writes everything. What a service writes grows with what it keeps: one with
// many thousands of resources wants a database.
func (s *store) save() error {
	out := state{Version: stateVersion, Registry: s.registry.Snapshot(), Resources: map[string][]json.RawMessage{}}
	for at, r := range s.resources {
		text, err := r.MarshalJSON()
		if err != nil {
			return err
		}
		out.Resources[at.kind.path] = append(out.Resources[at.kind.path], text)
	}
	text, err := json.Marshal(out)
	if err != nil {
		return err
	}
	return replaceFile(s.file, text)
}

// replaceFile replaces a file at one moment: whenever the machine stops, there is
// the old file or the new one. After it has returned, it is the new one.
func replaceFile(name string, text []byte) error {
	temporary := name + ".tmp"
	// Patch sets may hold secrets: the file is for its owner only.
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync() // before the rename, which may reach the disk before the content
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(temporary, name); err != nil {
		return err
	}
	// The new name is in the folder, which is a file of its own.
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// load reads the state file, and believes nothing of it.
func (s *store) load() error {
	s.registry, s.resources = new(target.Registry), map[key]resource{}
	text, err := os.ReadFile(s.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var in state
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	if in.Version != stateVersion {
		return fmt.Errorf("version %d is not %d", in.Version, stateVersion)
	}
	if s.registry, err = target.Restore(in.Registry); err != nil {
		return err
	}
	for i := range kinds {
		for _, text := range in.Resources[kinds[i].path] {
			r, err := kinds[i].parse(text)
			if err != nil {
				return err
			}
			at := key{&kinds[i], r.Namespace(), r.Name()}
			if s.resources[at] != nil {
				return fmt.Errorf("%s is there twice", r)
			}
			s.resources[at] = r
		}
	}
	return s.checkHolds()
}

// checkHolds makes sure that there is one hold for each resource, and no other.
func (s *store) checkHolds() error {
	for _, r := range s.resources {
		held, err := s.registry.Owners(r.Target())
		if err != nil {
			return err
		}
		if !slices.Contains(held, r.Owner()) {
			return fmt.Errorf("%s does not hold its target %s", r, r.Target())
		}
	}
	holds := 0
	for t := range s.registry.All() {
		held, err := s.registry.Owners(t.Ref())
		if err != nil {
			return err
		}
		holds += len(held)
	}
	if holds != len(s.resources) {
		return fmt.Errorf("%d resources have %d holds", len(s.resources), holds)
	}
	return nil
}
