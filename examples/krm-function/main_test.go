package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

const list = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: v1
  kind: DeploymentTarget
  metadata: {name: streams}
  spec: {kubernetes: {namespace: streams}}
- apiVersion: v1
  kind: SessionCluster
  metadata: {name: sql}
  spec: {deploymentTargetName: streams, flinkVersion: 1.20, state: RUNNING}
`

func TestRun(t *testing.T) {
	cases := []struct {
		name, reason   string
		in             string
		code           int
		stdout, stderr string
	}{
		{"all is well", "objects and nothing else", list, 0, "kind: Deployment\n", ""},
		{"a warning", "it is said, and nothing stops", strings.Replace(list, "RUNNING", "STOPPED", 1), 0,
			"severity: warning\n", "[warning] v1/SessionCluster/sql spec.state: "},
		{"an error", "kustomize shows lines, kpt results", strings.Replace(list, "RUNNING", "RUNING", 1), 1,
			"severity: error\n", "[error] v1/SessionCluster/sql spec.state: "},
		{"no input", "run by hand", "", 1, "results:\n", "ResourceList"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			assert.Equal(t, run(strings.NewReader(c.in), &stdout, &stderr), c.code, c.reason)
			assert.Assert(t, strings.Contains(stdout.String(), c.stdout), "%s: %s", c.reason, &stdout)
			assert.Assert(t, strings.Contains(stderr.String(), c.stderr), "%s: %s", c.reason, &stderr)
			assert.Equal(t, stderr.Len() == 0, c.stderr == "", "%s: %s", c.reason, &stderr)
		})
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error)  { return 0, errors.New("pipe") }
func (broken) Write([]byte) (int, error) { return 0, errors.New("pipe") }

func TestBrokenPipes(t *testing.T) {
	var out bytes.Buffer
	assert.Equal(t, run(broken{}, &out, &out), 1)
	assert.Equal(t, run(strings.NewReader(list), broken{}, &out), 1)
}
