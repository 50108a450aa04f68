package flink

import (
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget/internal/lazyregexp"
)

// Reference is VVP's ${NAME} in a configuration value; its group is the name.
var Reference = lazyregexp.New(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// Placeholder is VVP's {{ name }} in a configuration value; its group is the name.
var Placeholder = lazyregexp.New(`\{\{\s*(\w+)\s*\}\}`)

// SlotsKey is the option for the number of task slots of a TaskManager.
const SlotsKey = "taskmanager.numberOfTaskSlots"

// Options that decide on how the cluster follows its load, and on a port.
const (
	SchedulerKey     = "jobmanager.scheduler"
	SchedulerModeKey = "scheduler-mode"
	QueryServiceKey  = "metrics.internal.query-service.port"
)

// Slots returns what a configuration says of SlotsKey, 1 if it says nothing, and
// whether that is a number of slots.
func Slots(conf map[string]string) (int64, bool) {
	text, ok := conf[SlotsKey]
	if !ok {
		return 1, true
	}
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32)
	return n, err == nil && n > 0
}

// Elastic reports whether Flink runs a job with the slots that there are, however many its
// parallelism asks for: its adaptive scheduler does, which reactive mode uses.
func Elastic(conf map[string]string) bool {
	return strings.EqualFold(strings.TrimSpace(conf[SchedulerKey]), "adaptive") ||
		strings.EqualFold(strings.TrimSpace(conf[SchedulerModeKey]), "reactive")
}
