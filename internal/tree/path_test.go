package tree_test

import (
	"testing"

	"gotest.tools/v3/assert"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/tree"
)

func TestPath(t *testing.T) {
	key := func(name string) tree.Step { return tree.Step{Name: name} }
	element := func(name string) tree.Step { return tree.Step{Name: name, Element: true} }
	for _, c := range []struct {
		path          tree.Path
		people, field string
	}{
		{nil, "", ""},
		{tree.Path{key("spec"), key("containers"), element("main"), key("image")}, "spec.containers[main].image",
			"spec.containers[main].image"},
		{tree.Path{key("a"), element("0"), element("1")}, "a[0][1]", "a[0][1]"},
		{tree.Path{key("labels"), key("a.b/c")}, "labels[a.b/c]", "labels[a.b/c]"},
		{tree.Path{key("a.b"), key("c")}, "[a.b].c", "[a.b].c"},
		{tree.Path{key("$patch")}, "$patch", "$patch"},
		{tree.Path{key("a"), key("b-1_c")}, "a.b-1_c", "a.b-1_c"},
		{tree.Path{key("a"), key("1")}, "a[1]", "a.1"},
		{tree.Path{key("a"), key("ä:b")}, "a[ä:b]", "a.ä:b"},
		{tree.Path{key("a"), key("")}, `a[""]`, "a[]"},
		{tree.Path{key("a"), key(" b]")}, `a[" b]"]`, "a[ b]]"},
		{tree.Path{key("a"), key("b\n")}, `a["b\n"]`, "a.b\n"},
	} {
		assert.Equal(t, c.path.String(), c.people)
		assert.Equal(t, c.path.Field(), c.field)
	}
	same := field.NewPath("spec").Child("labels").Key("a.b/c").Index(2).Child("d").String()
	assert.Equal(t, tree.Path{key("spec"), key("labels"), key("a.b/c"), element("2"), key("d")}.Field(), same)
}

func TestJoin(t *testing.T) {
	assert.Equal(t, tree.Join("", "")+tree.Join("", "a")+tree.Join("", "[0]"), "a[0]")
	assert.Equal(t, tree.Join("a", "")+" "+tree.Join("a", "b[0]")+" "+tree.Join("a", "[0].b"), "a a.b[0] a[0].b")
}

// Paths stay what they are, whatever is done to others.
func TestPathsAreFresh(t *testing.T) {
	p := append(make(tree.Path, 0, 8), tree.Step{Name: "p"})
	a, b := p.With(tree.Step{Name: "a"}), p.With(tree.Step{Name: "b"})
	_ = append(a, tree.Step{Name: "x"})
	assert.Equal(t, a.String()+" "+b.String()+" "+a.With(tree.Step{Name: "c"}).String()+" "+p.String(),
		"p.a p.b p.a.c p")
}

func TestQuote(t *testing.T) {
	for text, want := range map[string]string{
		"a": "a", "a,b": `"a,b"`, "a#2": `"a#2"`, "": `""`, "[": `"["`, "é": "é", "a b": "a b", "a\x00": `"a\x00"`,
	} {
		assert.Equal(t, tree.Quote(text, ",#"), want)
	}
	assert.Equal(t, tree.Quote("a,b", ""), "a,b")
}
