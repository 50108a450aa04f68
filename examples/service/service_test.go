package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/examples/service/filestore"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
	"github.com/flinktarget/flinktarget/target/store"
)

const base = "/api/v1/namespaces/default/"

// client talks to a service over a connection.
type client struct {
	url string
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (c client) do(method, path, body string, header ...string) (reply, error) {
	req, err := http.NewRequest(method, c.url+path, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, text}, err
}

// must is do for a test's own goroutine, where nothing can fail.
func (c client) must(t testing.TB, want int, method, path, body string, header ...string) reply {
	t.Helper()
	got, err := c.do(method, path, body, header...)
	assert.NilError(t, err)
	assert.Equal(t, got.status, want, "%s %s: %s", method, path, got.body)
	return got
}

func (r reply) problem(t testing.TB) problem {
	t.Helper()
	var p problem
	assert.NilError(t, json.Unmarshal(r.body, &p))
	return p
}

// start serves what a store has in this process.
func start(t testing.TB, b store.Backend) (client, *service) {
	t.Helper()
	return startWith(t, b, "")
}

// startWith is start with a token.
func startWith(t testing.TB, b store.Backend, token string) (client, *service) {
	t.Helper()
	renderer, err := render.New()
	assert.NilError(t, err)
	m, log := newMetrics(), slog.New(slog.DiscardHandler)
	s := newService(measured{b, m}, renderer)
	server := httptest.NewServer(serveAll(newAPI(s, log), s, m, token, log))
	t.Cleanup(server.Close)
	return client{server.URL}, s
}

func inMemory() store.Backend { return new(filestore.Backend) }

func inFile(t testing.TB, path string) *filestore.Backend {
	t.Helper()
	b, err := filestore.Open(path)
	assert.NilError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func targetYAML(name, kubernetes string, extra ...string) string {
	return fmt.Sprintf("kind: DeploymentTarget\nmetadata: {name: %s%s}\nspec: {kubernetes: {namespace: %s}}\n", name,
		strings.Join(extra, ""), kubernetes)
}

func deploymentYAML(name, targetName string, extra ...string) string {
	return fmt.Sprintf(`kind: Deployment
metadata: {name: %s%s}
spec:
  deploymentTargetName: %s
  template:
    spec:
      artifact: {kind: JAR, flinkVersion: 1.20, jarUri: "https://example.com/a.jar"}
`, name, strings.Join(extra, ""), targetName)
}

func clusterYAML(name, targetName string) string {
	return fmt.Sprintf("kind: SessionCluster\nmetadata: {name: %s}\nspec: {deploymentTargetName: %s, "+
		"flinkVersion: 1.20, state: RUNNING, numberOfTaskManagers: 1}\n", name, targetName)
}

func TestLifeOfATarget(t *testing.T) {
	c, _ := start(t, inMemory())
	c.must(t, 404, "GET", base+"deployment-targets/staging", "")
	created := c.must(t, 201, "PUT", base+"deployment-targets/staging", targetYAML("staging", "flink"))
	var first, second target.Config
	assert.NilError(t, json.Unmarshal(created.body, &first))
	assert.Assert(t, first.Metadata.ID != "", "the service gives ids")
	again := c.must(t, 200, "PUT", base+"deployment-targets/staging",
		targetYAML("staging", "flink", ", labels: {team: a}"))
	assert.NilError(t, json.Unmarshal(again.body, &second))
	assert.Equal(t, second.Metadata.ID, first.Metadata.ID, "an id stays")
	assert.Equal(t, second.Metadata.Labels["team"], "a")

	c.must(t, 201, "PUT", base+"deployments/top-speed", deploymentYAML("top-speed", "staging"))
	c.must(t, 201, "PUT", base+"sessionclusters/shared", clusterYAML("shared", "staging"))
	conflict := c.must(t, 409, "DELETE", base+"deployment-targets/staging", "").problem(t)
	var owners []string
	for _, o := range conflict.Owners {
		owners = append(owners, o.String())
		assert.Assert(t, o.UID != "", "owners have real ids")
	}
	assert.DeepEqual(t, owners, []string{"Deployment default/top-speed", "SessionCluster default/shared"})

	for _, path := range []string{"deployments/top-speed", "sessionclusters/shared"} {
		text := c.must(t, 200, "GET", base+path+"/manifests", "")
		assert.Equal(t, text.header.Get("Content-Type"), "application/yaml")
		assert.Assert(t, bytes.Contains(text.body, []byte("namespace: flink\n")), "%s", text.body)
		list := c.must(t, 200, "GET", base+path+"/manifests", "", "Accept", "application/json")
		var k8s struct {
			Kind  string
			Items []json.RawMessage
		}
		assert.NilError(t, json.Unmarshal(list.body, &k8s))
		assert.Assert(t, k8s.Kind == "List" && len(k8s.Items) > 2, "%s", list.body)
		c.must(t, 200, "GET", base+path, "")
		c.must(t, 200, "DELETE", base+path, "")
		c.must(t, 404, "DELETE", base+path, "")
		c.must(t, 404, "GET", base+path+"/manifests", "")
	}
	c.must(t, 200, "DELETE", base+"deployment-targets/staging", "")
	c.must(t, 404, "DELETE", base+"deployment-targets/staging", "")
	c.must(t, 201, "PUT", base+"deployment-targets/staging", targetYAML("staging", "elsewhere"))
}

// refusal is a request that is refused.
type refusal struct {
	reason       string
	status       int
	method, path string
	body         string
	fields       []string
	header       []string
	says         string
}

const (
	targetID     = "2da2f867-5899-4bef-8ad0-9771bbac38b4"
	deploymentID = "5da2f867-5899-4bef-8ad0-9771bbac38b4"
)

func refusals() []refusal {
	return []refusal{
		{reason: "a spec never changes", status: 400, method: "PUT", path: "deployment-targets/staging",
			body: targetYAML("staging", "prod"), fields: []string{"spec.kubernetes.namespace"}},
		{reason: "an id never changes", status: 400, method: "PUT", path: "deployment-targets/staging",
			body:   targetYAML("staging", "flink", ", id: 3da2f867-5899-4bef-8ad0-9771bbac38b4"),
			fields: []string{"metadata.id"}},
		{reason: "an id is one target's", status: 409, method: "PUT", path: "deployment-targets/other",
			body: targetYAML("other", "flink", ", id: "+targetID)},
		{reason: "all problems of a body", status: 400, method: "PUT", path: "deployment-targets/staging",
			body:   "kind: DeploymentTarget\nmetadata: {name: staging, nam: x}\nspec: {kubernetes: {namespace: A_B}}",
			fields: []string{"metadata.nam", "spec.kubernetes.namespace"}},
		{reason: "path and body agree", status: 400, method: "PUT", path: "deployment-targets/prod",
			body: targetYAML("staging", "flink"), fields: []string{"metadata.name"}},
		{reason: "half a document", status: 400, method: "PUT", path: "deployment-targets/prod", body: "{",
			fields: []string{""}},
		{reason: "not JSON and not YAML", status: 415, method: "PUT", path: "deployment-targets/prod", body: "a=b",
			header: []string{"Content-Type", "application/x-www-form-urlencoded"}},
		{reason: "a body without end", status: 413, method: "PUT", path: "deployment-targets/prod",
			body: strings.Repeat(" ", maxBody+1)},
		{reason: "no such method", status: 405, method: "POST", path: "deployment-targets/prod"},
		{reason: "a target that does not exist", status: 400, method: "PUT", path: "deployments/other",
			body: deploymentYAML("other", "prod"), fields: []string{"spec.deploymentTargetName"}},
		{reason: "nothing may move to a target that does not exist", status: 400, method: "PUT",
			path: "deployments/top-speed", body: deploymentYAML("top-speed", "prod"),
			fields: []string{"spec.deploymentTargetName"}},
		{reason: "an id never changes", status: 400, method: "PUT", path: "deployments/top-speed",
			body: deploymentYAML("top-speed", "staging", ", id: "+targetID), fields: []string{"metadata.id"}},
		{reason: "what cannot be rendered is not stored", status: 400, method: "PUT", path: "deployments/other",
			body: deploymentYAML("other", "staging") +
				"      flinkConfiguration: {kubernetes.cluster-id: mine}\n",
			fields: []string{"spec.template.spec.flinkConfiguration[kubernetes.cluster-id]"}},
		{reason: "a job on a session cluster", status: 400, method: "PUT", path: "deployments/other",
			body:   strings.Replace(deploymentYAML("other", "x"), "deploymentTargetName", "sessionClusterName", 1),
			fields: []string{"spec.sessionClusterName"}},
		{reason: "an id is one resource's, in all namespaces", status: 409, method: "PUT",
			path: "/api/v1/namespaces/other/deployments/copy",
			body: deploymentYAML("copy", "staging", ", namespace: other, id: "+deploymentID),
			says: "is that of deployments/default/top-speed"},
		{reason: "an unknown resource", status: 404, method: "GET", path: "deployments/other"},
		{reason: "another namespace", status: 404, method: "GET",
			path: "/api/v1/namespaces/other/deployments/top-speed"},
	}
}

func TestRefusals(t *testing.T) {
	c, _ := start(t, inMemory())
	c.must(t, 201, "PUT", base+"deployment-targets/staging", targetYAML("staging", "flink", ", id: "+targetID))
	c.must(t, 201, "PUT", "/api/v1/namespaces/other/deployment-targets/staging",
		targetYAML("staging", "flink", ", namespace: other"))
	c.must(t, 201, "PUT", base+"deployments/top-speed", deploymentYAML("top-speed", "staging", ", id: "+deploymentID))
	for _, c2 := range refusals() {
		t.Run(c2.reason, func(t *testing.T) {
			path := c2.path
			if !strings.HasPrefix(path, "/") {
				path = base + path
			}
			got := c.must(t, c2.status, c2.method, path, c2.body, c2.header...)
			if c2.status == http.StatusMethodNotAllowed {
				return // the body is net/http's
			}
			p := got.problem(t)
			assert.Assert(t, p.Message != "" && strings.Contains(p.Message, c2.says), p.Message)
			var fields []string
			for _, f := range p.Fields {
				fields = append(fields, f.Field)
				assert.Assert(t, f.Message != "")
			}
			assert.DeepEqual(t, fields, c2.fields)
		})
	}
	held := c.must(t, 409, "DELETE", base+"deployment-targets/staging", "").problem(t)
	assert.Equal(t, len(held.Owners), 1, "refused requests changed nothing")
}

func TestMoveToAnotherTarget(t *testing.T) {
	c, _ := start(t, inMemory())
	c.must(t, 201, "PUT", base+"deployment-targets/a", targetYAML("a", "a"))
	c.must(t, 201, "PUT", base+"deployment-targets/b", targetYAML("b", "b"))
	c.must(t, 201, "PUT", base+"deployments/job", deploymentYAML("job", "a"))
	c.must(t, 200, "PUT", base+"deployments/job", deploymentYAML("job", "b"))
	c.must(t, 409, "DELETE", base+"deployment-targets/b", "")
	c.must(t, 200, "DELETE", base+"deployment-targets/a", "")
	assert.Assert(t,
		bytes.Contains(c.must(t, 200, "GET", base+"deployments/job/manifests", "").body, []byte("namespace: b\n")))
}

func TestRestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state")
	b := inFile(t, file)
	c, _ := start(t, b)
	c.must(t, 201, "PUT", base+"deployment-targets/a", targetYAML("a", "a", ", labels: {x: '<&>'}"))
	c.must(t, 201, "PUT", base+"deployments/job", deploymentYAML("job", "a"))
	c.must(t, 201, "PUT", base+"sessionclusters/shared", clusterYAML("shared", "a"))
	assert.Equal(t, run(t.Context(), []string{"-listen", "127.0.0.1:0", "-store", "file:" + file}, io.Discard), 1,
		"a second process would lose writes of the first")
	assert.NilError(t, b.Close())
	again, _ := start(t, inFile(t, file))
	for _, path := range []string{"deployment-targets/a", "deployments/job", "deployments/job/manifests",
		"sessionclusters/shared"} {
		before, after := c.must(t, 200, "GET", base+path, ""), again.must(t, 200, "GET", base+path, "")
		assert.Assert(t, cmp.Equal(string(before.body), string(after.body)),
			cmp.Diff(string(before.body), string(after.body)))
	}
	again.must(t, 409, "DELETE", base+"deployment-targets/a", "")
}

// TestWriteFails: what could not be written is not acknowledged and not seen, and reads
// and later writes go on.
func TestWriteFails(t *testing.T) {
	b := &failing{Backend: inMemory()}
	c, _ := start(t, b)
	c.must(t, 201, "PUT", base+"deployment-targets/a", targetYAML("a", "a"))
	b.fail.Store(true)
	c.must(t, 503, "PUT", base+"deployment-targets/b", targetYAML("b", "b"))
	c.must(t, 404, "GET", base+"deployment-targets/b", "")
	c.must(t, 200, "GET", base+"deployment-targets/a", "")
	b.fail.Store(false)
	c.must(t, 201, "PUT", base+"deployment-targets/b", targetYAML("b", "b"))
}

// failing is a backend whose writes can fail.
type failing struct {
	store.Backend
	fail atomic.Bool
}

func (f *failing) Write(ctx context.Context, records ...store.Record) (bool, error) {
	if f.fail.Load() {
		return false, errors.New("no space left on device")
	}
	return f.Backend.Write(ctx, records...)
}

// A renderer that never comes back stops nobody else.
func TestSlowRenderer(t *testing.T) {
	c, s := start(t, inMemory())
	c.must(t, 201, "PUT", base+"deployment-targets/a", targetYAML("a", "a"))
	c.must(t, 201, "PUT", base+"deployments/job", deploymentYAML("job", "a"))
	blocked, release := make(chan bool, 2), make(chan bool)
	defer close(release)
	inner := s.render
	s.render = func(k *kind, t target.Target, r resource) (render.Manifests, error) {
		if r.Name() == "slow" {
			blocked <- true
			<-release
		}
		return inner(k, t, r)
	}
	go func() { _, _ = c.do("PUT", base+"deployments/slow", deploymentYAML("slow", "a")) }()
	<-blocked
	c.must(t, 200, "GET", base+"deployments/job/manifests", "")
	c.must(t, 201, "PUT", base+"deployments/other", deploymentYAML("other", "a"))
	c.must(t, 200, "PUT", base+"deployment-targets/a", targetYAML("a", "a", ", labels: {x: z}"))
	c.must(t, 200, "DELETE", base+"deployments/other", "")
	c.must(t, 201, "PUT", base+"sessionclusters/shared", clusterYAML("shared", "a"))
	c.must(t, 404, "GET", base+"deployments/slow", "")
	c.must(t, 200, "GET", "/readyz", "")
}

// Warnings are in the body, however many there are; the header has their number.
func TestWarnings(t *testing.T) {
	c, _ := start(t, inMemory())
	c.must(t, 201, "PUT", base+"deployment-targets/a", targetYAML("a", "a"))
	text := deploymentYAML("job", "a") + "      kubernetes:\n        labels:\n"
	for i := range 150 {
		text += fmt.Sprintf("          system%d: \"1\"\n", i)
	}
	text += "          system: mine\n"
	c.must(t, 201, "PUT", base+"deployments/job", text)
	got := c.must(t, 200, "GET", base+"deployments/job/manifests", "")
	n := bytes.Count(got.body, []byte("\n# "))
	if bytes.HasPrefix(got.body, []byte("# ")) {
		n++
	}
	assert.Assert(t, n > 0)
	assert.DeepEqual(t, got.header.Values("Warning"), []string{fmt.Sprintf(`299 - "%d warnings are in the body"`, n)})
	got = c.must(t, 200, "GET", base+"deployments/job/manifests", "", "Accept", "application/json")
	var answer struct {
		Kind     string
		Items    []json.RawMessage
		Warnings []flinktarget.Problem
	}
	assert.NilError(t, json.Unmarshal(got.body, &answer))
	assert.Assert(t, answer.Kind == "List" && len(answer.Items) > 0 && len(answer.Warnings) == n)
	for _, w := range answer.Warnings {
		assert.Assert(t, w.Rule != "" && w.Message != "", "%+v", w)
	}
}

// A body that ends too early is the client's fault, and no alarm.
func TestHalfABody(t *testing.T) {
	c, _ := start(t, inMemory())
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.url, "http://"))
	assert.NilError(t, err)
	defer func() { _ = conn.Close() }()
	_, err = fmt.Fprintf(conn, "PUT %sdeployment-targets/a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nkind", base)
	assert.NilError(t, err)
	assert.NilError(t, conn.(*net.TCPConn).CloseWrite())
	answer, err := io.ReadAll(conn)
	assert.NilError(t, err)
	assert.Assert(t, bytes.HasPrefix(answer, []byte("HTTP/1.1 400 ")), "%s", answer)
}

// Who has no token learns whether the service is well, and nothing else.
func TestAuthentication(t *testing.T) {
	c, _ := startWith(t, inMemory(), "secret")
	for _, path := range []string{base + "deployments/job", "/metrics", "/", "/healthz/x"} {
		got := c.must(t, 401, "GET", path, "")
		assert.Equal(t, got.header.Get("WWW-Authenticate"), "Bearer")
		c.must(t, 401, "GET", path, "", "Authorization", "Bearer wrong")
		c.must(t, 401, "GET", path, "", "Authorization", "secret")
	}
	c.must(t, 404, "GET", base+"deployments/job", "", "Authorization", "Bearer secret")
	c.must(t, 200, "GET", "/healthz", "")
	got := c.must(t, 200, "GET", "/readyz", "", "X-Request-Id", "abc")
	assert.Equal(t, got.header.Get("X-Request-Id"), "abc")
	got = c.must(t, 200, "GET", "/metrics", "", "Authorization", "Bearer secret", "X-Request-Id", "not\tlegal")
	assert.Assert(t, len(got.header.Get("X-Request-Id")) == 36, "an id that is not legal is replaced")
	assert.Assert(t, bytes.Contains(got.body, []byte("flinktarget_http_request_seconds_count{")), "%s", got.body)
}

// What is stored may be secret.
func TestFilesAreTheOwnersOnly(t *testing.T) {
	dir := t.TempDir()
	for _, keep := range []string{"file", "sqlite"} {
		b, stop, err := openBackend(t.Context(), keep+":"+filepath.Join(dir, keep))
		assert.NilError(t, err)
		_, err = b.Write(t.Context(), store.Record{Key: "k", Value: []byte("v")})
		assert.NilError(t, err)
		files, err := os.ReadDir(dir)
		assert.NilError(t, err)
		for _, f := range files {
			info, err := f.Info()
			assert.NilError(t, err)
			assert.Equal(t, info.Mode().Perm(), os.FileMode(0o600), f.Name())
		}
		assert.NilError(t, stop())
	}
}

// What the service needs is found out when it starts.
func TestStart(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "token")
	assert.NilError(t, os.WriteFile(empty, []byte("\n"), 0o600))
	for reason, args := range map[string][]string{
		"no token on all interfaces": {"-listen", ":0", "-store", "memory"},
		"an empty token":             {"-token-file", empty, "-store", "memory"},
		"a token that is not there":  {"-token-file", empty + "x", "-store", "memory"},
		"no such store":              {"-store", "redis:x"},
		"a path that is no folder":   {"-store", "file:" + filepath.Join(empty, "x")},
		"a database that is none":    {"-store", "sqlite:" + filepath.Join(empty, "x")},
	} {
		var stderr bytes.Buffer
		args = append([]string{"-listen", "127.0.0.1:0"}, args...)
		assert.Equal(t, run(t.Context(), args, &stderr), 1, "%s: %s", reason, stderr.String())
	}
}

// TestManyClients lets clients fight for one target. In the end nothing is held.
func TestManyClients(t *testing.T) {
	c, s := start(t, inMemory())
	allowed := map[string][]int{
		"PUT deployment-targets": {200, 201}, "PUT deployments": {200, 201, 400},
		"DELETE deployment-targets": {200, 404, 409}, "DELETE deployments": {200, 404},
	}
	var wg sync.WaitGroup
	for g := range 6 {
		wg.Go(func() {
			name := fmt.Sprint("job-", g%3)
			for range 10 {
				for _, call := range [][3]string{
					{"PUT", "deployment-targets/a", targetYAML("a", "a")},
					{"PUT", "deployments/" + name, deploymentYAML(name, "a")},
					{"DELETE", "deployment-targets/a", ""},
					{"DELETE", "deployments/" + name, ""},
				} {
					got, err := c.do(call[0], base+call[1], call[2])
					if err != nil {
						t.Error(err)
						return
					}
					what, _, _ := strings.Cut(call[1], "/")
					want := allowed[call[0]+" "+what]
					if !slices.Contains(want, got.status) {
						t.Errorf("%s %s: %d, want one of %v: %s", call[0], call[1], got.status, want, got.body)
					}
				}
			}
		})
	}
	wg.Wait()
	left, err := s.backend.List(t.Context(), "")
	assert.NilError(t, err)
	for _, r := range left { // at most the target, which nobody holds
		assert.Assert(t, strings.HasPrefix(r.Key, "targets/") || strings.HasPrefix(r.Key, "ids/"), r.Key)
		assert.Assert(t, !bytes.Contains(r.Value, []byte(`"owners"`)), "%s", r.Value)
	}
}

// What a target is told to differ from is stored, and may be another user's.
func TestAnswersHideSecrets(t *testing.T) {
	c, _ := start(t, inMemory())
	text := targetYAML("t", "flink")
	with := func(secret string) string {
		return strings.TrimSuffix(text, "}\n") + `, deploymentPatchSet: [{target: {kind: Job}, patch: ` +
			`{spec: {template: {spec: {containers: [{name: flink-jobmanager, env: [{name: DB_PASS, value: ` + secret +
			`}], command: [run, -u, "me:` + secret + `"]}]}}}}}]}` + "\n"
	}
	c.must(t, 201, http.MethodPut, base+"deployment-targets/t", with("mySecret1"))
	got, err := c.do(http.MethodPut, base+"deployment-targets/t", with("mySecret2"))
	assert.NilError(t, err)
	assert.Equal(t, got.status, http.StatusBadRequest)
	assert.Assert(t, !strings.Contains(string(got.body), "mySecret"), "%s", got.body)
}
