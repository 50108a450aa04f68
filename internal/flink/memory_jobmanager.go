package flink

import "fmt"

// RecommendedJobManagerHeap is the heap below which Flink logs a warning
// (JobManagerOptions.MIN_JVM_HEAP_SIZE), in bytes.
const RecommendedJobManagerHeap = 128 * mib

// JobManagerMemory is how a JobManager divides its memory, in bytes.
type JobManagerMemory struct {
	Process             int64
	Heap, OffHeap       int64
	Metaspace, Overhead int64
}

type jobManagerOptions struct {
	jvm
	flink, heap, offHeap size
}

// JobManager returns the JobManager under conf, whose own
// jobmanager.memory.process.size, if any, is ignored. It divides its memory as
// JobManagerProcessUtils does.
func (v Version) JobManager(conf map[string]string) Process[JobManagerMemory] {
	r := optionReader{conf: conf}
	o := jobManagerOptions{
		jvm:     r.jvm("jobmanager"),
		flink:   r.part(0, "jobmanager.memory.flink.size"),
		heap:    r.part(0, "jobmanager.memory.heap.size"),
		offHeap: r.part(128*mib, "jobmanager.memory.off-heap.size"),
	}
	o.heap = r.legacyHeap(v, o.heap, "jobmanager")
	return Process[JobManagerMemory]{r.problems, o.divide}
}

func (o jobManagerOptions) divide(process int64) (m JobManagerMemory, bad misfit) {
	m = JobManagerMemory{Process: process, Metaspace: o.metaspace.bytes}
	m.Overhead, bad = o.jvm.divide(process, o.flink, o.heap.set, func(flink budget) (sum int64, bad misfit) {
		m.Heap, m.OffHeap = o.heap.bytes, o.offHeap.bytes
		switch {
		case !o.heap.set: // JobManagerFlinkMemoryUtils.deriveFromTotalFlinkMemory
			if m.Heap = flink.bytes - m.OffHeap; m.Heap <= 0 {
				bad = flink.short("leave no heap beside %s of off-heap memory (%s)", o.offHeap.amount(), o.offHeap.key)
			}
		case !o.flink.set: // deriveFromRequiredFineGrainedOptions
		case o.offHeap.set && m.Heap+m.OffHeap != flink.bytes:
			bad = misfit{key: flink.key, reason: fmt.Sprintf("%s is not the sum of heap (%s) and off-heap memory (%s)",
				o.flink.amount(), o.heap.amount(), o.offHeap.amount())}
		case flink.bytes < m.Heap:
			bad = misfit{key: flink.key,
				reason: fmt.Sprintf("%s is less than the heap of %s", o.flink.amount(), o.heap)}
		default:
			m.OffHeap = flink.bytes - m.Heap
		}
		return m.Heap + m.OffHeap, bad
	})
	return m, bad
}
