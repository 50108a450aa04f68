package render_test

import (
	"fmt"
	"os"
	"sync"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/build"
	"github.com/flinktarget/flinktarget/internal/tree"
)

func sharedParts() string { return string(tree.JSON(build.Parts())) }

// Whatever the tests of this package render and patch, nothing writes to what all
// clusters share.
func TestMain(m *testing.M) {
	before := sharedParts()
	code := m.Run()
	if sharedParts() != before {
		fmt.Fprintf(os.Stderr, "FAIL: what all clusters share has changed from\n%s\nto\n%s\n", before, sharedParts())
		code = 1
	}
	os.Exit(code)
}

// Targets, resources and a Renderer are shared by many goroutines, and each gets
// the same bytes.
func TestSharedByGoroutines(t *testing.T) {
	for name, text := range testFiles(t, "valid") {
		b := parse(t, text)
		r := renderer(t)
		m, err := r.Bundle(b, nil)
		assert.NilError(t, err)
		want := yamlOf(t, m)
		var wg sync.WaitGroup
		for range 32 {
			wg.Go(func() {
				m, err := r.Bundle(b, nil)
				if err != nil || yamlOf(t, m) != want {
					t.Errorf("%s: another result: %v", name, err)
				}
			})
		}
		wg.Wait()
	}
}
