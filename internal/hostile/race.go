package hostile

import (
	"runtime/debug"
	"slices"
)

// RaceDetector reports whether the program was built with -race, with which the same
// work takes more time and memory.
func RaceDetector() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
