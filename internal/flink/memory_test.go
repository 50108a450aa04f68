package flink_test

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/flink"
)

const mib = 1 << 20

func TestParseMemory(t *testing.T) {
	for _, c := range []struct {
		text   string
		want   int64
		ok     bool
		reason string
	}{
		{"1024", 1024, true, "no unit means bytes"},
		{"1024b", 1024, true, ""},
		{"12bytes", 12, true, ""},
		{"1k", 1 << 10, true, "powers of two, unlike VVP's units"},
		{"1 kibibytes", 1 << 10, true, ""},
		{"1m", 1 << 20, true, ""},
		{"1 MB", 1 << 20, true, "any case, a blank between"},
		{"1g", 1 << 30, true, ""},
		{"1gb", 1 << 30, true, ""},
		{"2tebibytes", 2 << 40, true, ""},
		{" \t7m\n", 7 << 20, true, "blanks around"},
		{"007m", 7 << 20, true, "leading zeros"},
		{"0", 0, true, "zero"},
		{"8388607t", 8388607 << 40, true, "the most that fits"},
		{"8388608t", 0, false, "one more does not fit 64 bits"},
		{"9223372036854775807", math.MaxInt64, true, "the most that fits"},
		{"9223372036854775808", 0, false, "one more"},
		{"", 0, false, "nothing"},
		{"m", 0, false, "no number"},
		{"-1m", 0, false, "no sign"},
		{"+1m", 0, false, "no sign"},
		{"1.5g", 0, false, "whole numbers only; VVP takes decimals"},
		{"1Gi", 0, false, "Kubernetes' unit"},
		{"1MiB", 0, false, "not one of Flink's names"},
		{"1e3", 0, false, "not a number"},
		{"1 m b", 0, false, "the unit is one word"},
		{"1\u00a0m", 0, false, "no blank to Java's trim"},
		{"١m", 0, false, "ASCII digits only"},
	} {
		got, err := flink.ParseMemory(c.text)
		assert.Equal(t, got, c.want, "%q %s", c.text, c.reason)
		assert.Equal(t, err == nil, c.ok, "%q %s", c.text, c.reason)
		if err != nil {
			assert.ErrorContains(t, err, strconv.Quote(c.text)+" is not a Flink memory size")
		}
	}
}

func TestMemoryText(t *testing.T) {
	for _, c := range []struct {
		bytes         int64
		value, people string
	}{
		{0, "0m", "0 MiB"},
		{982 * mib, "982m", "982 MiB"},
		{1_000_000_000, "953m", "953.6 MiB"},
		{982*mib - 1, "981m", "981.9 MiB"},
		{mib / 2, "0m", "0.5 MiB"},
		{math.MaxInt64, "8796093022207m", "8796093022207.9 MiB"},
	} {
		assert.Equal(t, flink.MemoryValue(c.bytes), c.value)
		assert.Equal(t, flink.FormatMiB(c.bytes), c.people)
		parsed, err := flink.ParseMemory(c.value)
		assert.NilError(t, err)
		assert.Assert(t, parsed <= c.bytes && parsed > c.bytes-mib, "rounded down to whole MiB")
	}
}

// memoryJSON holds what Flink's own classes (JobManagerProcessUtils,
// TaskExecutorProcessUtils of the named release) make of each configuration;
// bytes is null where they refuse it. How it is made: oracle_test.go.
//
//go:embed testdata/memory.jsonl
var memoryJSON []byte

func TestMemoryAsFlink(t *testing.T) {
	lines := bufio.NewScanner(bytes.NewReader(memoryJSON))
	count := 0
	for lines.Scan() {
		var c struct {
			Flink, Component, Reason string
			Process                  int64
			Conf                     map[string]string
			Bytes                    []int64
		}
		assert.NilError(t, json.Unmarshal(lines.Bytes(), &c))
		got, problems := divide(lookup(t, c.Flink), c.Component, c.Process, c.Conf)
		if len(problems) == 0 {
			assert.DeepEqual(t, got, c.Bytes)
		}
		assert.Equal(t, len(problems) == 0, c.Bytes != nil, "%s %s: %s: %v", c.Flink, c.Component, c.Reason, problems)
		count++
	}
	assert.Assert(t, count > 150, "the file holds %d cases", count)
}

// divide gives the parts in the order in which the file has them: the process
// size first.
func divide(v flink.Version, component string, process int64, conf map[string]string) ([]int64, []flink.Problem) {
	if component == "jobmanager" {
		m, problems := v.JobManager(conf).Memory(process)
		return []int64{m.Process, m.Heap, m.OffHeap, m.Metaspace, m.Overhead}, problems
	}
	m, problems := v.TaskManager(conf).Memory(process)
	return []int64{m.Process, m.FrameworkHeap, m.FrameworkOffHeap, m.TaskHeap, m.TaskOffHeap, m.Network, m.Managed,
		m.Metaspace, m.Overhead}, problems
}

func least(v flink.Version, component string, conf map[string]string) (int64, bool) {
	if component == "jobmanager" {
		return v.JobManager(conf).Least()
	}
	return v.TaskManager(conf).Least()
}

func TestLeastProcess(t *testing.T) {
	type conf = map[string]string
	for _, c := range []struct {
		component string
		conf      conf
		want      int64 // MiB; zero if no size does
		reason    string
	}{
		{"jobmanager", nil, 577, "256 metaspace, 192 overhead, 128 off-heap, and a heap that is not empty"},
		{"taskmanager", nil, 982, "VVP's documented minimum of 1g is 953 MiB"},
		{"taskmanager", conf{"taskmanager.memory.managed.fraction": "0"}, 768,
			"no managed memory: 448 + 128 + 128 + 64"},
		{"taskmanager", conf{"taskmanager.memory.managed.size": "1g"}, 1871,
			"a fixed size; the network takes a tenth of the rest, more than its minimum"},
		{"taskmanager", conf{"taskmanager.memory.managed.fraction": "0.95",
			"taskmanager.memory.network.fraction": "0.1"}, 0, "the fractions leave nothing, whatever the size"},
		{"taskmanager", conf{"taskmanager.memory.flink.size": "1g"}, 1472, "1024 + 256 + at least 192 of overhead"},
		{"taskmanager", conf{"taskmanager.memory.task.heap.size": "512m", "taskmanager.memory.managed.size": "0",
			"taskmanager.memory.network.max": "64m"}, 1280, "fine-grained"},
		{"jobmanager", conf{"jobmanager.memory.heap.size": "1g"}, 1600, "explicit heap"},
		{"jobmanager", conf{"jobmanager.memory.heap.size": "x"}, 0, "not a size"},
		{"jobmanager", conf{"jobmanager.memory.heap.size": "1g", "jobmanager.memory.flink.size": "512m"}, 0,
			"contradictory in itself"},
	} {
		got, ok := least(lookup(t, "1.20"), c.component, c.conf)
		assert.Equal(t, ok, c.want > 0, c.reason)
		if ok {
			assert.Equal(t, got/mib, c.want, c.reason)
			assert.Equal(t, got%mib, int64(0), c.reason)
		}
	}
}

// A refusal says both figures: what there is and what it takes.
func TestMemoryProblem(t *testing.T) {
	_, problems := lookup(t, "1.19").TaskManager(nil).Memory(953 * mib)
	assert.Equal(t, len(problems), 1)
	assert.Equal(t, problems[0].Key, "taskmanager.memory.process.size")
	assert.Assert(t, strings.Contains(problems[0].Reason, "953 MiB"), problems[0].Reason)
	assert.Assert(t, strings.Contains(problems[0].Cure, "982 MiB"), problems[0].Cure)

	_, problems = lookup(t, "1.19").JobManager(map[string]string{
		"jobmanager.memory.off-heap.size": "x", "jobmanager.memory.jvm-overhead.fraction": "1",
		"jobmanager.memory.jvm-metaspace.size": "2000000g",
	}).Memory(1024 * mib)
	assert.Equal(t, len(problems), 3, "every option that cannot be read is named: %v", problems)
	for _, p := range problems {
		assert.Assert(t, strings.HasPrefix(p.Key, "jobmanager.memory.") && p.Reason != "" && p.Cure != "")
	}
}

func TestMemoryNeverPanics(t *testing.T) {
	huge := map[string]string{}
	for _, key := range []string{"jvm-metaspace.size", "flink.size", "task.heap.size", "managed.size",
		"framework.heap.size", "network.max", "jvm-overhead.max"} {
		huge["taskmanager.memory."+key] = strconv.Itoa(math.MaxInt64)
	}
	steep := map[string]string{"taskmanager.memory.task.heap.size": "1000t", "taskmanager.memory.managed.size": "1t",
		"taskmanager.memory.network.fraction": "0.99999994"}
	for _, process := range []int64{math.MinInt64, -1, 0, 1, mib, 1 << 50, math.MaxInt64} {
		for _, conf := range []map[string]string{nil, huge, steep} {
			for _, component := range []string{"jobmanager", "taskmanager"} {
				parts, problems := divide(lookup(t, "1.20"), component, process, conf)
				if len(problems) == 0 {
					checkSum(t, parts)
				}
			}
		}
	}
}

// checkSum holds that no part is negative and that they sum to the process.
func checkSum(t *testing.T, parts []int64) {
	t.Helper()
	sum := int64(0)
	for _, part := range parts[1:] {
		assert.Assert(t, part >= 0, "%v", parts)
		sum += part
	}
	assert.Equal(t, sum, parts[0])
}

func TestMemoryInvariants(t *testing.T) {
	r := seeded(t)
	fits, small := 0, 0
	for range 2500 {
		v := lookup(t, pick(r, flink.Supported()...))
		component := pick(r, "jobmanager", "taskmanager")
		conf := randomMemory(r, component)
		process := (r.Int64N(6000) + 1) * mib
		parts, problems := divide(v, component, process, conf)
		if len(problems) == 0 {
			fits++
			checkSum(t, parts)
		}
		enough, ok := least(v, component, conf)
		if !ok {
			continue
		}
		small++
		_, problems = divide(v, component, enough, conf)
		assert.Equal(t, len(problems), 0, "the least size fits: %v", problems)
		_, problems = divide(v, component, enough-mib, conf)
		assert.Equal(t, len(problems), 1, "one MiB less does not")
		assert.Assert(t, strings.Contains(problems[0].Cure, flink.FormatMiB(enough)), "%v", problems)
	}
	assert.Assert(t, fits > 300 && small > 600, "too few to mean anything: %d, %d", fits, small)
}

func randomMemory(r *rand.Rand, component string) map[string]string {
	conf := map[string]string{}
	for key, kind := range map[string]string{
		"jvm-metaspace.size": "size", "jvm-overhead.min": "size", "jvm-overhead.max": "max",
		"jvm-overhead.fraction": "fraction",
		"flink.size":            "size", "heap.size": "size", "off-heap.size": "size", "task.heap.size": "size",
		"task.off-heap.size": "size",
		"managed.size":       "size", "managed.fraction": "fraction", "network.min": "size", "network.max": "max",
		"network.fraction":    "fraction",
		"framework.heap.size": "size",
	} {
		if r.IntN(6) > 0 {
			continue
		}
		value := fmt.Sprintf("%dm", r.IntN(1200))
		switch kind {
		case "max":
			value = fmt.Sprintf("%dm", 1200+r.IntN(3000))
		case "fraction":
			value = strconv.FormatFloat(r.Float64()*0.6, 'f', 1+r.IntN(9), 64)
		}
		conf[component+".memory."+key] = value
	}
	return conf
}

func FuzzParseMemory(f *testing.F) {
	for _, s := range []string{"1g", " 12 kb ", "9223372036854775807", "1.5g", "", "8388608t"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := flink.ParseMemory(s)
		if err != nil {
			assert.Equal(t, n, int64(0))
			return
		}
		assert.Assert(t, n >= 0)
		again, err := flink.ParseMemory(strconv.FormatInt(n, 10) + "b")
		assert.NilError(t, err)
		assert.Equal(t, again, n)
	})
}
