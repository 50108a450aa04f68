package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// header is the first line of the files that this program may change and remove. With
// the path in it, a copy of a file under another name is not the program's.
func header(file string) string {
	return "# Rendered by examples/gitops as " + file + "; changes get lost.\n"
}

// A change is a file to be written, or to be removed if it has no text.
type change struct {
	verb, file string
	text       []byte
}

func (c change) String() string { return c.verb + " " + c.file }

// order is when a change is made, so that every moment is a consistent tree: a
// kustomization names only what is written already, and what it no longer names is
// removed after it.
func (c change) order() int {
	order := 0
	if path.Base(c.file) == kustomizationFile {
		order = 1
	}
	if c.text == nil {
		order = 3 - order
	}
	return order
}

// step is called before each step that changes the disk. Tests stop the program there.
var step = func() {}

// sync makes a folder hold these files and no others of this program's, and returns
// what it changed. All that forbids a change is found before the first one.
func sync(dir string, files map[string][]byte, check bool) ([]change, error) {
	if !check {
		step()
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
	}
	root, err := os.OpenRoot(dir) // nothing below leads out of it
	if check && errors.Is(err, fs.ErrNotExist) {
		changes, _, err := plan(nil, files)
		return changes, err
	}
	if err != nil {
		return nil, err
	}
	defer root.Close()
	folder, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer folder.Close() // which gives back the lock
	if err := lock(folder, check); err != nil {
		return nil, fmt.Errorf("%s is in use by another run of gitops: run this one again when that has ended (%w)",
			dir, err)
	}
	changes, half, err := plan(root, files)
	if err != nil || check {
		return changes, err
	}
	for _, file := range half {
		if err := remove(root, file); err != nil {
			return nil, err
		}
	}
	return applyAll(root, changes)
}

// applyAll returns the changes that it made. Those of one order are on the disk before those
// of the next, which rely on them.
func applyAll(root *os.Root, changes []change) ([]change, error) {
	touched := map[string]bool{}
	for i, c := range changes {
		if err := apply(root, c); err != nil {
			return changes[:i], err
		}
		for dir := path.Dir(c.file); !touched[dir]; dir = path.Dir(dir) {
			touched[dir] = true
		}
		if i+1 < len(changes) && changes[i+1].order() == c.order() {
			continue
		}
		for dir := range touched {
			if err := flush(root, dir); err != nil {
				return changes[:i+1], err
			}
		}
		clear(touched)
	}
	return changes, nil
}

// plan compares the folder, nil if there is none, with the files. It returns what runs that were
// killed have left half written, too.
func plan(root *os.Root, files map[string][]byte) (changes []change, half []string, err error) {
	if root != nil {
		changes, half, err = removals(root, files)
	}
	errs := []error{err}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		var text []byte
		if root != nil {
			text, err = current(root, file)
			errs = append(errs, err)
		}
		if c := (change{"write", file, append([]byte(header(file)), files[file]...)}); !bytes.Equal(text, c.text) {
			changes = append(changes, c)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, nil, err
	}
	slices.SortStableFunc(changes, func(a, b change) int { return cmp.Compare(a.order(), b.order()) })
	return changes, half, nil
}

// removals are those of this program's files that are no longer rendered, and those that are half
// written.
func removals(root *os.Root, files map[string][]byte) (changes []change, half []string, err error) {
	err = fs.WalkDir(root.FS(), ".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && file != ".":
			return fs.SkipDir
		case strings.HasPrefix(d.Name(), ".gitops") && path.Ext(file) == ".tmp" && !d.IsDir():
			half = append(half, file)
			return nil
		case !d.Type().IsRegular(), path.Ext(file) != ".yaml", files[file] != nil:
			return nil
		}
		own, err := isOwn(root, file)
		if own {
			changes = append(changes, change{verb: "remove", file: file})
		}
		return err
	})
	return changes, half, err
}

// isOwn reports whether a file is this program's.
func isOwn(root *os.Root, file string) (bool, error) {
	f, err := root.Open(file)
	if err != nil {
		return false, err
	}
	defer f.Close()
	start, err := io.ReadAll(io.LimitReader(f, int64(len(header(file)))))
	return string(start) == header(file), err
}

// current returns the text of a file that may be written, nil if there is none yet.
func current(root *os.Root, file string) ([]byte, error) {
	for i, c := range file + "/" {
		if c != '/' {
			continue
		}
		info, err := root.Lstat(file[:i])
		switch isFile := i == len(file); {
		case errors.Is(err, fs.ErrNotExist):
			return nil, nil
		case err != nil:
			return nil, err
		case isFile && !info.Mode().IsRegular():
			return nil, fmt.Errorf("%s is in the way: it is no regular file (symbolic links are not followed)", file)
		case !isFile && !info.IsDir():
			return nil, fmt.Errorf("%s is in the way: it is no folder (symbolic links are not followed)", file[:i])
		}
	}
	text, err := root.ReadFile(file)
	if err != nil {
		return nil, err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	if !strings.EqualFold(line+"\n", header(file)) {
		return nil, fmt.Errorf("%s is in the way: its first line does not say that this program made it; move it", file)
	}
	return text, nil
}

// remove removes a file, and its folders where they become empty.
func remove(root *os.Root, file string) error {
	step()
	if err := root.Remove(file); err != nil {
		return err
	}
	for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
		step()
		if root.Remove(dir) != nil {
			break
		}
	}
	return nil
}

// apply makes a change. A file is either its old or its new text, never a part of it.
func apply(root *os.Root, c change) error {
	if c.text == nil {
		// Where case does not count, what is to be removed may have been written since.
		own, err := isOwn(root, c.file)
		if err != nil || !own {
			return err
		}
		return remove(root, c.file)
	}
	dir := path.Dir(c.file)
	step()
	if err := root.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	// No other run has a file of this name, even where there are no locks.
	temporary := path.Join(dir, fmt.Sprintf(".gitops-%016x.tmp", rand.Uint64()))
	step()
	f, err := root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	step()
	_, err = f.Write(c.text)
	if err == nil {
		step()
		err = f.Sync() // before the rename, which may reach the disk before the text
	}
	if err = errors.Join(err, f.Close()); err == nil {
		step()
		err = root.Rename(temporary, c.file)
	}
	if err != nil {
		return errors.Join(err, root.Remove(temporary))
	}
	return nil
}

// apart refuses an output folder that is, holds, or is in one of the inputs: what is
// written would be read the next time.
func apart(out string, inputs []string) error {
	for _, in := range inputs {
		a, err := resolved(out)
		b, err2 := resolved(in)
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		if strings.HasPrefix(a, b) || strings.HasPrefix(b, a) {
			return fmt.Errorf("the output folder %s and the input %s must be apart", out, in)
		}
	}
	return nil
}

// resolved is an absolute path without links, with a separator at its end; of a path that does
// not exist yet, the part that does counts.
func resolved(p string) (string, error) {
	p, err := filepath.Abs(p)
	if err != nil {
		return "", err
	}
	found, err := filepath.EvalSymlinks(p)
	if errors.Is(err, fs.ErrNotExist) {
		found, err = resolved(filepath.Dir(p))
		found += filepath.Base(p)
	}
	return strings.TrimSuffix(found, string(filepath.Separator)) + string(filepath.Separator), err
}
