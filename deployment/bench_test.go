package deployment_test

import (
	"testing"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/patch"
)

func BenchmarkParse(b *testing.B) {
	text := []byte(oneWrapper)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := deployment.Parse("f", text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	cfg := generate(3).deployment()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := deployment.New(cfg); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPatch(b *testing.B) {
	d, err := deployment.New(generate(3).deployment())
	if err != nil {
		b.Fatal(err)
	}
	set, err := patch.NewSet(patch.MustParse("{op: add, path: /spec/template/spec/flinkConfiguration/a, value: b}"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Patch(set); err != nil {
			b.Fatal(err)
		}
	}
}
