// Package lazyregexp compiles regular expressions when they are first used: a
// process that lives for one rendering uses few of them.
package lazyregexp

import (
	"regexp"
	"sync"
)

// New returns what returns the compiled expression, which must be legal. It is safe
// for concurrent use.
func New(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
