package rendertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/patch/kustomize"
)

func TestCheckKustomize(t *testing.T) {
	const patched = `kind: DeploymentTarget
apiVersion: v1
metadata: {name: staging}
spec:
  kubernetes: {namespace: staging}
  deploymentPatchSet:
  - apiVersion: v1
    kind: Service
    spec: {type: LoadBalancer, ports: [{port: 8081, %snodePort: 30081}]}
---
kind: SessionCluster
apiVersion: v1
metadata: {name: sql}
spec: {deploymentTargetName: staging, flinkVersion: 2.1}
`
	for reason, c := range map[string]struct{ protocol, want string }{
		"both engines merge it":                     {"protocol: TCP, ", ""},
		"kustomize drops a port without a protocol": {"", "spec.ports[8081].nodePort: nothing, not 30081"},
	} {
		dir := t.TempDir()
		text := fmt.Appendf(nil, patched, c.protocol)
		assert.NilError(t, os.WriteFile(filepath.Join(dir, "sql.yaml"), text, 0o644))
		r := &recorder{TB: t}
		CheckKustomize(r, dir, kustomize.Engine())
		if c.want == "" {
			assert.Equal(t, len(r.errors), 0, "%s: %v", reason, r.errors)
			continue
		}
		assert.Equal(t, len(r.errors), 1, "%s: %v", reason, r.errors)
		assert.Assert(t, strings.Contains(r.errors[0], c.want), "%s: %s", reason, r.errors[0])
	}
}
