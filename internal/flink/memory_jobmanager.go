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
		if o.heap.set {
			m.Heap, m.OffHeap, bad = o.explicit()
		} else {
			m.Heap, m.OffHeap, bad = o.fromFlink(flink)
		}
		return m.Heap + m.OffHeap, bad
	})
	return m, bad
}

// fromFlink is JobManagerFlinkMemoryUtils.deriveFromTotalFlinkMemory.
func (o jobManagerOptions) fromFlink(flink budget) (heap, offHeap int64, bad misfit) {
	if offHeap = o.offHeap.bytes; flink.bytes <= offHeap {
		return 0, 0, flink.short("leave no heap beside %s of off-heap memory (%s)", o.offHeap.amount(), o.offHeap.key)
	}
	return flink.bytes - offHeap, offHeap, misfit{}
}

// explicit is JobManagerFlinkMemoryUtils.deriveFromRequiredFineGrainedOptions.
func (o jobManagerOptions) explicit() (heap, offHeap int64, bad misfit) {
	heap, offHeap = o.heap.bytes, o.offHeap.bytes
	switch {
	case !o.flink.set:
	case o.offHeap.set && heap+offHeap != o.flink.bytes:
		bad = misfit{key: o.flink.key, reason: fmt.Sprintf("%s is not the sum of heap (%s) and off-heap memory (%s)",
			o.flink.amount(), o.heap.amount(), o.offHeap.amount())}
	case o.flink.bytes < heap:
		bad = misfit{key: o.flink.key,
			reason: fmt.Sprintf("%s is less than the heap of %s", o.flink.amount(), o.heap)}
	default:
		offHeap = o.flink.bytes - heap
	}
	return heap, offHeap, bad
}
