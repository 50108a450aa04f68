//go:build race

package yamldoc_test

// The race detector allocates on its own account.
const raceDetector = true
