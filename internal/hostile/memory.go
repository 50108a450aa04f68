package hostile

import (
	"runtime"
	"runtime/debug"
	"slices"
)

// RaceDetector reports whether the program was built with -race, with which the same
// work takes more time and memory.
func RaceDetector() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// Worth is what may be allocated for a document, in bytes.
const Worth = 256 << 20

// Allocated returns how many bytes f allocates. Nothing else may run.
func Allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}
