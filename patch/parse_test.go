package patch_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/patch"
)

func TestParseAccepts(t *testing.T) {
	for reason, text := range map[string]string{
		"an operation as VVP 2.0 wrote it": "{op: add, path: " +
			"/spec/template/spec/flinkConfiguration/a.b, value: c}",
		"an explicit null is a value": "{op: add, path: /a, value: null}",
		"a merge for the VVP Deployment": "{apiVersion: v1, kind: Deployment, spec: {template: {spec: " +
			"{parallelism: 2}}}}",
		"a merge for the VVP SessionCluster": "{apiVersion: v1, kind: SessionCluster, spec: " +
			"{numberOfTaskManagers: 2}}",
		"a merge for the Kubernetes Deployment": "{apiVersion: apps/v1, kind: Deployment, spec: {replicas: 2}}",
		"a name narrows an inline merge": "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: " +
			"{type: NodePort}}",
		"labels of an inline merge are content": "{apiVersion: v1, kind: Service, metadata: {labels: {a: b}}}",
		"the patch of a target needs no kind": "{target: {kind: Job}, patch: {metadata: {annotations: " +
			"{a: b}}}}",
		"a target may match several kinds": "{target: {kind: Job|Deployment}, patch: {metadata: " +
			"{annotations: {a: b}}}}",
		"a target may match every kind": "{target: {}, patch: {metadata: {annotations: {a: b}}}}",
		"the patch may be text, as in a kustomization": "target: {kind: Job}\npatch: |-\n  metadata:\n    " +
			"annotations: {a: b}\n",
		"operations for objects": "{target: {kind: Service}, patch: [{op: remove, path: " +
			"/spec/ports/0}]}",
		"operations as text": "target: {kind: Service}\npatch: |-\n  - {op: remove, path: " +
			"/spec/ports/0}\n",
		"selectors as Kubernetes has them": "{target: {labelSelector: 'component in (a, b),!c', " +
			"annotationSelector: d}, patch: {metadata: {annotations: {a: b}}}}",
		"null deletes": "{target: {kind: Job}, patch: {spec: {backoffLimit: null}}}",
		"elements are deleted by their key": "{target: {kind: Deployment}, patch: {spec: {template: " +
			"{spec: {containers: [{name: a, $patch: delete}]}}}}}",
		"JSON is YAML": `{"target": {"kind": "Job"}, "patch": {"spec": ` +
			`{"backoffLimit": 1}}}`,
		"group, version and namespace of a target": "{target: {group: apps, version: v1, namespace: a.*, name: " +
			"b}, patch: {spec: {replicas: 1}}}",
		"the longest expression": "{target: {name: " + strings.Repeat("a",
			1000) + "}, patch: {metadata: {annotations: {a: b}}}}",
		"the longest label selector": "{target: {labelSelector: '" + strings.Repeat("a,",
			4999) + "aa'}, patch: {metadata: {annotations: {a: b}}}}",
		"an int that a float64 cannot hold stays exact": "{op: add, path: /a, value: 9007199254740993}",
	} {
		t.Run(reason, func(t *testing.T) {
			p, err := patch.Parse([]byte(text))
			assert.NilError(t, err)
			again, err := patch.Parse([]byte(p.String()))
			assert.NilError(t, err)
			assert.Assert(t, p.Equal(again), "%s", p)
		})
	}
}

func TestParseRefuses(t *testing.T) {
	cases := []struct {
		reason, text, field, says string
	}{
		{"a Deployment of which API?", "{kind: Deployment, spec: {}}", "apiVersion", "ambiguous"},
		{"a merge needs an API version", "{kind: Service, spec: {}}", "apiVersion", "did you mean apiVersion: v1?"},
		{"a merge needs a kind", "{apiVersion: v1, spec: {}}", "kind", "needs a kind"},
		{"a number is no kind", "{apiVersion: v1, kind: 3}", "kind", "expected a string"},
		{"a list is no name", "{apiVersion: v1, kind: Service, metadata: {name: [a]}}", "metadata.name",
			"expected a string"},
		{"kinds that are never rendered are typos", "{apiVersion: apps/v1, kind: Deployments, spec: {}}", "kind",
			"Deployment"},
		{"so are API versions", "{apiVersion: apps/v1beta1, kind: Deployment, spec: {}}", "kind", "apps/v1"},
		{"a target that selects no rendered kind is a typo", "{target: {kind: Deploy}, patch: {spec: {}}}", "target",
			"Deployment"},
		{"expressions match whole values", "{target: {kind: Job, version: v}, patch: {spec: {}}}", "target",
			"batch/v1 Job"},
		{"expressions must compile", "{target: {name: '('}, patch: {spec: {}}}", "target.name", "missing closing"},
		{"label selectors must parse", "{target: {labelSelector: 'a in b'}, patch: {a: b}}", "target.labelSelector",
			"found 'b'"},
		{"what may be a secret is not quoted", "{target: {labelSelector: 'token in b'}, patch: {a: b}}",
			"target.labelSelector", "not a label selector"},
		{"files are not read", "{path: patch.yaml, target: {kind: Job}}", "path", "not read"},
		{"a target alone changes nothing", "{target: {kind: Job}}", "", "needs a patch"},
		{"null is no target", "{target: null, patch: {spec: {}}}", "", "needs a target"},
		{"a patch alone has no target", "{patch: {spec: {}}}", "", "needs a target"},
		{"options of kustomize that are not supported",
			"{target: {kind: Job}, patch: {a: b}, options: {allowNameChange: true}}", "options",
			"belong to the platform"},
		{"a misspelt key beside a target", "{target: {kind: Job}, patch: {a: b}, option: x}", "option",
			"target and patch only"},
		{"an expression that breaks out of its anchors", "{target: {name: 'a)|(b'}, patch: {a: b}}", "target.name",
			"unexpected )"},
		{"an expression that is too long", "{target: {name: " + strings.Repeat("a", 1001) + "}, patch: {a: b}}",
			"target.name", "1000 bytes"},
		{"an expression that is too large", "{target: {name: '((a{100}){100}){100}'}, patch: {a: b}}", "target.name",
			"regular expression"},
		{"a label selector that is too long",
			"{target: {labelSelector: " + strings.Repeat("a", 10_001) + "}, patch: {a: b}}", "target.labelSelector",
			"10000 bytes"},
		{"a group is not a version", "{target: {group: v1}, patch: {a: b}}", "target", "no kind"},
		{"the core group has no name", "{target: {group: .+, kind: Service}, patch: {a: b}}", "target",
			"the kinds are v1 ServiceAccount, "},
		{"a namespace must compile", "{target: {namespace: '('}, patch: {a: b}}", "target.namespace", "missing"},
		{"annotation selectors must parse", "{target: {annotationSelector: 'a in b'}, patch: {a: b}}",
			"target.annotationSelector", "not a label selector: "},
		{"the id of jobs that have none yet", "{op: add, path: /a, value: " + kinds.BarePlaceholderID + "}", "", "reserved"},
		{"a misspelt selector", "{target: {kinds: Job}, patch: {a: b}}", "target.kinds", "kind"},
		{"an empty patch changes nothing", "{target: {kind: Job}, patch: {}}", "patch", "empty"},
		{"so does a comment", "target: {kind: Job}\npatch: |-\n  # nothing\n", "patch", "empty"},
		{"several documents in one patch", "target: {kind: Job}\npatch: |-\n  a: b\n  ---\n  c: d\n", "patch",
			"2 documents"},
		{"broken YAML in a text", "target: {kind: Job}\npatch: |-\n  a: [\n", "patch", "text"},
		{"a number is no patch", "{target: {kind: Job}, patch: 3}", "patch", "map"},
		{"unknown operations", "{op: ad, path: /a, value: b}", "op", "add"},
		{"operations without a value", "{op: add, path: /a}", "value", "value"},
		{"pointers start with a slash", "{op: remove, path: spec}", "path", "/"},
		{"misspelt members of an operation", "{op: add, path: /a, vaule: b, value: c}", "vaule", ""},
		{"operations in a target have an index",
			"{target: {kind: Service}, patch: [{op: remove, path: /a}, {op: remove}]}", "patch[1].path", ""},
		{"an element that is no operation", "{target: {kind: Service}, patch: [3]}", "patch[0]", "op and path"},
		{"what is lost in an inline merge",
			"{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {containers: [{image: x}]}}}}",
			"spec.template.spec.containers[0]", "name"},
		{"what is lost in a VVP resource",
			"{apiVersion: v1, kind: Deployment, spec: {template: {spec: {kubernetes: {pods: {envVars: [{value: " +
				"x}]}}}}}}", "spec.template.spec.kubernetes.pods.envVars[0]", "name"},
		{"what is lost in one of several kinds", "{target: {}, patch: {spec: {ports: [{name: x}]}}}",
			"patch.spec.ports[0]", "port"},
		{"a key that is no name", "{target: {kind: Job}, patch: {a.b: {$retainKeys: [x]}}}", "patch[a.b].$retainKeys",
			""},
		{"two documents", "{op: remove, path: /a}\n---\n{op: remove, path: /b}", "", "one document"},
		{"an element without its merge key empties the list",
			"{target: {kind: Deployment}, patch: {spec: {template: {spec: {containers: [{image: x}]}}}}}",
			"patch.spec.template.spec.containers[0]", "name"},
		{"an element's $patch: replace is ignored",
			"{target: {kind: Deployment}, patch: {spec: {template: {spec: {containers: [{name: a, $patch: " +
				"replace}]}}}}}", "patch.spec.template.spec.containers[0].$patch", ""},
		{"$retainKeys is written out", "{target: {kind: Deployment}, patch: {spec: {strategy: {$retainKeys: [type]}}}}",
			"patch.spec.strategy.$retainKeys", ""},
		{"unknown directives", "{target: {kind: Deployment}, patch: {spec: {$patch: drop}}}", "patch.spec.$patch", ""},
		{"nothing at all", "{}", "", ""},
		{"a list is a set, not a patch", "[{op: remove, path: /a}]", "", "map"},
		{"a text is no patch", "patch", "", "map"},
	}
	_, err := patch.Parse([]byte("{a: ["))
	broken, ok := errors.AsType[*flinktarget.InvalidError](err)
	assert.Assert(t, ok && len(broken.Problems) == 1,
		"how many documents a broken text would have had is no second problem: %v", err)
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			_, err := patch.Parse([]byte(c.text))
			e, ok := errors.AsType[*flinktarget.InvalidError](err)
			assert.Assert(t, ok, "%v", err)
			assert.Assert(t, errors.Is(err, flinktarget.ErrInvalid))
			assert.Equal(t, e.Problems[0].Field, c.field, "%v", err)
			assert.Equal(t, e.Problems[0].Resource, "", "whoever reads the patch knows whose it is")
			assert.Assert(t, strings.Contains(err.Error(), c.says), "%v", err)
			if e.Problems[0].Line > 0 { // what is said of all documents has no place
				assert.Assert(t, e.Problems[0].Rule != "", "%v", err)
			}
		})
	}
}

func TestAllProblemsOfAPatch(t *testing.T) {
	_, err := patch.Parse([]byte("target: {name: '(', kinds: a, labelSelector: 'x in'}\npatch: {a: b}\nwhat: ever\n"))
	e, ok := errors.AsType[*flinktarget.InvalidError](err)
	assert.Assert(t, ok)
	assert.Equal(t, len(e.Problems), 4, "%v", err)
	_, err = patch.Parse([]byte("{target: {kind: Job}, patch: [" + strings.Repeat("{op: ad, path: /a}, ", 1100) + "]}"))
	many, ok := errors.AsType[*flinktarget.InvalidError](err)
	assert.Assert(t, ok && len(many.Problems) == decode.MaxProblems+1, "and that there are more")
	assert.Equal(t, many.Problems[decode.MaxProblems].Rule, decode.OriginTooMany)
	p, ok := errors.AsType[flinktarget.Problem](e)
	assert.Assert(t, ok && p == e.Problems[0], "errors.As reaches the problems")
}

// A mistake that several kinds would make is reported once.
func TestOneMistakeInSeveralKinds(t *testing.T) {
	_, err := patch.Parse([]byte("{target: {kind: Job|Deployment}, patch: {spec: {template: {spec: {containers: " +
		"[{image: x}]}}}}}"))
	e, ok := errors.AsType[*flinktarget.InvalidError](err)
	assert.Assert(t, ok)
	assert.Equal(t, len(e.Problems), 1, "%v", err)
	_, err = patch.Parse([]byte("{apiVersion: apps/v1, kind: Deployments}"))
	assert.Assert(t, strings.Contains(err.Error(), "did you mean kind: Deployment?"), "%v", err)
	_, err = patch.Parse([]byte("{apiVersion: apps/v1, kind: Prometheus}"))
	assert.Assert(t, !strings.Contains(err.Error(), "did you mean"), "no kind is near: %v", err)
}

// The bounds of selectors, each at both ends.
func TestSelectorsAreBounded(t *testing.T) {
	operations := []any{map[string]any{"op": "remove", "path": "/spec"}}
	for reason, c := range map[string]struct {
		selector patch.Selector
		ok       bool
	}{
		"a name of 1,000 bytes":            {patch.Selector{Name: strings.Repeat("a", 1000)}, true},
		"a name of 1,001 bytes":            {patch.Selector{Name: strings.Repeat("a", 1001)}, false},
		"an expression of 1,000 bytes":     {patch.Selector{Name: ".*" + strings.Repeat("a", 998)}, true},
		"an expression of 1,001 bytes":     {patch.Selector{Name: ".*" + strings.Repeat("a", 999)}, false},
		"characters as many as names have": {patch.Selector{Name: "[a-z0-9.-]{1,253}"}, true},
		"names for a thousand bytes": {patch.Selector{Name: strings.TrimSuffix(strings.Repeat("some-name|",
			100), "|")}, true},
		"an expression of the largest size": {patch.Selector{Name: "[ab]{374}"}, true},
		"an expression of a larger size":    {patch.Selector{Name: "[ab]{375}"}, false},
		"repetitions of repetitions":        {patch.Selector{Name: "(a{30}){30}"}, false},
		"many operators":                    {patch.Selector{Name: strings.Repeat("a?", 400)}, false},
		"classes of Unicode":                {patch.Selector{Name: `\pL+`}, false},
		"a label selector of 10,000 bytes": {patch.Selector{LabelSelector: "a" + strings.Repeat(",a",
			9999/2) + "b"}, true},
		"a label selector of 10,001 bytes": {patch.Selector{LabelSelector: "a" + strings.Repeat(",a", 10_000/2)},
			false},
		"an annotation selector of that many": {patch.Selector{AnnotationSelector: "a" + strings.Repeat(",a",
			10_000/2)}, false},
		"a group that is no expression":         {patch.Selector{Group: "("}, false},
		"an expression that gets out of itself": {patch.Selector{Name: "a)|(b"}, false},
	} {
		c.selector.Kind = "Job"
		_, err := patch.FromObject(map[string]any{"target": c.selector, "patch": operations})
		invalid, refused := errors.AsType[*flinktarget.InvalidError](err)
		assert.Assert(t, c.ok == (err == nil) && c.ok != refused, "%s: %v", reason, err)
		assert.Assert(t, c.ok || len(invalid.Problems) == 1, "%s: %v", reason, err)
	}
}

// Of a text that cannot be read nothing else is said.
func TestBrokenTextIsOneProblem(t *testing.T) {
	for _, text := range []string{"{", "a: b: c", "\x00", "{target: {kind: Job}, patch: '{'}", "op: remove\n---\n{", "{\n---\nop: remove\n"} {
		_, err := patch.Parse([]byte(text))
		invalid, ok := errors.AsType[*flinktarget.InvalidError](err)
		assert.Assert(t, ok && len(invalid.Problems) == 1, "%q: %v", text, err)
	}
}

func TestMustParsePanics(t *testing.T) {
	defer func() { assert.Assert(t, recover() != nil) }()
	patch.MustParse("{}")
}

func TestEqual(t *testing.T) {
	a := patch.MustParse("target: {kind: Job}\npatch: |-\n  # a comment\n  spec:\n    backoffLimit: 1\n")
	b := patch.MustParse(`{"patch": {"spec": {"backoffLimit": 1.0}}, "target": {"kind": "Job"}}`)
	c := patch.MustParse("{target: {kind: Job}, patch: {spec: {backoffLimit: '1'}}}")
	assert.Assert(t, a.Equal(b), "formatting, comments and text do not count")
	assert.Assert(t, !a.Equal(c), "a string is no number")
	named := "{apiVersion: v1, kind: Service, metadata: {name: a, namespace: n}, spec: {type: NodePort}}"
	for _, text := range []string{strings.Replace(named, "name: a", "name: b", 1),
		strings.Replace(named, "namespace: n", "namespace: m", 1)} {
		assert.Assert(t, !patch.MustParse(named).Equal(patch.MustParse(text)),
			"what a merge does not change still says what it is for: %s", text)
	}
	assert.Equal(t, patch.MustParse(named).String(),
		`{"apiVersion":"v1","kind":"Service","metadata":{"name":"a","namespace":"n"},"spec":{"type":"NodePort"}}`)
	assert.Assert(t, !a.Equal(patch.Patch{}))
	assert.Assert(t, patch.Patch{}.Equal(patch.Patch{}))
	assert.Assert(t, patch.Patch{}.IsZero() && !a.IsZero())
	assert.Equal(t, patch.Patch{}.String(), "null")
	null, err := patch.Patch{}.MarshalYAML()
	assert.Assert(t, err == nil && null == nil)
}

func TestSet(t *testing.T) {
	p := patch.MustParse("{op: remove, path: /a}")
	list := []patch.Patch{p, p}
	s, err := patch.NewSet(list...)
	assert.NilError(t, err)
	list[0] = patch.Patch{}
	assert.Equal(t, s.Len(), 2)
	for i, q := range s.All() {
		assert.Assert(t, q.Equal(p), "%d changed with the slice that was handed in", i)
	}
	text, err := json.Marshal(s)
	assert.NilError(t, err)
	var again patch.Set
	assert.NilError(t, json.Unmarshal(text, &again))
	assert.Assert(t, s.Equal(again))

	_, err = patch.NewSet(p, patch.Patch{})
	assert.Assert(t, errors.Is(err, flinktarget.ErrInvalid))
	many := make([]patch.Patch, patch.MaxPatches+1)
	for i := range many {
		many[i] = p
	}
	full, err := patch.NewSet(many[1:]...)
	assert.NilError(t, err)
	n := 0
	for range full.All() {
		if n++; n == 2 {
			break
		}
	}
	assert.Equal(t, n, 2, "the iteration can be left")
	_, err = patch.NewSet(many...)
	e, ok := errors.AsType[*flinktarget.InvalidError](err)
	assert.Assert(t, ok && len(e.Problems) == 1, "%v", err)
	assert.Equal(t, e.Problems[0].Field, "")
	assert.Equal(t, e.Problems[0].Message, field.TooMany(nil, len(many), patch.MaxPatches).ErrorBody(),
		"the limit that is named is the one that holds")
	text, err = json.Marshal(full)
	assert.NilError(t, err)
	longer := append(append(append([]byte("["), text[1:len(text)-1]...), ','), text[1:]...)
	assert.Assert(t, errors.Is(json.Unmarshal(longer, &patch.Set{}), flinktarget.ErrInvalid), "too many in JSON")
	err = json.Unmarshal([]byte(`[{"op": "add", "path": "/a", "value": 99999999999999999999}]`), &patch.Set{})
	assert.ErrorContains(t, err, "an integer does not fit")
	err = json.Unmarshal([]byte("{}"), &patch.Set{})
	assert.Assert(t, errors.Is(err, flinktarget.ErrInvalid), "no list: %v", err)
	err = json.Unmarshal([]byte(`[{"op": "remove", "path": "/a"}, 3]`), &patch.Set{})
	e, ok = errors.AsType[*flinktarget.InvalidError](err)
	assert.Assert(t, ok, "%v", err)
	assert.Equal(t, e.Problems[0].Field, "[1]", "a problem of a whole entry")
	err = json.Unmarshal([]byte(`[{"op": "remove", "path": "/a"}, {"op": "x", "path": "/a"}]`), &again)
	e, ok = errors.AsType[*flinktarget.InvalidError](err)
	assert.Assert(t, ok, "%v", err)
	assert.Equal(t, e.Problems[0].Field, "[1].op")
	assert.Equal(t, e.Problems[0].Resource, "")
	assert.Assert(t, s.Equal(again), "a failed read changes nothing")
	assert.NilError(t, json.Unmarshal([]byte("[]"), &again))
	assert.Equal(t, again.Len(), 0)
}

func TestErrorTextIsCapped(t *testing.T) {
	e := &flinktarget.InvalidError{}
	for i := range 1000 {
		e.Problems = append(e.Problems, flinktarget.Problem{Resource: "Deployment default/a",
			Field: fmt.Sprint("spec.f", i), Message: "missing"})
	}
	text := e.Error()
	assert.Assert(t, strings.HasPrefix(text, "1000 problems in Deployment default/a:\n"))
	assert.Assert(t, strings.HasSuffix(text, "… and 980 more"))
	assert.Equal(t, len(e.Unwrap()), 1000, "the data is complete")
}

func TestPatchPosition(t *testing.T) {
	assert.Equal(t, patch.MustParse("# an entry\n  {op: remove, path: /a}").Position().String(), "2:3")
	assert.Equal(t, patch.Patch{}.Position(), flinktarget.Position{})
}

// Surrogate pairs, as Python's json.dumps writes characters beyond 16 bits, are read in
// all forms of a patch. Half a pair is refused, and not replaced.
func TestSurrogatePairs(t *testing.T) {
	const pair = `\ud83d\ude80`
	escaped := strings.ReplaceAll(pair, `\`, `\\`)
	for form, text := range map[string]string{
		"operation": `{"op": "add", "path": "/spec/a", "value": "@"}`,
		"inline":    `{"apiVersion": "v1", "kind": "Service", "metadata": {"annotations": {"a": "@"}}}`,
		"key":       `{"apiVersion": "v1", "kind": "Service", "metadata": {"annotations": {"@": "a"}}}`,
		"target":    `{"target": {"kind": "Job"}, "patch": {"metadata": {"annotations": {"a": "@"}}}}`,
		"JSON in JSON": `{"target": {"kind": "Job"}, "patch": "{\"metadata\": {\"annotations\": {\"a\": ` +
			`\"@@\"}}}"}`,
		"YAML in JSON":        `{"target": {"kind": "Job"}, "patch": "metadata: {annotations: {a: @}}"}`,
		"JSON in YAML":        "target: {kind: Job}\npatch: |\n  {\"metadata\": {\"annotations\": {\"a\": \"@\"}}}\n",
		"quoted JSON in YAML": `{target: {kind: Job}, patch: '{"metadata": {"annotations": {"a": "@"}}}'}`,
		"operations in YAML": "target: {kind: Job}\npatch: |\n  [{\"op\": \"add\", \"path\": " +
			"\"/metadata/annotations/a\", \"value\": \"@\"}]\n",
	} {
		with := func(s, twice string) string { return strings.NewReplacer("@@", twice, "@", s).Replace(text) }
		p, err := patch.Parse([]byte(with(pair, escaped)))
		assert.NilError(t, err, form)
		assert.Assert(t, p.Equal(patch.MustParse(with("🚀", "🚀"))), "%s: %s", form, p)
		var q patch.Patch
		if json.Valid([]byte(text)) {
			assert.NilError(t, json.Unmarshal([]byte(with(pair, escaped)), &q), form)
			assert.Assert(t, q.Equal(p), form)
		}
		_, err = patch.Parse([]byte(with(`\ud83d`, `\\ud83d`)))
		assert.ErrorContains(t, err, `\ud83d is half of a surrogate pair`, form)
	}
}
