//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package main

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// lock keeps other runs from a folder until it is closed, or the program ends, however
// it does. Those that only read may be many. It does not wait.
func lock(folder *os.File, shared bool) error {
	how := syscall.LOCK_EX
	if shared {
		how = syscall.LOCK_SH
	}
	return syscall.Flock(int(folder.Fd()), how|syscall.LOCK_NB)
}

// flush puts the names in a folder on the disk. One that was removed has none, and some
// file systems cannot.
func flush(root *os.Root, dir string) error {
	step()
	f, err := root.Open(dir)
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.EINVAL) {
		return nil
	}
	return err
}
