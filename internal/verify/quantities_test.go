package verify_test

import (
	"bytes"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/render"
)

// quantityPlaces are where a quantity may stand, with %q for it: read by type in the
// resource, and as a tree in patches.
func quantityPlaces(quantity string) map[string]string {
	template := func(spec string) string {
		spec = strings.ReplaceAll(spec, "%q", quantity)
		return app + "      kubernetes: {jobManagerPodTemplate: {spec: {" + spec + "}}}\n"
	}
	patch := func(spec string) string {
		return withPatches(app, toPod(strings.ReplaceAll(spec, "%q", quantity)))
	}
	specs := map[string]string{
		"resources": "containers: [{name: flink-jobmanager, resources: {limits: {ephemeral-storage: %q}}}]",
		"sizeLimit": "volumes: [{name: v, emptyDir: {sizeLimit: %q}}]",
		"overhead":  "overhead: {example.com/a: %q}",
		"divisor": "containers: [{name: flink-jobmanager, env: [{name: V, valueFrom: " +
			"{resourceFieldRef: {resource: limits.ephemeral-storage, divisor: %q}}}]}]",
		"claim": "volumes: [{name: v, ephemeral: {volumeClaimTemplate: {spec: " +
			"{accessModes: [ReadWriteOnce], resources: {requests: {storage: %q}}}}}}]",
	}
	out := map[string]string{}
	for name, spec := range specs {
		out["template: "+name] = template(spec)
		out["patch: "+name] = patch(spec)
	}
	out["JSON patch"] = withPatches(app, operate("Job", "add", jobPod+"/overhead", "{example.com/a: "+quantity+"}"))
	out["patch of the resource"] = withPatches(app, "{op: add, path: /spec/template/spec/kubernetes, "+
		"value: {taskManagerPodTemplate: {spec: {overhead: {example.com/a: "+quantity+"}}}}}")
	return out
}

// A few bytes must not keep a program busy: apimachinery writes out the digits of
// an exponent, and takes quadratic time for long texts.
func TestBoundsOfQuantities(t *testing.T) {
	for reason, quantity := range map[string]string{
		"an exponent":           `"1e99999999"`,
		"a negative exponent":   `"1e-99999999"`,
		"a capital":             `"1E+99999999"`,
		"leading zeros":         `"1e0000000100"`,
		"the first too large":   `"1e100"`,
		"the first too small":   `"1e-100"`,
		"too many digits":       `"` + strings.Repeat("9", 65) + `"`,
		"a million digits":      `"` + strings.Repeat("9", 1_000_000) + `"`,
		"a million decimals":    `"0.` + strings.Repeat("1", 1_000_000) + `"`,
		"a number, not a text":  "1e200",
		"a number of many":      strings.Repeat("9", 100),
		"an exponent of digits": `"1e` + strings.Repeat("9", 60) + `"`,
	} {
		for place, text := range quantityPlaces(quantity) {
			var out bytes.Buffer
			err := render.YAML(&out, strings.NewReader(text))
			if err == nil || out.Len() > 0 {
				t.Errorf("%s in %s was not refused", reason, place)
			}
		}
	}
}

// The neighbours of what is refused.
func TestLegalQuantities(t *testing.T) {
	for reason, quantity := range map[string]string{
		"an exponent":            `"2e3"`,
		"a small one":            `"20000000e-6"`,
		"the largest exponent":   `"1e99"`,
		"leading zeros":          `"1e03"`,
		"exa is a unit":          `"1E"`,
		"and so is exbi":         `"1Ei"`,
		"64 characters":          `"` + strings.Repeat("0", 62) + `2G"`,
		"a number":               "2000",
		"a number with a point":  "1000.5",
		"a binary unit":          "2Gi",
		"more than 64 bits hold": `"999E"`,
	} {
		for place, text := range quantityPlaces(quantity) {
			if _, err := renderJob(t, text); err != nil {
				t.Errorf("%s in %s: %v", reason, place, err)
			}
		}
	}
}

// A limit beyond 64 bits is not less than what Flink takes.
func TestLargeLimitsDoNotOverflow(t *testing.T) {
	for _, memory := range []string{"999E", "9e30", "9223372036854775807", "16Ei", "1e99"} {
		_, err := renderJob(t, withPatches(app, toContainer("resources: {limits: {memory: "+memory+"}}")))
		assert.NilError(t, err, memory)
	}
	_, err := renderJob(t, withPatches(app, toContainer("resources: {requests: {memory: 10M}, limits: {memory: 10M}}")))
	assert.ErrorIs(t, err, flinktarget.ErrInvalid)
}
