package target_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/target"
)

// full returns a registry with what is hard to keep in JSON.
func full(t testing.TB) *target.Registry {
	r := &target.Registry{}
	odd := func(c *target.Config) {
		c.Metadata.Labels = map[string]string{"yes": "on", "1e3": "0644", "null": "~", "": "\u2028<&>\x7f\x00"}
		c.Metadata.Annotations = map[string]string{"text": "a: b\n- c\t\"'\\ \U0001F600"}
	}
	numbers := patched(
		`{op: add, path: /a, value: {big: 9007199254740993, float: 1.5, tiny: 1e-9, whole: 2.0}}`,
		`{op: add, path: /a, value: {none: null, no: false, empty: "", list: [], map: {}}}`, pool)
	assert.NilError(t,
		r.Register(newTarget(t, target.Ref{Namespace: "n", Name: "odd", ID: id1}, "flink", odd, numbers)))
	assert.NilError(t, r.Register(newTarget(t, staging, "")))
	assert.NilError(t, r.Register(newTarget(t, target.Ref{Name: "prod", ID: id2}, "prod")))
	for i := range 20 {
		assert.NilError(t,
			r.Acquire(prod, target.Owner{Kind: "Deployment", Name: fmt.Sprintf("job %d <日本語>", i), UID: id1}))
	}
	assert.NilError(t, r.Acquire(staging, target.Owner{Kind: "SessionCluster", Namespace: "n", Name: "true"}))
	return r
}

// The format is API: snapshots are read by later versions.
func TestSnapshotFormat(t *testing.T) {
	var r target.Registry
	assert.NilError(t, r.Register(newTarget(t, staging, "")))
	assert.NilError(t, r.Acquire(staging, owner("a")))
	assert.Equal(t, string(r.Snapshot()), `{"version":1,"targets":[
{"target":{"kind":"DeploymentTarget","apiVersion":"v1",`+
		`"metadata":{"name":"staging","namespace":"default"},"spec":{"kubernetes":{}}},`+
		`"owners":[{"kind":"Deployment","namespace":"default","name":"a"}]}
],"digest":"sha256:c9785776c86f3c4999c6bf3f5a1a3eec331447df3eae51b0b7a8568140c7ac1c"}
`)
}

func TestSnapshotRoundTrip(t *testing.T) {
	for name, r := range map[string]*target.Registry{"empty": {}, "full": full(t)} {
		snapshot := r.Snapshot()
		again, err := target.Restore(snapshot)
		assert.NilError(t, err)
		assert.Equal(t, string(again.Snapshot()), string(snapshot), name)
		for held := range r.All() {
			got, err := again.Get(held.Ref())
			assert.NilError(t, err)
			assert.Assert(t, got.Equal(held), cmp.Diff(held, got))
			want, _ := r.Owners(held.Ref())
			owners, _ := again.Owners(held.Ref())
			assert.DeepEqual(t, owners, want)
			if held.ID() != "" {
				_, err := again.Get(target.Ref{Namespace: held.Namespace(), ID: held.ID()})
				assert.NilError(t, err, "references by id work again")
			}
		}
		assert.NilError(t, again.Register(newTarget(t, target.Ref{Name: "later"}, "flink")),
			"the restored registry can be used")
		assert.Equal(t, string(r.Snapshot()), string(snapshot), "the restored registry is another one")
	}
}

func TestSnapshotDoesNotDependOnHistory(t *testing.T) {
	var a, b target.Registry
	for i := range 50 {
		assert.NilError(t, a.Register(newTarget(t, target.Ref{Name: fmt.Sprint("t", i)}, "flink")))
		assert.NilError(t, b.Register(newTarget(t, target.Ref{Name: fmt.Sprint("t", 49-i)}, "flink")))
	}
	for i := range 50 {
		assert.NilError(t, a.Acquire(target.Ref{Name: "t7"}, owner(fmt.Sprint(i))))
		assert.NilError(t, b.Acquire(target.Ref{Name: "t7"}, owner(fmt.Sprint(49-i))))
	}
	assert.NilError(t, b.Acquire(target.Ref{Name: "t8"}, owner("gone")))
	assert.Assert(t, b.Release(target.Ref{Name: "t8"}, owner("gone")))
	assert.Equal(t, string(a.Snapshot()), string(b.Snapshot()))
}

func TestSnapshotInsideAnotherDocument(t *testing.T) {
	want := full(t).Snapshot()
	outer, err := json.MarshalIndent(map[string]any{"registry": json.RawMessage(want)}, "", "\t")
	assert.NilError(t, err)
	var inner struct{ Registry json.RawMessage }
	assert.NilError(t, json.Unmarshal(outer, &inner))
	r, err := target.Restore(inner.Registry)
	assert.NilError(t, err, "white space may change")
	assert.Equal(t, string(r.Snapshot()), string(want))
}

// TestDamagedSnapshots changes snapshots in every way that damage does: not one of
// them may be taken for a good one.
func TestDamagedSnapshots(t *testing.T) {
	good := full(t).Snapshot()
	refuse := func(bad []byte, what string, args ...any) {
		t.Helper()
		r, err := target.Restore(bad)
		if _, ok := errors.AsType[*flinktarget.InvalidError](err); !ok || r != nil {
			t.Fatalf("%s: want an InvalidError and no registry, got %v", fmt.Sprintf(what, args...), err)
		}
	}
	for n := range len(good) - 2 { // the last two bytes are } and a line break
		if n < 200 || n%7 == 0 || n > len(good)-200 {
			refuse(good[:n], "cut at %d", n)
		}
	}
	var compactGood bytes.Buffer
	assert.NilError(t, json.Compact(&compactGood, good))
	rng := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		bad := bytes.Clone(good)
		i := rng.IntN(len(bad) - 1)
		bad[i] ^= 1 << rng.IntN(8)
		var compactBad bytes.Buffer
		if json.Compact(&compactBad, bad) == nil && bytes.Equal(compactGood.Bytes(), compactBad.Bytes()) {
			continue // white space
		}
		refuse(bad, "bit flipped in byte %d: %q -> %q", i, good[i], bad[i])
	}
	lines := bytes.SplitAfter(good, []byte("\n"))
	for i := 1; i < len(lines)-2; i++ {
		without := append(bytes.Join(lines[:i], nil), bytes.Join(lines[i+1:], nil)...)
		refuse(without, "without line %d", i)
	}
}

// What is shown of a snapshot is bounded, and the limits that an error names are
// those that hold.
func TestLimitsAreNamed(t *testing.T) {
	long := strings.Repeat("9", 101)
	var r target.Registry
	assert.NilError(t, r.Register(newTarget(t, staging, "flink")))
	restore := func(text string) error {
		_, err := target.Restore([]byte(text))
		return err
	}
	_, tooLong := target.New(target.Config{Metadata: target.Metadata{Name: strings.Repeat("x", 251)},
		Spec: target.Spec{Kubernetes: &target.Kubernetes{}}})
	for reason, c := range map[string]struct {
		err  error
		want *field.Error
	}{
		"the name of a target": {tooLong, field.TooLong(field.NewPath("metadata", "name"), "", 250)},
		"a field of an owner": {r.Acquire(staging, target.Owner{Kind: "D", Name: strings.Repeat("x", 1025)}),
			field.TooLong(field.NewPath("owner", "name"), "", 1024)},
		"the version that is read": {restore(`{"version":2}`),
			field.NotSupported(field.NewPath("version"), "2", []string{"1"})},
		"a version of 100 bytes": {restore(`{"version":` + long[:100] + `}`),
			field.NotSupported(field.NewPath("version"), long[:100], []string{"1"})},
		"a longer one": {restore(`{"version":` + long + `}`),
			field.NotSupported(field.NewPath("version"), long[:100]+"…", []string{"1"})},
		"a key of 100 bytes": {restore(`{"version":1,"targets":[],"` + long[:100] + `":1}`),
			field.Forbidden(field.NewPath(long[:100]), "unknown field")},
		"a longer key": {restore(`{"version":1,"targets":[],"` + long + `":1}`),
			field.Forbidden(field.NewPath(long[:100]+"…"), "unknown field")},
		"a digest of 100 bytes": {restore(`{"version":1,"targets":[],"digest":"` + long[:100] + `"}`),
			field.Invalid(field.NewPath("digest"), long[:100], "")},
		"a longer digest": {restore(`{"version":1,"targets":[],"digest":"` + long + `"}`),
			field.Invalid(field.NewPath("digest"), long[:100]+"…", "")},
	} {
		e, ok := errors.AsType[*flinktarget.InvalidError](c.err)
		assert.Assert(t, ok, "%s: %v", reason, c.err)
		got := e.Problems[0]
		assert.Equal(t, got.Field, c.want.Field, reason)
		says := c.want.Detail // for those who show no value
		if c.want.BadValue != "" {
			says = c.want.ErrorBody()
		}
		assert.Assert(t, strings.HasPrefix(got.Message, says), "%s: %s", reason, got.Message)
	}
}

// What cannot be read is not called missing.
func TestRestoreOfANumberThatDoesNotFit(t *testing.T) {
	_, err := target.Restore([]byte(`{"version":1,"targets":[{"x":9223372036854775808}]}`))
	assert.DeepEqual(t, problemsOf(t, err), []string{"targets[0] syntax", "digest snapshot"})
}

// That there are more problems than are listed is said of the entry that has them.
func TestRestoreOfManyProblems(t *testing.T) {
	var labels []string
	for i := range 2000 {
		labels = append(labels, fmt.Sprintf(`"k%d":1`, i))
	}
	_, err := target.Restore([]byte(`{"version":1,"targets":[{"target":{"metadata":{"name":"a","labels":{` +
		strings.Join(labels, ",") + `}},"spec":{"kubernetes":{}}}}]}`))
	e, ok := errors.AsType[*flinktarget.InvalidError](err)
	assert.Assert(t, ok, "%v", err)
	more := map[string]string{}
	for _, f := range e.Problems {
		if f.Rule == "too-many" {
			more[f.Field] = f.Rule
		}
	}
	assert.DeepEqual(t, more, map[string]string{"targets[0]": "too-many"})
}

const (
	badDigest = `,"digest":"sha256:00"`
	goodEntry = `{"target":{"metadata":{"name":"a"},"spec":{"kubernetes":{}}}}`
)

var restoreCases = []struct {
	name, reason, text string
	want               []string // fields
}{
	{"empty", "no text is no snapshot", "", []string{""}},
	{"cut", "half a snapshot is none", `{"version":1,"targets":[`, []string{""}},
	{"two", "one snapshot, not two", `{"version":1} {}`, []string{""}},
	{"list", "another shape", `[]`, []string{""}},
	{"null", "null is no snapshot", `null`, []string{"version"}},
	{"no version", "nothing can be said without", `{"targets":[7]}`, []string{"version"}},
	{"newer version", "a later version may mean anything by its fields", `{"version":2,"targets":{}}`,
		[]string{"version"}},
	{"version as text", "not what is written", `{"version":"1","targets":[]}`, []string{"version"}},
	{"no targets", "an empty registry has an empty list", `{"version":1}`, []string{"targets", "digest"}},
	{"null targets", "null is no list", `{"version":1,"targets":null` + badDigest + `}`,
		[]string{"targets", "digest"}},
	{"unknown field", "nothing is lost in silence", `{"version":1,"targets":[],"more":1` + badDigest + `}`,
		[]string{"more", "digest"}},
	{"edited", "the digest is over the content", `{"version":1,"targets":[` + goodEntry + `]` + badDigest + `}`,
		[]string{"digest"}},
	{"entries", "all problems of all entries", `{"version":1,"targets":[7,{},` + goodEntry + `,` + goodEntry + `,
		{"target":{"metadata":{"name":"b c","nam":1},
		 "spec":{"kubernetes":{"namespace":"A"},"deploymentPatchSet":[{"op":"add"}]}},
		 "owners":[{"kind":"Deployment"},{"kind":"D","name":"a","Uid":"1"},{"kind":"D","name":"a\u0000"}]},
		{"target":{"metadata":{"name":"d","id":"` + id1 + `"},"spec":{"kubernetes":{}}},
		 "owners":[{"kind":"D","name":"a"},{"kind":"D","namespace":"default","name":"a"}]},
		{"target":{"metadata":{"name":"e","id":"` + id1 + `"},"spec":{"kubernetes":{}}}},
		{"target":{"metadata":{"name":"f","labels":{"a":1}},"spec":{"kubernetes":{}}}, "x":9223372036854775808}
		]` + badDigest + `}`,
		[]string{"targets[0]", "targets[1].target.metadata.name", "targets[1].target.spec.kubernetes",
			"targets[3].target.metadata.name",
			"targets[4].target.metadata.nam", "targets[4].target.metadata.name",
			"targets[4].target.spec.kubernetes.namespace",
			"targets[4].target.spec.deploymentPatchSet[0].path",
			"targets[4].target.spec.deploymentPatchSet[0].value", "targets[4].owners[0].name",
			"targets[4].owners[1].Uid", "targets[4].owners[2].name",
			"targets[5].owners[1]", "targets[6].target.metadata.id", "targets[7]", "digest"}},
}

func TestRestoreReportsEverything(t *testing.T) {
	for _, c := range restoreCases {
		t.Run(c.name, func(t *testing.T) {
			r, err := target.Restore([]byte(c.text))
			invalid, ok := errors.AsType[*flinktarget.InvalidError](err)
			assert.Assert(t, ok && r == nil, "%s: %v", c.reason, err)
			var got []string
			for _, f := range invalid.Problems {
				got = append(got, f.Field)
				assert.Assert(t, f.Rule != "", "%v", f)
				if strings.Contains(f.Message, "unknown field") {
					assert.Equal(t, f.Rule, "unknown-field", "a rule that is known stays")
				}
			}
			sorted := cmp.Transformer("set", func(in []string) map[string]int {
				out := map[string]int{}
				for _, s := range in {
					out[s]++
				}
				return out
			})
			assert.Assert(t, cmp.Equal(got, c.want, sorted), "%s: %s\n%v", c.reason, cmp.Diff(c.want, got, sorted), err)
		})
	}
}

func TestSnapshotIsOneMoment(t *testing.T) {
	var r target.Registry
	assert.NilError(t, r.Register(newTarget(t, staging, "flink")))
	assert.NilError(t, r.Register(newTarget(t, prod, "flink")))
	assert.NilError(t, r.Acquire(staging, owner("a")))
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		from, to := staging, prod
		for {
			select {
			case <-stop:
				return
			default:
			}
			if err := r.Move(owner("a"), from, to); err != nil {
				t.Error(err)
			}
			from, to = to, from
		}
	}()
	for range 500 {
		if n := strings.Count(string(r.Snapshot()), `"name":"a"`); n != 1 {
			t.Errorf("a moving owner is held %d times", n)
		}
	}
	close(stop)
	<-done
}

func FuzzRestore(f *testing.F) {
	f.Add(full(f).Snapshot())
	f.Add([]byte(`{"version":1,"targets":[{"target":{},"owners":[{}]}],"digest":""}`))
	f.Add([]byte(`{"version":1,"targets":[[[]]]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := target.Restore(data)
		if err != nil {
			if err.Error() == "" || r != nil {
				t.Error("an error without a text, or with a registry")
			}
			return
		}
		again, err := target.Restore(r.Snapshot())
		assert.NilError(t, err)
		assert.Equal(t, string(again.Snapshot()), string(r.Snapshot()))
	})
}
