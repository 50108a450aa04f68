//go:build !race

package deployment_test

// The race detector allocates on its own account.
const raceDetector = false
