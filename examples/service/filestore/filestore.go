// Package filestore keeps the records of one process in memory, and in a file: a
// [store.Backend] for a service with one replica.
//
// The file is a log: a write appends one line with a checksum, and is answered after the
// line is on the disk. What was begun when the machine stopped has no whole line, and is
// not there. Where most of the log is of the past, it is written anew.
package filestore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/flinktarget/flinktarget/target/store"
)

// minGarbage is how much of a log may be of the past before it is written anew.
const minGarbage = 1 << 20

// Backend is a [store.Backend]. The zero value keeps nothing but memory, and is ready to
// use.
type Backend struct {
	writer sync.Mutex // one write at a time; readers do not wait for the disk
	path   string
	lock   *os.File
	log    *os.File
	size   int64 // of the log as far as it is known to be whole
	torn   bool  // there may be more in the log
	live   int64 // about what a new log would have

	mu      sync.RWMutex
	records map[string]store.Record
	writes  int64
}

var _ store.Backend = (*Backend)(nil)

// Open reads a file, or makes it. Another process that has it open is an error, and so is
// a file that cannot be written.
func Open(path string) (*Backend, error) {
	if to, err := filepath.EvalSymlinks(path); err == nil {
		path = to // or one file had two locks, and a new log took the place of the link
	}
	b := &Backend{path: path, records: map[string]store.Record{}}
	var err error
	// The lock is another file, because the log is replaced.
	if b.lock, err = os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, err
	}
	if err := lock(b.lock); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: another process uses it: %w", path, err), b.lock.Close())
	}
	if err := b.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), b.Close())
	}
	return b, nil
}

// Close lets another process have the file.
func (b *Backend) Close() error {
	b.writer.Lock()
	defer b.writer.Unlock()
	var errs []error
	for _, f := range []*os.File{b.log, b.lock} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	b.log, b.lock = nil, nil
	return errors.Join(errs...)
}

// line is a line of the log without its checksum. A value that is null is deleted.
func line(records []store.Record) ([]byte, error) {
	values := make(map[string][]byte, len(records))
	for _, r := range records {
		values[r.Key] = r.Value
	}
	text, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%08x %s\n", crc32.ChecksumIEEE(text), text), nil
}

// load reads the log. A last line that is not whole was never acknowledged.
func (b *Backend) load() error {
	text, err := os.ReadFile(b.path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for n := 1; len(text) > 0; n++ {
		one, rest, whole := bytes.Cut(text, []byte("\n"))
		sum, values, _ := bytes.Cut(one, []byte(" "))
		if !whole {
			break
		}
		var changed map[string][]byte
		if string(sum) != fmt.Sprintf("%08x", crc32.ChecksumIEEE(values)) || json.Unmarshal(values, &changed) != nil {
			if len(rest) == 0 {
				break
			}
			return fmt.Errorf("line %d is damaged", n)
		}
		for key, value := range changed {
			b.set(store.Record{Key: key, Value: value})
		}
		text = rest
	}
	return b.rewrite()
}

// rewrite replaces the log by one line, at one moment: whenever the machine stops, there
// is the old one or the new one.
func (b *Backend) rewrite() error {
	text, err := line(slices.Collect(maps.Values(b.records)))
	if err != nil {
		return err
	}
	// Records may hold secrets: the file is for its owner only.
	f, err := os.OpenFile(b.path+".tmp", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync() // before the rename, which may reach the disk before the content
	}
	if err == nil {
		err = os.Rename(f.Name(), b.path)
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	if b.log != nil {
		_ = b.log.Close()
	}
	b.log, b.size, b.live = f, int64(len(text)), int64(len(text))
	err = syncFolder(filepath.Dir(b.path)) // which has the name
	b.torn = err != nil
	return err
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// append adds a line to the log. If it fails, what is there of the line is taken away
// now, or before the next one.
func (b *Backend) append(records []store.Record) error {
	if b.path == "" {
		return nil
	}
	if b.log == nil {
		return os.ErrClosed
	}
	text, err := line(records)
	if err != nil {
		return err
	}
	if b.torn || b.size > 2*b.live+minGarbage {
		if err := b.rewrite(); err != nil {
			return err
		}
	}
	b.torn = true
	_, err = b.log.Seek(b.size, io.SeekStart)
	if err == nil {
		_, err = b.log.Write(text)
	}
	if err == nil {
		err = b.log.Sync()
	}
	if err == nil {
		b.torn = false
		b.size += int64(len(text))
		return nil
	}
	if err2 := b.log.Truncate(b.size); err2 == nil && b.log.Sync() == nil {
		b.torn = false
	}
	return err
}

func (b *Backend) set(r store.Record) {
	b.writes++
	b.live += int64(len(r.Key)+len(r.Value)*4/3) - int64(len(b.records[r.Key].Value)*4/3)
	if r.Revision = b.writes; r.Value == nil {
		delete(b.records, r.Key)
		return
	}
	r.Value = bytes.Clone(r.Value)
	b.records[r.Key] = r
}

// Read reads memory.
func (b *Backend) Read(ctx context.Context, keys ...string) ([]store.Record, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := make([]store.Record, len(keys))
	for i, key := range keys {
		out[i] = b.records[key]
		out[i].Key = key
	}
	return out, ctx.Err()
}

// List reads memory.
func (b *Backend) List(ctx context.Context, prefix string) ([]store.Record, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	all := slices.Collect(maps.Values(b.records))
	return slices.DeleteFunc(all, func(r store.Record) bool { return !strings.HasPrefix(r.Key, prefix) }), ctx.Err()
}

// Write writes the file, then memory: nobody reads what may not survive. If the file
// cannot be written, nothing has changed.
func (b *Backend) Write(ctx context.Context, records ...store.Record) (bool, error) {
	b.writer.Lock()
	defer b.writer.Unlock()
	if err := ctx.Err(); err != nil {
		return false, err
	}
	for _, r := range records { // only writers change the map
		if b.records[r.Key].Revision != r.Revision {
			return false, nil
		}
	}
	if err := b.append(records); err != nil {
		return false, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.records == nil {
		b.records = map[string]store.Record{}
	}
	for _, r := range records {
		b.set(r)
	}
	return true, nil
}
