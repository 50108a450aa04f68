package render_test

import (
	"bytes"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/render"
)

// What a newer Kubernetes has in pod templates and pod options reaches the manifest, with a
// warning each that leads to the resource.
func TestAllowUnknownInResources(t *testing.T) {
	for _, c := range []struct {
		reason, kubernetes string
		rule, field        string // of the warning
		at                 string // the field of the resource; its parent for what Flink's pods share
		kept               string
		known              bool // it is a value, which is read without the option
	}{
		{"a field of a template", "jobManagerPodTemplate: {spec: {hyper: {a: [1]}}}", "unknown-field",
			"spec.template.spec.hyper", "jobManagerPodTemplate", `"hyper":{"a":[1]}`, false},
		{"of a container", "jobManagerPodTemplate: {spec: {containers: [{name: flink-jobmanager, warp: 2}]}}",
			"unknown-field", "spec.template.spec.containers[flink-jobmanager].warp", "jobManagerPodTemplate",
			`"warp":2`, false},
		{"of a pod option", "pods: {affinity: {moonAffinity: {far: true}}}", "unknown-field",
			"spec.template.spec.affinity.moonAffinity", "pods", `"moonAffinity":{"far":true}`, false},
		{"of the security context", "pods: {securityContext: {warp: 2}}", "unknown-field",
			"spec.template.spec.securityContext.warp", "pods", `"warp":2`, false},
		{"of a volume", "pods: {volumeMounts: [{name: v, volume: {name: v, warp: {}}, " +
			"volumeMount: {name: v, mountPath: /v, warp: 3}}]}", "unknown-field",
			"spec.template.spec.volumes[v].warp", "pods", `"warp":3`, false},
		{"a value of a template", "jobManagerPodTemplate: {spec: {dnsPolicy: Near}}", "unknown-value",
			"spec.template.spec.dnsPolicy", "jobManagerPodTemplate", `"dnsPolicy":"Near"`, true},
		{"a value of a pod option", "pods: {tolerations: [{key: a, operator: Near}]}", "unknown-value",
			"spec.template.spec.tolerations[0].operator", "pods", `"operator":"Near"`, true},
	} {
		for _, text := range []string{app + "      kubernetes: {" + c.kubernetes + "}\n",
			session + "  kubernetes: {" + c.kubernetes + "}\n"} {
			_, err := deployment.ParseAll("f", []byte(text))
			assert.Equal(t, err == nil, c.known, c.reason)
			b, err := deployment.Reader{AllowUnknown: true}.ParseAll("f", []byte(text))
			assert.NilError(t, err, c.reason)
			_, err = renderer(t).Bundle(b, nil)
			assert.ErrorContains(t, err, "(option AllowUnknown)", c.reason)
			m, err := renderer(t, render.AllowUnknown()).Bundle(b, nil)
			assert.NilError(t, err, c.reason)
			var found []flinktarget.Problem
			for _, w := range m.Warnings() {
				if w.Rule == c.rule && w.Field == c.field && strings.HasSuffix(w.Object, "jobmanager") {
					found = append(found, w)
				}
			}
			assert.Equal(t, len(found), 1, "%s: %v", c.reason, m.Warnings())
			assert.Assert(t, strings.Contains(found[0].Cause.Field, "kubernetes."+c.at), "%s: %v", c.reason, found[0])
			assert.Equal(t, found[0].Line, strings.Count(text, "\n"), c.reason)
			kind, _, _ := strings.Cut(found[0].Object, " ")
			object := string(tree.JSON(find(t, m, kind, "-jobmanager").Map()))
			assert.Assert(t, strings.Contains(object, c.kept), "%s: it is in the manifest", c.reason)
			var out bytes.Buffer
			err = render.YAML(&out, strings.NewReader(text), render.AllowUnknown())
			assert.NilError(t, err, c.reason)
		}
	}
}
