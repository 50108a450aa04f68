package krm

import (
	"bytes"
	"testing"

	"github.com/flinktarget/flinktarget/internal/yaml"
)

// FuzzCut compares a list that was cut with the same one read as a whole: whatever can
// be cut has the same items and fields, and its lines put together are legal again.
func FuzzCut(f *testing.F) {
	for _, seed := range []string{
		"apiVersion: a\nkind: ResourceList\nitems:\n- a: 1.20\n# b\n- b: |+\n    x\n\n- - c\n  - " +
			"d\nfunctionConfig:\n  e: f\n",
		"items:\n  - a: \"x\n- y\"\n  - {a: b\n}\n  -\n    c\nkind: x\n",
		"---\nitems: [a, b]\nkind: 'x\ny: z'\n",
		"items:\n- &a b\n- *a\n- a: >\n   - b\n\n   c: d\n- ? a\n  : b\n",
		"items:\n# x\nkind: |\n a: b\n\n c\n...\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got, ok := cut(in)
		if !ok {
			return
		}
		want, bad := whole(in)
		if len(bad) > 0 {
			t.Skip("the parts are legal, their sum is too large or has the same key twice in other words")
		}
		compare(t, in, got, want)
		if at(&yaml.Node{Fields: got.fields}, "items") != nil {
			return // it is refused
		}
		var entries []entry
		for _, i := range got.items {
			entries = append(entries, entry{item: i})
		}
		out, err := got.write(entries, nil)
		if err != nil {
			t.Fatal(err)
		}
		again, bad := whole(out)
		if len(bad) > 0 {
			t.Fatalf("%q\nwas written as\n%q\n%v", in, out, bad)
		}
		again.fields, want.fields = nil, nil
		compare(t, out, again, want)
	})
}

func compare(t *testing.T, in []byte, got, want list) {
	t.Helper()
	var a, b yaml.Node
	for _, i := range got.items {
		a.Items = append(a.Items, i.node)
	}
	for _, i := range want.items {
		b.Items = append(b.Items, i.node)
	}
	a.Fields, b.Fields = got.fields, want.fields
	if !same(&a, &b) {
		g, w := &writer{}, &writer{}
		g.node(&a, "")
		w.node(&b, "")
		t.Fatalf("%q\ncut\n%s\nwhole\n%s", in, bytes.TrimSpace(g.out), bytes.TrimSpace(w.out))
	}
}
