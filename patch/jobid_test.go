package patch_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/patch"
)

// Whoever trusts the answer leaves something out, so that doubt is no.
func TestIgnoresJobID(t *testing.T) {
	const id = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
	none, err := patch.NewSet()
	assert.NilError(t, err)
	assert.Assert(t, none.IgnoresJobID() && patch.Set{}.IgnoresJobID(), "no patch sees anything")
	for entry, want := range map[string]bool{
		"{target: {kind: Job}, patch: {spec: {template: {spec: {priorityClassName: high}}}}}":                       true,
		"{apiVersion: batch/v1, kind: Job, spec: {backoffLimit: 3}}":                                                true,
		"{target: {kind: Deployment, labelSelector: component=taskmanager}, patch: {metadata: {labels: {a: b}}}}":   true,
		"{target: {namespace: staging, labelSelector: 'app,system!=x'}, patch: {metadata: {labels: {a: b}}}}":       true,
		"{target: {kind: Service}, patch: [{op: add, path: /metadata/annotations, value: {a: b}}]}":                 true,
		"{target: {kind: Service}, patch: [{op: replace, path: /spec/ports/0/port, value: 1}]}":                     true,
		"{target: {kind: Service}, patch: [{op: remove, path: /spec/ports/0}]}":                                     true,
		"{op: test, path: /spec/state, value: RUNNING}":                                                             true, // of the VVP Deployment
		"{apiVersion: v1, kind: Deployment, metadata: {name: app}, spec: {maxJobCreationAttempts: 3}}":              true,
		"{target: {kind: Job, name: .*}, patch: {metadata: {labels: {a: b}}}}":                                      false,
		"{apiVersion: batch/v1, kind: Job, metadata: {name: job-a-jobmanager}, spec: {backoffLimit: 3}}":            false,
		"{target: {kind: Job, labelSelector: jobId=a}, patch: {metadata: {labels: {a: b}}}}":                        false,
		"{target: {kind: Job, labelSelector: '!jobId'}, patch: {metadata: {labels: {a: b}}}}":                       false,
		"{target: {kind: Job, labelSelector: 'app,jobId in (a)'}, patch: {metadata: {labels: {a: b}}}}":             false,
		"{target: {kind: Job, annotationSelector: a=b}, patch: {metadata: {labels: {a: b}}}}":                       false,
		"{target: {kind: Service}, patch: [{op: test, path: /metadata/name, value: a}]}":                            false,
		"{target: {kind: Service}, patch: [{op: copy, from: /metadata/name, path: /metadata/labels/a}]}":            false,
		"{target: {kind: Service}, patch: [{op: move, from: /metadata/labels/a, path: /metadata/labels/b}]}":        false,
		"{target: {kind: Service}, patch: [{op: replace, path: /metadata/name, value: job-" + id + "-jobmanager}]}": false,
		"{target: {kind: Service}, patch: {metadata: {labels: {jobId: " + id + "}}}}":                               false,
		"{target: {kind: Service}, patch: {metadata: {annotations: {x-" + id + ": ''}}}}":                           false,
		"{target: {kind: Service}, patch: {metadata: {annotations: {x: " + id[:35] + "}}}}":                         true,
		"{target: {kind: Service}, patch: {metadata: {annotations: {x: a-b-c-d-e-f, y: 12345678-1234-1234-1234}}}}": true,
		"{target: {kind: Service}, patch: {metadata: {annotations: {x: '" + id + "'}}}}":                            false,
		"{target: {kind: Service}, patch: {metadata: {annotations: {x: 'so " + id + " it is'}}}}":                   false,
		"{target: {kind: Service}, patch: [{op: add, path: /spec/ports, value: [a, {b: [" + id + "]}]}]}":           false,
		// A dash too few is no UUID.
		"{target: {kind: Service}, patch: {metadata: {annotations: {x: 7c9e6679x7425-40de-944b-e07fc1f90ae7}}}}": true,
		"{target: {kind: Service}, patch: {metadata: {annotations: {x: 7c9e6679-7425x40de-944b-e07fc1f90ae7}}}}": true,
		"{target: {kind: Service}, patch: {metadata: {annotations: {x: 7c9e6679-7425-40dex944b-e07fc1f90ae7}}}}": true,
		"{target: {kind: Service}, patch: {metadata: {annotations: {x: 7c9e6679-7425-40de-944bxe07fc1f90ae7}}}}": true,
	} {
		p, blind := patch.MustParse(entry), patch.MustParse("{target: {kind: Job}, patch: {spec: {backoffLimit: 3}}}")
		for _, patches := range [][]patch.Patch{{p}, {blind, p}, {p, blind}} {
			s, err := patch.NewSet(patches...)
			assert.NilError(t, err)
			assert.Equal(t, s.IgnoresJobID(), want, entry)
		}
	}
}
