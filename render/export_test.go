package render

import (
	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/verify"
)

// Order is order.
var Order = order

// WatchVerify calls f, and watch whenever objects are verified meanwhile.
func WatchVerify(watch, f func()) {
	made := verifyObjects
	defer func() { verifyObjects = made }()
	verifyObjects = func(objects []tree.Map, want verify.Expectation) []flinktarget.Problem {
		watch()
		return made(objects, want)
	}
	f()
}

// HasCondition reports whether it is said when a kind is rendered.
func HasCondition(kind string) bool { return conditions[kind] != condition{} }
