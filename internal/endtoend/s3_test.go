package endtoend

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/render"
)

// moto takes the first part of a name for the bucket.
const endpoint = "http://" + node + ":5000"

// serveS3 serves a bucket with the jar of an image.
func serveS3(t *testing.T, i *image) {
	t.Helper()
	moto := i.beside("moto")
	cmd := exec.Command(moto+"/bin/moto_server", "-H", node, "-p", "5000")
	cmd.Env = append(os.Environ(), "PYTHONPATH="+moto)
	assert.NilError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	jar, err := os.ReadFile(i.jars + "/probe.jar")
	assert.NilError(t, err)
	put := func(path string, content []byte) error {
		request, err := http.NewRequest(http.MethodPut, endpoint+path, bytes.NewReader(content))
		assert.NilError(t, err)
		request.Header.Set("Content-Type", "application/octet-stream")
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		assert.Equal(t, response.StatusCode, http.StatusOK)
		return response.Body.Close()
	}
	deadline := time.Now().Add(2 * time.Minute)
	for err = put("/flink", nil); err != nil; err = put("/flink", nil) {
		assert.Assert(t, time.Now().Before(deadline), err)
		time.Sleep(200 * time.Millisecond)
	}
	assert.NilError(t, put("/flink/probe.jar", jar))
}

// README's first example completes a checkpoint, and so it does with its jar in the store.
// Of its input, only what leads to servers that are not here is another.
func TestReadme(t *testing.T) {
	eachVersion(t, func(t *testing.T, i *image) {
		if plugins, _ := filepath.Glob(i.home + "/opt/flink-s3-fs-presto-*.jar"); len(plugins) == 0 || i.beside("moto") == "" {
			t.Skip("the distribution has no flink-s3-fs-presto, or the script extras was not run")
		}
		serve(t, i)
		serveS3(t, i)
		text, err := os.ReadFile("../../examples/quickstart/resources.yaml")
		assert.NilError(t, err)
		for n, uri := range []string{"http://artifacts.example.com:8000/probe.jar", "s3://flink/probe.jar"} {
			c := newCluster(t, i, rendering{
				job: render.Job{ID: fmt.Sprintf("00000000-0000-4000-8000-00000000100%d", n)},
				text: strings.NewReplacer("flinkVersion: 1.20", "flinkVersion: '"+i.minor()+"'",
					"https://artifacts.example.com/TopSpeedWindowing-1.20.jar", uri+"\n        mainArgs: --sleep=20",
					"      flinkConfiguration:\n", "      flinkConfiguration:\n"+
						"        execution.checkpointing.interval: 1s\n"+
						"        s3.endpoint: "+endpoint+"\n"+
						"        s3.path.style.access: true\n"+
						"        s3.access-key: key\n        s3.secret-key: secret\n").Replace(string(text)),
			})
			c.start()
			c.checkpoint(c.running(1)[0], 0)
			c.stop()
		}
	})
}
