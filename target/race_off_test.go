//go:build !race

package target_test

// The race detector allocates on its own account.
const raceDetector = false
