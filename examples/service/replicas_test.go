package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/target/linearize/servers"
)

// chaos is how often a replica or a member is killed: 100 in .ci/long.
var chaos = flag.Int("chaos", 6, "how often a replica of the service or a member of etcd is killed")

// replicas are processes of the service on one etcd.
type replicas struct {
	mu  sync.RWMutex
	all [3]process
}

// any is one of those that run now.
func (r *replicas) any() client {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.all[rand.IntN(len(r.all))].client
}

// until makes a request again, on any replica, until it is known what came of it.
func (r *replicas) until(t *testing.T, method, path, body string) reply {
	for deadline := time.Now().Add(time.Minute); ; {
		got, err := r.any().do(method, base+path, body)
		if err == nil && got.status != http.StatusServiceUnavailable {
			return got
		}
		if time.Now().After(deadline) {
			t.Errorf("%s %s: no answer within a minute: %d %v", method, path, got.status, err)
			return got
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// TestReplicas kills replicas of the service and members of etcd under load. Each writer
// has resources of its own, of which it knows what is there; all share targets, which
// others try to delete and to give another spec.
func TestReplicas(t *testing.T) {
	cluster, err := servers.NewCluster(t.TempDir(), 3)
	assert.NilError(t, err)
	t.Cleanup(cluster.Close)
	binary := built(t)
	keep := "etcd:" + strings.Join(cluster.Endpoints(), ",")
	r := new(replicas)
	for i := range r.all {
		r.all[i] = launch(t, binary, keep)
	}
	var writes, looks atomic.Int64
	var stop atomic.Bool
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() { write(t, r, w, &stop, &writes) })
	}
	wg.Go(func() { meddle(t, r, &stop, &looks) })
	for i := range *chaos {
		time.Sleep(time.Duration(200+rand.IntN(800)) * time.Millisecond)
		if n := i / 2 % 3; i%2 == 0 {
			assert.NilError(t, r.all[n].cmd.Process.Kill())
			_ = r.all[n].cmd.Wait()
			again := launch(t, binary, keep)
			r.mu.Lock()
			r.all[n] = again
			r.mu.Unlock()
		} else {
			cluster.Stop(n)
			time.Sleep(time.Duration(rand.IntN(2000)) * time.Millisecond)
			assert.NilError(t, cluster.Start(n))
		}
	}
	stop.Store(true)
	wg.Wait()
	t.Logf("%d kills, %d acknowledged writes, %d attempts to delete or change a target",
		*chaos, writes.Load(), looks.Load())
	assert.Assert(t, writes.Load() > int64(*chaos))
}

const shared = 3

// write puts, moves and deletes a Deployment, and looks for every write that was
// acknowledged, and that the target which the Deployment holds is there.
func write(t *testing.T, r *replicas, w int, stop *atomic.Bool, writes *atomic.Int64) {
	path := fmt.Sprint("deployments/job-", w)
	for version := 0; !stop.Load() && !t.Failed(); version++ {
		at := fmt.Sprint("t", rand.IntN(shared))
		if got := r.until(t, "PUT", "deployment-targets/"+at, targetYAML(at, "flink")); got.status == 400 {
			// The other spec of meddle: it goes when nobody holds it.
			_ = r.until(t, "DELETE", "deployment-targets/"+at, "")
			continue
		}
		label := fmt.Sprintf(", labels: {version: '%d'}", version)
		got := r.until(t, "PUT", path, deploymentYAML(fmt.Sprint("job-", w), at, label))
		if got.status == 400 { // the target was deleted meanwhile
			continue
		}
		if got.status != 200 && got.status != 201 {
			t.Errorf("PUT %s: %d %s", path, got.status, got.body)
			return
		}
		writes.Add(1)
		for range 2 {
			var there struct {
				Metadata struct{ Labels map[string]string }
				Spec     struct{ DeploymentTargetName string }
			}
			got = r.until(t, "GET", path, "")
			err := json.Unmarshal(got.body, &there)
			if err != nil || there.Metadata.Labels["version"] != fmt.Sprint(version) ||
				there.Spec.DeploymentTargetName != at {
				t.Errorf("GET %s: version %d on %s was acknowledged, there is %s", path, version, at, got.body)
			}
			if got = r.until(t, "GET", "deployment-targets/"+at, ""); got.status != 200 {
				t.Errorf("the target %s is gone while %s holds it: %s", at, path, got.body)
			}
		}
		if version%5 == 4 {
			if got = r.until(t, "DELETE", path, ""); got.status != 200 && got.status != 404 {
				t.Errorf("DELETE %s: %d %s", path, got.status, got.body)
			}
			writes.Add(1)
			if got = r.until(t, "GET", path, ""); got.status != 404 {
				t.Errorf("GET %s: deleted, and there is %s", path, got.body)
			}
		}
	}
}

// meddle tries to delete targets and to give them another spec, and looks whether a target
// that is held has two.
func meddle(t *testing.T, r *replicas, stop *atomic.Bool, looks *atomic.Int64) {
	specs := map[string]string{} // by the id that a target was given when it was new
	for i := 0; !stop.Load() && !t.Failed(); i++ {
		at := fmt.Sprint("deployment-targets/t", rand.IntN(shared))
		var got reply
		switch i % 3 {
		case 0:
			got = r.until(t, "DELETE", at, "")
		case 1:
			got = r.until(t, "PUT", at, targetYAML(strings.TrimPrefix(at, "deployment-targets/"), "elsewhere"))
		default:
			got = r.until(t, "GET", at, "")
		}
		if !slices.Contains([]int{200, 201, 400, 404, 409}, got.status) {
			t.Errorf("%s: %d %s", at, got.status, got.body)
		}
		looks.Add(1)
		if got.status > 201 {
			continue
		}
		var there struct {
			Metadata struct{ ID string }
			Spec     struct{ Kubernetes struct{ Namespace string } }
		}
		if err := json.Unmarshal(got.body, &there); err != nil {
			t.Error(err)
		}
		if old, ok := specs[there.Metadata.ID]; ok && old != there.Spec.Kubernetes.Namespace {
			t.Errorf("%s with the id %s has two specs: %s", at, there.Metadata.ID, got.body)
		}
		specs[there.Metadata.ID] = there.Spec.Kubernetes.Namespace
	}
}
