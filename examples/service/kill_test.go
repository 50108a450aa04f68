package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"gotest.tools/v3/assert"
)

// process is the service in a process of its own.
type process struct {
	client
	cmd *exec.Cmd
}

// built is the service's program.
func built(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "service")
	out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
	assert.NilError(t, err, string(out))
	return binary
}

func launch(t *testing.T, binary, keep string) process {
	t.Helper()
	cmd := exec.Command(binary, "-listen", "127.0.0.1:0", "-store", keep)
	stderr, err := cmd.StderrPipe()
	assert.NilError(t, err)
	assert.NilError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	lines := bufio.NewScanner(stderr)
	var first struct{ Msg, Address, Error string }
	for first.Address == "" {
		assert.Assert(t, lines.Scan(), "the service said nothing: %s", first.Error)
		assert.NilError(t, json.Unmarshal(lines.Bytes(), &first))
	}
	go func() {
		for lines.Scan() { // a full pipe would stop the service
		}
	}()
	return process{client{"http://" + first.Address}, cmd}
}

// absent is the version of what does not exist.
const absent = -1

// record is what a writer knows of one resource: what the service acknowledged, and
// what was under way when it was killed.
type record struct {
	path           string
	body           func(version int) string
	acknowledged   int
	pending        int
	pendingUnknown bool
}

// write puts a new version or deletes, and keeps books. It returns false when the
// service is gone.
func (r *record) write(t *testing.T, c client, version int) bool {
	r.pending, r.pendingUnknown = version, true
	method, body := http.MethodDelete, ""
	if version != absent {
		method, body = http.MethodPut, r.body(version)
	}
	got, err := c.do(method, base+r.path, body)
	if err != nil {
		return false
	}
	r.pendingUnknown = false
	switch got.status {
	case http.StatusOK, http.StatusCreated:
		r.acknowledged = version
	case http.StatusNotFound:
		if method != http.MethodDelete || r.acknowledged != absent {
			t.Errorf("%s %s: lost: %s", method, r.path, got.body)
		}
	default:
		t.Errorf("%s %s: %d %s", method, r.path, got.status, got.body)
	}
	return true
}

// check compares what the service has after a restart with the books.
func (r *record) check(t *testing.T, c client) {
	t.Helper()
	got, err := c.do(http.MethodGet, base+r.path, "")
	assert.NilError(t, err)
	version := absent
	if got.status != http.StatusNotFound {
		assert.Equal(t, got.status, http.StatusOK)
		var resource struct {
			Metadata struct{ Labels map[string]string }
		}
		assert.NilError(t, json.Unmarshal(got.body, &resource))
		version, err = strconv.Atoi(resource.Metadata.Labels["version"])
		assert.NilError(t, err)
	}
	if version != r.acknowledged && !(r.pendingUnknown && version == r.pending) {
		t.Fatalf("%s: version %d was acknowledged (under way: %t %d), version %d is there", r.path, r.acknowledged,
			r.pendingUnknown, r.pending, version)
	}
	r.acknowledged, r.pendingUnknown = version, false
}

// newRecords puts a target for each writer. The Deployments on them do not exist yet.
func newRecords(t *testing.T, c client, writers int) (records []*record) {
	t.Helper()
	for w := range writers {
		name := fmt.Sprint("t", w)
		c.must(t, 201, http.MethodPut, base+"deployment-targets/"+name,
			targetYAML(name, "flink", ", labels: {version: '0'}"))
		records = append(records, &record{path: "deployment-targets/" + name, body: func(v int) string {
			return targetYAML(name, "flink", fmt.Sprintf(", labels: {version: '%d'}", v))
		}})
		for d := range 3 {
			job := fmt.Sprintf("job-%d-%d", w, d)
			records = append(records,
				&record{path: "deployments/" + job, acknowledged: absent, body: func(v int) string {
					return deploymentYAML(job, fmt.Sprint("t", (w+v)%writers),
						fmt.Sprintf(", labels: {version: '%d'}", v))
				}})
		}
	}
	return records
}

// kills is how often: 50 in .ci/long.
var kills = flag.Int("kills", 10, "how often the service is killed on each store")

// TestKilled kills the service at random moments while it is written to, starts it
// again, and looks for every write that was acknowledged.
func TestKilled(t *testing.T) {
	binary := built(t)
	for _, keep := range []string{"file:", "sqlite:"} {
		t.Run(keep, func(t *testing.T) { killed(t, binary, keep+filepath.Join(t.TempDir(), "state")) })
	}
}

func killed(t *testing.T, binary, file string) {
	const seed = 1 // of the writes and the pauses; when the kill strikes is up to the machine
	rng := rand.New(rand.NewPCG(seed, seed))

	p := launch(t, binary, file)
	const writers = 4
	records := newRecords(t, p.client, writers)
	each := len(records) / writers
	var writes atomic.Int64
	for range *kills {
		var wg sync.WaitGroup
		before := writes.Load()
		for w := range writers {
			mine := records[w*each : (w+1)*each]
			choices := rand.New(rand.NewPCG(seed, rng.Uint64()))
			wg.Go(func() {
				for version := choices.IntN(1 << 30); ; version++ {
					r := mine[choices.IntN(len(mine))]
					v := version
					if r != mine[0] && choices.IntN(4) == 0 {
						v = absent
					}
					if !r.write(t, p.client, v) {
						break
					}
					writes.Add(1)
				}
			})
		}
		for writes.Load() <= before+5 && !t.Failed() { // a slow machine has to write something, too
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(20+rng.IntN(300)) * time.Millisecond)
		assert.NilError(t, p.cmd.Process.Kill())
		_ = p.cmd.Wait()
		wg.Wait()
		p = launch(t, binary, file)
		for _, r := range records {
			r.check(t, p.client)
		}
		checkHolds(t, p.client, records, writers)
	}
	t.Logf("%d kills, %d acknowledged writes", *kills, writes.Load())

	assert.NilError(t, p.cmd.Process.Signal(os.Signal(syscall.SIGTERM)))
	assert.NilError(t, p.cmd.Wait(), "asked to stop, it stops with code 0")
}

// checkHolds compares who holds each target with the Deployments that exist.
func checkHolds(t *testing.T, c client, records []*record, targets int) {
	t.Helper()
	want := make([]int, targets)
	for i, r := range records {
		if perWriter := len(records) / targets; i%perWriter != 0 && r.acknowledged != absent {
			want[(i/perWriter+r.acknowledged)%targets]++
		}
	}
	for i, n := range want {
		if n == 0 {
			continue // to ask would delete it
		}
		p := c.must(t, http.StatusConflict, http.MethodDelete, base+fmt.Sprint("deployment-targets/t", i),
			"").problem(t)
		assert.Equal(t, len(p.Owners), n, "t%d: %v", i, p.Owners)
	}
}
