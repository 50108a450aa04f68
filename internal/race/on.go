//go:build race

// Package race tells tests whether the race detector is on, with which programs take
// more time and memory.
package race

// Enabled is whether it is.
const Enabled = true
