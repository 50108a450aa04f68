package render_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/internal/inputs"
)

// An editor changes documents as the bytes say, three for each change.
type editor struct {
	edits  []byte
	values []any // that documents have, or are hostile
}

func (e *editor) next(n int) int {
	if len(e.edits) == 0 || n == 0 {
		return 0
	}
	i := int(e.edits[0])
	e.edits = e.edits[1:]
	if n > 256 && len(e.edits) > 0 {
		i = i<<8 | int(e.edits[0])
		e.edits = e.edits[1:]
	}
	return i % n
}

// A spot is a value in a document, and how to put another in its place.
type spot struct {
	value any
	set   func(any)
	drop  func()
}

func spots(v any, set func(any)) (out []spot) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range tree.Keys(v) {
			put := func(to any) { v[key] = to }
			out = append(out, spot{v[key], put, func() { delete(v, key) }})
			out = append(out, spots(v[key], put)...)
		}
	case []any:
		for i := range v {
			put := func(to any) { v[i] = to }
			out = append(out, spot{v[i], put, func() { set(append(append([]any{}, v[:i]...), v[i+1:]...)) }})
			out = append(out, spots(v[i], put)...)
		}
	}
	return out
}

// edit drops a value, or puts another, itself twice or what another place has into its place.
func (e *editor) edit(docs []any) {
	all := spots(docs, func(any) {})
	if len(all) == 0 {
		return
	}
	at := all[e.next(len(all))]
	switch e.next(6) {
	case 0:
		at.drop()
	case 1:
		at.set(nil)
	case 2:
		at.set(tree.Copy(all[e.next(len(all))].value))
	case 3:
		at.set([]any{tree.Copy(at.value), tree.Copy(at.value)})
	case 4:
		if m, ok := at.value.(map[string]any); ok {
			if key, ok := e.values[e.next(len(e.values))].(string); ok {
				m[key] = e.values[e.next(len(e.values))]
				return
			}
		}
		at.set(e.values[e.next(len(e.values))])
	default:
		at.set(e.values[e.next(len(e.values))])
	}
}

func (e *editor) text(text []byte) []byte {
	roots, problems := yaml.Parse("f", text)
	if len(problems) > 0 || len(e.edits) == 0 {
		return text
	}
	var docs []any
	for _, root := range roots {
		docs = append(docs, root.Value())
	}
	for n := 0; len(e.edits) > 0 && n < 8; n++ {
		e.edit(docs)
	}
	var out []byte
	for _, doc := range docs {
		out = append(out, yaml.Separator...)
		out, _ = yaml.Append(out, doc)
	}
	return out
}

// Whole files that were legal, and are changed in a few places.
func FuzzBundle(f *testing.F) {
	files, err := filepath.Glob("../internal/testdata/*/*.yaml")
	assert.NilError(f, err)
	for i, file := range files {
		text, err := os.ReadFile(file)
		assert.NilError(f, err)
		f.Add(text, []byte{byte(i), 3, 5, 7}, byte(i))
	}
	for seed := range uint64(60) {
		f.Add(inputs.New(seed).Text(), []byte{byte(seed), 5, byte(7 * seed), byte(seed), 2, 9}, byte(seed))
	}
	values := []any{int64(0), int64(-1), int64(1 << 40), 1.5, true, "", "1", "a", tree.Map{}, []any{}, "$(A)", "${A}", "$",
		"s3://b/a", "job-x", "/opt/flink/conf", "10.0.0.0/8", "1.20", "2.0", "SUSPENDED", "kubernetes", "{name}"}
	for _, s := range append(hostileStrings(), hostileQuantities()...) {
		if len(s) < 100 {
			values = append(values, s)
		}
	}
	var renderers [4]*render.Renderer
	for i := range renderers {
		in := inputs.Input{Around: i&1 > 0, Budgets: i&2 > 0}
		renderers[i], err = render.New(in.Options()...)
		assert.NilError(f, err)
	}
	f.Fuzz(func(t *testing.T, text, edits []byte, options byte) {
		text = (&editor{edits, values}).text(text)
		b, err := deployment.ParseAll("f", text)
		if err != nil {
			return // FuzzParseAll of deployment looks at these
		}
		r := renderers[options%4]
		m, err := r.Bundle(b, nil)
		for p := range flinktarget.Problems(err) {
			if p.Message == "" || p.Rule == "" || p.Line < 1 {
				t.Errorf("%#v\nof %s", p, text)
			}
		}
		if err != nil {
			return
		}
		again, err := r.Bundle(copied(t, b), nil)
		if err != nil || again.Digest() != m.Digest() {
			t.Errorf("encoded and decoded, it is %v\nof %s", err, text)
		}
		var out bytes.Buffer
		_, err = m.WriteTo(&out)
		assert.NilError(t, err)
		roots, problems := yaml.Parse("out", out.Bytes())
		assert.Equal(t, len(problems), 0, "%v", problems)
		i := 0
		for o := range m.All() {
			if read := roots[i].Value(); !tree.Equal(read, o.Map()) {
				t.Errorf("written, and read:\n%s", tree.JSON(read))
			}
			i++
		}
	})
}

// copied goes through JSON.
func copied(t *testing.T, b deployment.Bundle) (out deployment.Bundle) {
	t.Helper()
	text, err := json.Marshal(b)
	assert.NilError(t, err)
	assert.NilError(t, json.Unmarshal(text, &out), "%s", text)
	return out
}
