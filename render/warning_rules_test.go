package render_test

import (
	"slices"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/render"
)

// Programs filter warnings by their rules.
func TestRulesOfWarnings(t *testing.T) {
	for rule, text := range map[string]string{
		"checkpoint-directory": conf("execution.checkpointing.interval: 10s"),
		"no-effect":            conf("yarn.tags: x"),
		"option-spelling":      conf("taskmanager.numberOfTaskSlot: 2"),
		"plain-secret":         conf("s3.secret-key: abcdefghijkl"),
		"engine-image":         in(app, "flinkVersion: 1.20", "flinkVersion: 1.20, engineVersionName: vera-1.0-flink-1.20"),
		"shared-namespace":     app,
	} {
		m, err := renderer(t, render.ForPlatform(render.Platform{Namespace: "staging"})).Bundle(parse(t, []byte(text)), nil)
		assert.NilError(t, err)
		is := func(p flinktarget.Problem) bool { return p.Rule == rule }
		assert.Assert(t, slices.ContainsFunc(m.Warnings(), is), "%s: %v", rule, m.Warnings())
	}
}
