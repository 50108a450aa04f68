package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
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

// start serves a state file in this process.
func start(t testing.TB, file string) (client, *store) {
	t.Helper()
	renderer, err := render.New()
	assert.NilError(t, err)
	s, err := openStore(file, renderer)
	assert.NilError(t, err)
	server := httptest.NewServer(newHandler(s, slog.New(slog.DiscardHandler)))
	t.Cleanup(server.Close)
	return client{server.URL}, s
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
	c, _ := start(t, filepath.Join(t.TempDir(), "state.json"))
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
}

const targetID = "2da2f867-5899-4bef-8ad0-9771bbac38b4"

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
		{reason: "an unknown resource", status: 404, method: "GET", path: "deployments/other"},
		{reason: "another namespace", status: 404, method: "GET",
			path: "/api/v1/namespaces/other/deployments/top-speed"},
	}
}

func TestRefusals(t *testing.T) {
	c, _ := start(t, filepath.Join(t.TempDir(), "state.json"))
	c.must(t, 201, "PUT", base+"deployment-targets/staging", targetYAML("staging", "flink", ", id: "+targetID))
	c.must(t, 201, "PUT", base+"deployments/top-speed", deploymentYAML("top-speed", "staging"))
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
			assert.Assert(t, p.Message != "")
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
	c, _ := start(t, filepath.Join(t.TempDir(), "state.json"))
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
	file := filepath.Join(t.TempDir(), "state.json")
	c, _ := start(t, file)
	c.must(t, 201, "PUT", base+"deployment-targets/a", targetYAML("a", "a", ", labels: {x: '<&>'}"))
	c.must(t, 201, "PUT", base+"deployments/job", deploymentYAML("job", "a"))
	c.must(t, 201, "PUT", base+"sessionclusters/shared", clusterYAML("shared", "a"))
	again, _ := start(t, file)
	for _, path := range []string{"deployment-targets/a", "deployments/job", "deployments/job/manifests",
		"sessionclusters/shared"} {
		before, after := c.must(t, 200, "GET", base+path, ""), again.must(t, 200, "GET", base+path, "")
		assert.Assert(t, cmp.Equal(string(before.body), string(after.body)),
			cmp.Diff(string(before.body), string(after.body)))
	}
	again.must(t, 409, "DELETE", base+"deployment-targets/a", "")
	info, err := os.Stat(file)
	assert.NilError(t, err)
	assert.Equal(t, info.Mode().Perm(), os.FileMode(0o600), "patches may hold secrets")
}

func TestDamagedState(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	c, _ := start(t, file)
	c.must(t, 201, "PUT", base+"deployment-targets/a", targetYAML("a", "a"))
	c.must(t, 201, "PUT", base+"deployments/job", deploymentYAML("job", "a"))
	c.must(t, 201, "PUT", base+"deployments/other", deploymentYAML("other", "a"))
	good, err := os.ReadFile(file)
	assert.NilError(t, err)
	for reason, bad := range map[string]string{
		"nothing":                  "",
		"cut":                      string(good[:len(good)/2]),
		"another version":          strings.Replace(string(good), `{"version":1`, `{"version":2`, 1),
		"a target that was edited": strings.Replace(string(good), `"namespace":"a"`, `"namespace":"b"`, 1),
		"a hold that is gone": strings.Replace(string(good),
			`{"kind":"Deployment",`, `{"kind":"deployment",`, 1),
		"a resource that is gone":    string(good[:bytes.LastIndex(good, []byte(`,{`))]) + "]}}",
		"a resource that is illegal": strings.ReplaceAll(string(good), `"name":"other"`, `"name":""`),
		"a resource that is moved": strings.Replace(string(good), `"deploymentTargetName":"a"`,
			`"deploymentTargetName":"b"`, 1),
	} {
		assert.Assert(t, bad != string(good), reason)
		assert.NilError(t, os.WriteFile(file, []byte(bad), 0o600))
		_, err := openStore(file, &render.Renderer{})
		assert.Assert(t, err != nil, reason)
		var stderr bytes.Buffer
		assert.Equal(t, run(t.Context(), []string{"-listen", "127.0.0.1:0", "-state", file}, &stderr), 1, reason)
	}
	assert.NilError(t, os.WriteFile(file, good, 0o600))
	_, err = openStore(file, &render.Renderer{})
	assert.NilError(t, err)
}

// TestWriteFails takes the folder away: what could not be written must not be
// acknowledged, and not be seen.
func TestWriteFails(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	assert.NilError(t, os.Mkdir(dir, 0o700))
	c, _ := start(t, filepath.Join(dir, "state.json"))
	c.must(t, 201, "PUT", base+"deployment-targets/a", targetYAML("a", "a"))
	assert.NilError(t, os.RemoveAll(dir))
	c.must(t, 503, "PUT", base+"deployment-targets/b", targetYAML("b", "b"))
	c.must(t, 503, "GET", base+"deployment-targets/b", "")
	c.must(t, 503, "PUT", base+"deployment-targets/c", targetYAML("c", "c"))
}

// TestManyClients lets clients fight for one target. In the end nothing is held.
func TestManyClients(t *testing.T) {
	c, s := start(t, filepath.Join(t.TempDir(), "state.json"))
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
					legal := false
					for _, status := range want {
						legal = legal || got.status == status
					}
					if !legal {
						t.Errorf("%s %s: %d, want one of %v: %s", call[0], call[1], got.status, want, got.body)
					}
				}
			}
		})
	}
	wg.Wait()
	assert.Equal(t, len(s.resources), 0)
	for held := range s.registry.All() {
		owners, err := s.registry.Owners(held.Ref())
		assert.NilError(t, err)
		assert.Equal(t, len(owners), 0)
	}
}

// What a target is told to differ from is stored, and may be another user's.
func TestAnswersHideSecrets(t *testing.T) {
	c, _ := start(t, filepath.Join(t.TempDir(), "state"))
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
	assert.Assert(t, strings.Contains(string(got.body), `"from": "(hidden)"`), "%s", got.body)
	assert.Assert(t, !strings.Contains(string(got.body), "mySecret"), "%s", got.body)
}
