package deployment_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/hostile"
)

// seeds are hostile texts, resources of all shapes, and generated ones.
func seeds(f *testing.F, generated func(seed uint64) any) {
	for _, text := range hostile.Texts() {
		f.Add([]byte(text[1]))
	}
	for _, g := range hostile.Growings() {
		f.Add(g.Text(20))
	}
	for _, text := range []string{leastDeployment, leastSessionCluster, oneWrapper, oneTarget, layers} {
		f.Add([]byte(text))
	}
	f.Add(hostile.Long())
	for seed := range uint64(20) {
		text, err := json.Marshal(generated(seed))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
}

// checkError holds what every error of a parser promises.
func checkError(t *testing.T, err error) {
	t.Helper()
	e, ok := errors.AsType[*flinktarget.InvalidError](err)
	if !ok || len(e.Problems) == 0 {
		t.Fatalf("%T: %v", err, err)
	}
	for _, p := range e.Problems {
		if p.Line < 1 || p.Column < 1 {
			t.Errorf("no place: %s", p)
		}
	}
	if text := err.Error(); len(text) > 32<<10 {
		t.Errorf("an error of %d bytes", len(text))
	}
}

func checkMemory(t *testing.T, text []byte, parse func()) {
	t.Helper()
	if used := hostile.Allocated(parse); !hostile.RaceDetector() && used > hostile.Worth {
		t.Errorf("%d bytes allocate %d", len(text), used)
	}
}

func FuzzParse(f *testing.F) {
	_ = parseDeployment([]byte(leastDeployment)) // what is allocated once is no text's fault
	seeds(f, func(seed uint64) any { return generate(seed).deployment() })
	f.Fuzz(func(t *testing.T, text []byte) {
		var v deployment.Deployment
		var err error
		checkMemory(t, text, func() { v, err = deployment.Parse("f", text) })
		if err != nil {
			checkError(t, err)
			return
		}
		again, err := deployment.New(v.Config())
		if err != nil || !again.Equal(v) {
			t.Fatalf("New(Config()): %v", err)
		}
		written, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if read, err := deployment.Parse("f", written); err != nil || !read.Equal(v) {
			t.Fatalf("Parse(%s): %v", written, err)
		}
		if _, err := deployment.New(v.Resolved()); err != nil {
			t.Fatalf("defaults: %v", err)
		}
		for _, w := range v.Warnings() {
			if v.Position(w.Field).Line < 1 {
				t.Errorf("no place: %s", w)
			}
		}
	})
}

func FuzzParseSessionCluster(f *testing.F) {
	_ = parseSessionCluster([]byte(leastSessionCluster))
	seeds(f, func(seed uint64) any { return generate(seed).sessionCluster() })
	f.Fuzz(func(t *testing.T, text []byte) {
		var v deployment.SessionCluster
		var err error
		checkMemory(t, text, func() { v, err = deployment.ParseSessionCluster("f", text) })
		if err != nil {
			checkError(t, err)
			return
		}
		again, err := deployment.NewSessionCluster(v.Config())
		if err != nil || !again.Equal(v) {
			t.Fatalf("New(Config()): %v", err)
		}
		written, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if read, err := deployment.ParseSessionCluster("f", written); err != nil || !read.Equal(v) {
			t.Fatalf("Parse(%s): %v", written, err)
		}
		if _, err := deployment.NewSessionCluster(v.Resolved()); err != nil {
			t.Fatalf("defaults: %v", err)
		}
		v.Warnings()
	})
}

func FuzzParseAll(f *testing.F) {
	seeds(f, func(seed uint64) any { return generate(seed).deployment() })
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := deployment.ParseAll("f", text); err != nil {
			checkError(t, err)
		}
		if _, err := deployment.ParseDefaults("f", text); err != nil {
			checkError(t, err)
		}
	})
}
