package render_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
)

// What a record of all steps costs, against the same rendering without one.
func BenchmarkTrace(b *testing.B) {
	in, err := deployment.ParseAll("", []byte(app))
	assert.NilError(b, err)
	job := func(deployment.Deployment) render.Job { return render.Job{ID: jobID} }
	for _, c := range []struct {
		name string
		opts []render.Option
	}{{"without", nil}, {"with", []render.Option{render.WithTrace()}}} {
		b.Run(c.name, func(b *testing.B) {
			r, err := render.New(c.opts...)
			assert.NilError(b, err)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Bundle(in, job); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
