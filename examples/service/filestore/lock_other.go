//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package filestore

import (
	"errors"
	"os"
)

// lock refuses: without a lock, two processes would lose each other's writes.
func lock(*os.File) error { return errors.ErrUnsupported }
