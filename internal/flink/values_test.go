package flink_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/flink"
)

// TestOracleTypes asks Flink for more.
func TestUnreadable(t *testing.T) {
	for _, c := range []struct{ key, value, must string }{
		{"execution.checkpointing.interval", "10 s", ""},
		{"execution.checkpointing.interval", " 10MIN ", ""}, // blanks and case do not count
		{"execution.checkpointing.interval", "10000", ""},   // milliseconds
		{"execution.checkpointing.interval", "PT10S", ""},   // as 1.17 and newer read
		{"execution.checkpointing.interval", "banana", "a duration, such as 10 s or 5 min"},
		{"execution.checkpointing.interval", "10 bananas", "a duration, such as 10 s or 5 min"},
		{"execution.checkpointing.interval", "", "a duration, such as 10 s or 5 min"},
		{"execution.checkpointing.mode", "at_least_once", ""}, // case does not count
		{"execution.checkpointing.mode", "AT-LEAST-ONCE", "one of AT_LEAST_ONCE, EXACTLY_ONCE"},
		{"state.backend.incremental", "True", ""},
		{"state.backend.incremental", "yes", "true or false"},
		{"taskmanager.numberOfTaskSlots", "2", ""},
		{"taskmanager.numberOfTaskSlots", "2.0", "a whole number of 32 bits"},
		{"taskmanager.numberOfTaskSlots", "4294967296", "a whole number of 32 bits"},
		{"taskmanager.memory.managed.fraction", "4e-1f", ""}, // as Java writes numbers
		{"taskmanager.memory.managed.fraction", "40%", "a number"},
		{"taskmanager.memory.network.max", "1 gb", ""},
		{"taskmanager.memory.network.max", "1Gi", "a size, such as 64 mb"},
		{"state.backend.type", "anything", ""}, // a text, or the name of a class
		{"my.own.option", "anything", ""},
	} {
		assert.Equal(t, flink.Unreadable(c.key, c.value), c.must, "%s: %q", c.key, c.value)
	}
}
