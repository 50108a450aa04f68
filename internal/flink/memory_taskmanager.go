package flink

// TaskManagerMemory is how a TaskManager divides its memory, in bytes.
type TaskManagerMemory struct {
	Process                         int64
	FrameworkHeap, FrameworkOffHeap int64
	TaskHeap, TaskOffHeap           int64
	Network, Managed                int64
	Metaspace, Overhead             int64
}

// flink sums the parts that are Flink's own.
func (m TaskManagerMemory) flink() int64 {
	return m.FrameworkHeap + m.FrameworkOffHeap + m.TaskHeap + m.TaskOffHeap + m.Network + m.Managed
}

type taskManagerOptions struct {
	jvm
	flink                           size
	frameworkHeap, frameworkOffHeap size
	taskHeap, taskOffHeap           size
	managed                         size
	managedFraction                 float64
	network                         span
	networkFixed                    size // taskmanager.network.numberOfBuffers, until 1.20
}

// TaskManager returns a TaskManager under conf, whose own
// taskmanager.memory.process.size, if any, is ignored. It divides its memory as
// TaskExecutorProcessUtils does.
func (v Version) TaskManager(conf map[string]string) Process[TaskManagerMemory] {
	const p = "taskmanager.memory."
	r := optionReader{conf: conf}
	o := taskManagerOptions{
		jvm:              r.jvm("taskmanager"),
		flink:            r.part(0, p+"flink.size"),
		frameworkHeap:    r.part(128*mib, p+"framework.heap.size"),
		frameworkOffHeap: r.part(128*mib, p+"framework.off-heap.size"),
		taskHeap:         r.part(0, p+"task.heap.size"),
		taskOffHeap:      r.part(0, p+"task.off-heap.size"),
		managed:          r.part(0, p+"managed.size", "taskmanager.memory.size"),
		network: r.span(
			r.part(64*mib, p+"network.min", "taskmanager.network.memory.min"),
			r.size(v.NetworkMax, p+"network.max", "taskmanager.network.memory.max"),
			0.1, p+"network.fraction", "taskmanager.network.memory.fraction"),
	}
	if !o.managed.set { // Flink reads the fraction only then
		o.managedFraction, _ = r.fraction(0.4, p+"managed.fraction")
	}
	o.flink = r.legacyHeap(v, o.flink, "taskmanager")
	o.networkFixed = r.networkBuffers(v, o.network)
	return Process[TaskManagerMemory]{r.problems, o.divide}
}

// networkBuffers is TaskExecutorFlinkMemoryUtils.isUsingLegacyNetworkConfigs:
// a number of buffers counts when no newer network option is set.
func (r *optionReader) networkBuffers(v Version, network span) size {
	const key = "taskmanager.network.numberOfBuffers"
	page := r.segment()
	_, ok := r.conf[key]
	_, fractionSet := r.conf[network.fractionKey]
	if !ok || v.Major > 1 || network.min.set || network.max.set || fractionSet {
		return size{key: key}
	}
	return r.count(key, page, "write a whole number, or set taskmanager.memory.network.min and .max",
		"usable number of buffers")
}

// segment is ConfigurationParserUtils.getPageSize. A TaskManager does not start
// with a size that breaks its rules, whether buffers are counted or not.
func (r *optionReader) segment() int64 {
	s := r.size(32<<10, "taskmanager.memory.segment-size")
	if s.bytes < 4096 || s.bytes > 1<<30 || s.bytes&(s.bytes-1) != 0 {
		r.fail(s.key, `write it like "32kb"`, "%d bytes are not a power of two from 4 KiB to 1 GiB", s.bytes)
		s.bytes = 4096
	}
	return s.bytes
}

func (o taskManagerOptions) divide(process int64) (m TaskManagerMemory, bad misfit) {
	explicit := o.taskHeap.set && o.managed.set
	overhead, bad := o.jvm.divide(process, o.flink, explicit, func(flink budget) (sum int64, bad misfit) {
		m = TaskManagerMemory{ // what no derivation changes
			FrameworkHeap: o.frameworkHeap.bytes, FrameworkOffHeap: o.frameworkOffHeap.bytes,
			TaskHeap: o.taskHeap.bytes, TaskOffHeap: o.taskOffHeap.bytes, Managed: o.managed.bytes,
		}
		bad = o.fill(&m, flink, explicit)
		return m.flink(), bad
	})
	m.Process, m.Metaspace, m.Overhead = process, o.metaspace.bytes, overhead
	return m, bad
}

// fill is TaskExecutorFlinkMemoryUtils.deriveFromRequiredFineGrainedOptions or
// deriveFromTotalFlinkMemory.
func (o taskManagerOptions) fill(m *TaskManagerMemory, flink budget, explicit bool) misfit {
	if !o.managed.set {
		m.Managed, _ = share(flink.bytes, o.managedFraction)
	}
	switch {
	case o.taskHeap.set && (!explicit || o.flink.set):
		return o.networkFromRest(m, flink)
	case o.networkFixed.set:
		m.Network = o.networkFixed.bytes
	case explicit:
		m.Network = min(o.network.ofRest(m.flink()), maxMemory)
	default:
		m.Network = o.network.of(flink.bytes)
	}
	if explicit {
		return misfit{}
	}
	left := flink.bytes - m.flink()
	if m.TaskHeap = max(left, 0); left < 0 {
		return overfull(*m, flink)
	}
	return misfit{}
}

// networkFromRest gives what is left of flink to the network, and checks it
// against the network options (sanityCheckNetworkMemory).
func (o taskManagerOptions) networkFromRest(m *TaskManagerMemory, flink budget) misfit {
	left := flink.bytes - m.flink()
	if m.Network = max(left, 0); left < 0 {
		return overfull(*m, flink)
	}
	low, high := o.network.min, o.network.max
	if o.networkFixed.set {
		low, high = o.networkFixed, o.networkFixed
	}
	switch {
	case left < low.bytes:
		return flink.short("leave %s to the network, which needs at least %s", FormatMiB(left), low)
	case left > high.bytes:
		bad := flink.short("leave %s to the network, which may take at most %s", FormatMiB(left), high)
		bad.small = false
		return bad
	}
	return misfit{}
}

// overfull describes parts that exceed flink.
func overfull(m TaskManagerMemory, flink budget) misfit {
	return flink.short("do not hold framework heap (%s), framework off-heap (%s), task heap (%s), task off-heap "+
		"(%s), network (%s) and managed memory (%s)",
		FormatMiB(m.FrameworkHeap), FormatMiB(m.FrameworkOffHeap), FormatMiB(m.TaskHeap),
		FormatMiB(m.TaskOffHeap), FormatMiB(m.Network), FormatMiB(m.Managed))
}
