package flink

// renamed are options whose old spelling Flink 2.0 no longer reads, or which it
// removed without a successor (empty replacement).
var renamed = map[string]string{
	"high-availability":                   "high-availability.type",
	"recovery.mode":                       "high-availability.type",
	"state.backend":                       "state.backend.type",
	"jobmanager.heap.size":                "jobmanager.memory.heap.size",
	"jobmanager.heap.mb":                  "jobmanager.memory.heap.size",
	"taskmanager.heap.size":               "taskmanager.memory.flink.size",
	"taskmanager.heap.mb":                 "taskmanager.memory.flink.size",
	"taskmanager.network.numberOfBuffers": "taskmanager.memory.network.min and .max",
}

// Deprecated reports whether v no longer reads key or will misread it, and what
// to write instead; the replacement is empty when there is none.
func Deprecated(v Version, key string) (replacement string, ok bool) {
	if v.Major < 2 {
		return "", false
	}
	replacement, ok = renamed[key]
	return replacement, ok
}
