package target_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/target"
)

func patched(entries ...string) func(*target.Config) {
	return func(c *target.Config) {
		for _, e := range entries {
			c.Spec.DeploymentPatchSet = append(c.Spec.DeploymentPatchSet, patch.MustParse(e))
		}
	}
}

const (
	pool      = `{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {nodeSelector: {pool: flink}}}}}`
	otherPool = `{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {nodeSelector: {pool: batch}}}}}`
	setDir    = `{op: add, path: /spec/template/spec/flinkConfiguration/state.checkpoints.dir, value: "s3://a"}`
	setOther  = `{op: add, path: /spec/template/spec/flinkConfiguration/state.checkpoints.dir, value: "s3://b"}`
)

// change is a difference; an empty text stands for an absent field.
func change(field, from, to string) target.FieldChange {
	c := target.FieldChange{Field: field}
	if from != "" {
		c.From = json.RawMessage(from)
	}
	if to != "" {
		c.To = json.RawMessage(to)
	}
	return c
}

// patchChange is a difference in the patch set; path begins with the index.
func patchChange(path, from, to string) target.FieldChange {
	return change("spec.deploymentPatchSet"+path, from, to)
}

// checkImmutable registers one target and then the other.
func checkImmutable(t *testing.T, old, now target.Target, want []target.FieldChange) {
	t.Helper()
	var r target.Registry
	assert.NilError(t, r.Register(old))
	err := r.Register(now)
	immutable, ok := errors.AsType[*target.Error](err)
	assert.Assert(t, ok, err)
	assert.Equal(t, immutable.Ref, target.Ref{Namespace: "default", Name: "staging"})
	assert.DeepEqual(t, immutable.Fields, want)
	for _, f := range want {
		assert.Assert(t, strings.Contains(err.Error(), f.Field), err)
	}
}

func TestImmutableErrorFields(t *testing.T) {
	ref := target.Ref{Name: "staging", ID: id1}
	quoted1, quoted2 := `"`+id1+`"`, `"`+id2+`"`
	for _, c := range []struct {
		reason   string
		old, now target.Target
		want     []target.FieldChange
	}{
		{"the field and both values", newTarget(t, ref, "staging"), newTarget(t, ref, "prod"),
			[]target.FieldChange{change("spec.kubernetes.namespace", `"staging"`, `"prod"`)}},
		{"an absent field is not an empty one", newTarget(t, ref, ""), newTarget(t, ref, "prod"),
			[]target.FieldChange{change("spec.kubernetes.namespace", "", `"prod"`)}},
		{"the id is immutable, too", newTarget(t, ref, "a"), newTarget(t, target.Ref{Name: "staging", ID: id2}, "a"),
			[]target.FieldChange{change("metadata.id", quoted1, quoted2)}},
		{"references by id would break", newTarget(t, ref, "flink"), newTarget(t, staging, "flink"),
			[]target.FieldChange{change("metadata.id", quoted1, "")}},
		{"all at once, in the order of the resource", newTarget(t, ref, "a", patched(pool)), newTarget(t, staging, "b"),
			[]target.FieldChange{
				change("metadata.id", quoted1, ""),
				change("spec.kubernetes.namespace", `"a"`, `"b"`),
				patchChange("[0]", textOf(pool), ""),
			}},
	} {
		t.Run(c.reason, func(t *testing.T) { checkImmutable(t, c.old, c.now, c.want) })
	}
}

// textOf is the canonical text of a patch.
func textOf(entry string) string { return patch.MustParse(entry).String() }

// annotate and service are patches.
func annotate(value string) string {
	return `{op: add, path: /metadata/annotations/a, value: ` + value + `}`
}

func service(annotations string) string {
	return `{apiVersion: v1, kind: Service, metadata: {annotations: {` + annotations + `}}}`
}

var patchChanges = []struct {
	reason   string
	old, now []string
	want     []target.FieldChange
}{
	{"the path leads as deep as both patches agree", []string{setDir, pool}, []string{setDir, otherPool},
		[]target.FieldChange{patchChange("[1].spec.template.spec.nodeSelector.pool", `"flink"`, `"batch"`)}},
	{"an operation is compared member by member", []string{setDir}, []string{setOther},
		[]target.FieldChange{patchChange("[0].value", `"s3://a"`, `"s3://b"`)}},
	{"the members of different forms have nothing in common", []string{setDir}, []string{pool},
		[]target.FieldChange{patchChange("[0]", textOf(setDir), textOf(pool))}},
	{"after an entry that was put in front, nothing has changed",
		[]string{pool, setDir}, []string{setOther, pool, setDir},
		[]target.FieldChange{patchChange("[0]", "", textOf(setOther))}},
	{"after an entry that was taken out, nothing has changed",
		[]string{setOther, pool, setDir}, []string{setOther, setDir},
		[]target.FieldChange{patchChange("[1]", textOf(pool), "")}},
	{"prefix and suffix must not overlap", []string{pool}, []string{pool, pool},
		[]target.FieldChange{patchChange("[1]", "", textOf(pool))}},
	{"an empty list is no empty map", []string{annotate("[]")}, []string{annotate("{}")},
		[]target.FieldChange{patchChange("[0].value", "[]", "{}")}},
	{"a map and a number have no fields in common", []string{annotate("{}")}, []string{annotate("3")},
		[]target.FieldChange{patchChange("[0].value", "{}", "3")}},
	{"a flag is no secret, its value is", []string{annotate("[--token, x]")}, []string{annotate("3")},
		[]target.FieldChange{patchChange("[0].value", `["--token","(hidden)"]`, "3")}},
	{"only the value of a flag or a key is a secret",
		[]string{annotate("[x, --token, y, z]")}, []string{annotate("[{name: TOKEN, value: x, other: y}]")},
		[]target.FieldChange{patchChange("[0].value",
			`["x","--token","(hidden)","z"]`, `[{"name":"TOKEN","other":"y","value":"(hidden)"}]`)}},
	{"in lists of one length, the value of a flag is hidden, too",
		[]string{annotate("[--token, x, y]")}, []string{annotate("[--token, z, w]")},
		[]target.FieldChange{
			patchChange("[0].value[1]", `"(hidden)"`, `"(hidden)"`), patchChange("[0].value[2]", `"y"`, `"w"`)}},
	{"an empty key is shown as one", []string{service(`"": x`)}, []string{service(`"": y`)},
		[]target.FieldChange{patchChange("[0].metadata.annotations[]", `"x"`, `"y"`)}},
	{"a new key was absent", []string{service("b: c")}, []string{service("a: x, b: c")},
		[]target.FieldChange{patchChange("[0].metadata.annotations.a", "", `"x"`)}},
	{"the order of patches is content", []string{pool, setDir}, []string{setDir, pool},
		[]target.FieldChange{
			patchChange("[0]", textOf(pool), textOf(setDir)), patchChange("[1]", textOf(setDir), textOf(pool))}},
	{"an explicit null is not an absent key",
		[]string{service(`a: null, "b.c/d": x`)}, []string{service(`"b.c/d": y`)},
		[]target.FieldChange{
			patchChange("[0].metadata.annotations.a", "null", ""),
			patchChange("[0].metadata.annotations[b.c/d]", `"x"`, `"y"`)}},
	{"lists of different lengths are compared as a whole",
		[]string{`{target: {kind: Job}, patch: [` + annotate("[1, 2]") + `]}`},
		[]string{`{target: {kind: Job}, patch: [` + annotate("[1]") + `]}`},
		[]target.FieldChange{patchChange("[0].patch[0].value", "[1,2]", "[1]")}},
}

func TestPatchChanges(t *testing.T) {
	for _, c := range patchChanges {
		t.Run(c.reason, func(t *testing.T) {
			old, now := newTarget(t, staging, "", patched(c.old...)), newTarget(t, staging, "", patched(c.now...))
			checkImmutable(t, old, now, c.want)
		})
	}
}

func TestFormattingIsNoChange(t *testing.T) {
	var r target.Registry
	for _, p := range []string{
		`{target: {kind: Deployment}, patch: {spec: {replicas: 2}}}`,
		"patch: |-\n  # a comment\n  spec:\n    replicas: 2.0\ntarget:\n  kind: Deployment\n",
	} {
		assert.NilError(t, r.Register(newTarget(t, staging, "flink", patched(p))))
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	const secret = "hunter2"
	entry := func(annotations string) string {
		return `{apiVersion: v1, kind: ConfigMap, data: ` + annotations + `}`
	}
	container := func(fields string) string {
		return `{apiVersion: apps/v1, kind: Deployment,
			spec: {template: {spec: {containers: [{name: c, ` + fields + `}]}}}}`
	}
	cases := []struct{ reason, with, without string }{
		{"the value of a key", entry(`{s3.secret-key: hunter2}`), entry(`{s3.secret-key: x}`)},
		{"a key in camel case", entry(`{apiKey: hunter2}`), entry(`{apiKey: x}`)},
		{"an access key is half of a pair", entry(`{"s3.access.key": hunter2}`), entry(`{}`)},
		{"an option among others in a text", entry(`{conf: "a: b\nssl.key-password: hunter2\n"}`),
			entry(`{conf: "a: b\n"}`)},
		{"a property on a command line", entry(`{args: "-Ds3.secret-key=hunter2"}`), entry(`{args: x}`)},
		{"a flag and its value", entry(`{args: "run --token hunter2"}`), entry(`{args: x}`)},
		{"JSON in a text", entry(`{conf: '{"password": "hunter2"}'}`), entry(`{conf: x}`)},
		{"a URL", entry(`{url: "https://me:hunter2@host/"}`), entry(`{url: "https://host/"}`)},
		{"the key of an operation is in its path",
			`{op: add, path: /spec/template/spec/flinkConfiguration/s3.secret-key, value: hunter2}`,
			`{op: add, path: /spec/template/spec/flinkConfiguration/s3.secret-key, value: x}`},
		{"the key of a variable is its name",
			container(`env: [{name: DB_PASSWORD, value: hunter2}]`), container(`env: [{name: DB_PASSWORD, value: x}]`)},
		{"an argument after its flag",
			container(`args: [--password, hunter2]`), container(`args: []`)},
		{"a list below a key", entry(`{password: {a: [hunter2, true, null]}}`), entry(`{password: {a: [x]}}`)},
		{"a token in a URL", entry(`{url: "https://hunter2@host/"}`), entry(`{url: "https://host/"}`)},
		{"an entry that was added", entry(`{password: hunter2}`), pool},
	}
	for _, c := range cases {
		for _, pair := range [][2]string{{c.with, c.without}, {c.without, c.with}} {
			var r target.Registry
			assert.NilError(t, r.Register(newTarget(t, staging, "flink", patched(pair[0]))), c.reason)
			err := r.Register(newTarget(t, staging, "flink", patched(pair[1])))
			immutable, ok := errors.AsType[*target.Error](err)
			assert.Assert(t, ok, c.reason)
			assert.Assert(t, len(immutable.Fields) > 0, "that it changed is no secret: %s", c.reason)
			data, jsonErr := json.Marshal(immutable)
			assert.NilError(t, jsonErr)
			assert.Assert(t, !strings.Contains(string(data)+err.Error(), secret), "%s: %s", c.reason, data)
			assert.Assert(t, strings.Contains(string(data), "(hidden)"), "%s: %s", c.reason, data)
		}
	}
}

func TestTextsAreBounded(t *testing.T) {
	long := strings.Repeat("ä", 100_000)
	x298 := strings.Repeat("x", 298)
	for _, c := range []struct {
		reason string
		ref    target.Ref
		want   string
	}{
		{"by name", target.Ref{Name: "staging"}, "default/staging was"},
		{"by id, which is named once", target.Ref{ID: id1}, "default/" + id1 + " was"},
		{"by both", target.Ref{Name: "staging", ID: id1}, "default/staging with the id " + id1 + " was"},
		{"300 bytes are shown", target.Ref{Namespace: "n", Name: x298}, "n/" + x298 + " was"},
		{"no more are shown", target.Ref{Namespace: "n", Name: x298 + "x"}, "n/" + x298 + "… was"},
		{"characters stay whole", target.Ref{Name: long}, "default/" + long[:292] + "… was"},
		{"the text has one line", target.Ref{Name: "a\nb\xff", ID: "c\nd"},
			`"default/a\nb\xff" with the id "c\nd" was`},
	} {
		_, err := new(target.Registry).Get(c.ref)
		assert.Error(t, err, "the target "+c.want+" not found", c.reason)
	}
	hold := target.Error{Class: target.ErrNotFound, Ref: target.Ref{Name: "staging"},
		Owners: []target.Owner{{Kind: "Deployment", Name: "a"}}}
	assert.Equal(t, hold.Error(), "Deployment default/a does not hold the target default/staging")

	x98 := strings.Repeat("x", 98)
	for want, c := range map[string]target.FieldChange{
		"a.b: (none) -> 1":                  {Field: "a.b", To: json.RawMessage("1")},
		"a[password=(hidden)]: 1 -> (none)": {Field: "a[password=x]", From: json.RawMessage("1")},
		`a: "` + x98 + `" -> (none)`:        {Field: "a", From: json.RawMessage(`"` + x98 + `"`)},
		`a: "` + x98 + `x… -> (none)`:       {Field: "a", From: json.RawMessage(`"` + x98 + `x"`)},
	} {
		assert.Equal(t, c.String(), want)
	}

	for owners, want := range map[int]string{9: "o8", 10: "o9", 11: "and 1 more", 12: "and 2 more"} {
		used := target.Error{Class: target.ErrInUse, Ref: staging}
		for i := range owners {
			used.Owners = append(used.Owners, target.Owner{Kind: "Deployment", Name: fmt.Sprintf("o%d", i)})
		}
		assert.Assert(t, strings.HasSuffix(used.Error(), want), "%d owners: %s", owners, used.Error())
	}

	var many []string
	for i := range 30 {
		many = append(many, fmt.Sprintf(`{apiVersion: v1, kind: ConfigMap, data: {k%d: %q}}`, i, long[:10_000]))
	}
	var r target.Registry
	assert.NilError(t, r.Register(newTarget(t, staging, "flink", patched(many...))))
	err := r.Register(newTarget(t, staging, "flink"))
	immutable, ok := errors.AsType[*target.Error](err)
	assert.Assert(t, ok)
	assert.Equal(t, len(immutable.Fields), 30, "the data is complete")
	assert.Assert(t, len(err.Error()) < 3000 && strings.HasSuffix(err.Error(), "and 20 more"), err)
}
