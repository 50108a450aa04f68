package cli

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
)

const id, id2 = "2da2f867-5899-4bef-8ad0-9771bbac38b4", "5d5a3ad5-4ab6-4f0c-8d25-ad2bf8b5fba1"

func TestSavepoint(t *testing.T) {
	for _, c := range []struct {
		value string
		legal bool
	}{
		{"s3://flink/savepoints/1", true},
		{"s3://flink", true},
		{"hdfs:///savepoints/1", true},
		{"file:/savepoints/1", true},
		{"/savepoints/a b=1", true},
		{"s3//x", false},
		{"savepoints/1", false},
		{"s3:x", false},
		{"s3:", false},
		{"s3://", false},
		{"://x", false},
		{"s3://b/%zz", false},
		{"s3://b/\n", false},
		{"", false},
		{"none", false},
	} {
		assert.Equal(t, Savepoint(c.value) == nil, c.legal, "%q", c.value)
	}
}

// named returns Deployments of these names, in VVP's namespace default or NAMESPACE/.
func named(t *testing.T, names ...string) []deployment.Deployment {
	t.Helper()
	var out []deployment.Deployment
	for _, name := range names {
		namespace, short, ok := strings.Cut(name, "/")
		if !ok {
			namespace, short = "default", name
		}
		d, err := deployment.Parse("",
			[]byte("kind: Deployment\napiVersion: v1\nmetadata: {name: "+short+", namespace: "+namespace+
				"}\nspec: {deploymentTargetName: t, template: {spec: {artifact: "+
				"{kind: JAR, flinkVersion: 1.20, jarUri: 'local:///a.jar'}}}}\n"))
		assert.NilError(t, err)
		out = append(out, d)
	}
	return out
}

func TestJobFlags(t *testing.T) {
	for _, c := range []struct {
		reason string
		args   []string
		input  []string
		parsed string // what is part of the error of parsing, or
		check  string // of the check, or
		want   []render.Job
	}{
		{"the only one", []string{"--job-id", id, "--savepoint", "s3://b/a=1"}, []string{"a"}, "", "",
			[]render.Job{{ID: id, SavepointLocation: "s3://b/a=1"}}},
		{"by name", []string{"--job-id", "b=" + id, "--savepoint", "a=/s/a=1"}, []string{"a", "b"}, "", "",
			[]render.Job{{SavepointLocation: "/s/a=1"}, {ID: id}}},
		{"a path with =", []string{"--savepoint", "/s/a=1"}, []string{"a"}, "", "",
			[]render.Job{{SavepointLocation: "/s/a=1"}}},
		{"by namespace", []string{"--job-id", "x/a=" + id, "--job-id", "a=" + id2}, []string{"a", "x/a"}, "", "",
			[]render.Job{{ID: id2}, {ID: id}}},
		{"no uuid", []string{"--job-id", "a=x"}, nil, "for flag -job-id", "", nil},
		{"not in lower case", []string{"--job-id", strings.ToUpper(id)}, nil, "for flag -job-id", "", nil},
		{"the nil UUID", []string{"--job-id", "00000000-0000-0000-0000-000000000000"}, nil, "for flag -job-id", "",
			nil},
		{"no uri", []string{"--savepoint", "s3//x"}, nil, "for flag -savepoint", "", nil},
		{"no value", []string{"--savepoint", "a="}, nil, "for flag -savepoint", "", nil},
		{"twice", []string{"--job-id", "a=" + id, "--job-id", "a=" + id2}, nil, "for flag -job-id", "", nil},
		{"for which?", []string{"--savepoint", "/s"}, []string{"a", "b"}, "", "--savepoint /s", nil},
		{"for none", []string{"--job-id", id}, nil, "", "--job-id", nil},
		{"for another", []string{"--savepoint", "x/a=/s"}, []string{"a", "b"}, "",
			"--savepoint: the input has no Deployment x/a; it has default/a, default/b", nil},
		{"one for two", []string{"--job-id", "a=" + id, "--job-id", "b=" + id}, []string{"a", "b"}, "",
			"--job-id: the job id " + id, nil},
		{"one for two by one name", []string{"--job-id", "a=" + id}, []string{"a", "x/a"}, "",
			"--job-id: the job id " + id, nil},
	} {
		t.Run(c.reason, func(t *testing.T) {
			fs := flag.NewFlagSet("", flag.ContinueOnError)
			fs.SetOutput(io.Discard)
			j := JobFlags(fs)
			err := fs.Parse(c.args)
			if err == nil {
				all := named(t, c.input...)
				err = j.Check(all)
				for i := range c.want {
					assert.DeepEqual(t, j.Of(all[i]), c.want[i])
				}
			}
			if want := c.parsed + c.check; want != "" {
				assert.ErrorContains(t, err, want)
				return
			}
			assert.NilError(t, err)
		})
	}
}

func TestExpandLeavesOut(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.yaml", "kustomization.yaml", "x/kustomization.yml", "x/Kustomization", "x/b.json",
		".c.yaml"} {
		file := filepath.Join(dir, name)
		assert.NilError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		assert.NilError(t, os.WriteFile(file, nil, 0o600))
	}
	files, err := expand([]string{dir})
	assert.NilError(t, err)
	assert.DeepEqual(t, files, []string{filepath.Join(dir, "a.yaml"), filepath.Join(dir, "x", "b.json")})
	files, err = expand([]string{filepath.Join(dir, "kustomization.yaml")})
	assert.NilError(t, err)
	assert.Equal(t, len(files), 1, "who names it is told what is wrong with it")
}

// Progress is a line for a person, which makes room for what is to stay. Nobody else sees it.
func TestProgress(t *testing.T) {
	var seen bytes.Buffer
	p := &Progress{Writer: &seen}
	p.Did("reading", 2)
	p.shown = time.Now().Add(time.Hour)
	p.Did("reading", 1) // an instant later
	fmt.Fprintln(p, "a warning")
	assert.Equal(t, seen.String(), clearLine+"reading: 2"+clearLine+"a warning\n")
	p.begun, p.shown = time.Now().Add(-2*time.Second), time.Time{}
	p.Did("reading", 997)
	_, _ = p.Write(nil)
	_, _ = p.Write(nil)
	_, line, _ := strings.Cut(seen.String(), "warning\n")
	assert.Assert(t, strings.HasPrefix(line, clearLine+"reading: 1000 (") && strings.HasSuffix(line, "/s)"+clearLine), line)

	seen.Reset()
	read, write, err := os.Pipe()
	assert.NilError(t, err)
	defer read.Close()
	defer write.Close()
	for reason, quiet := range map[string]*Progress{"a text": NewProgress(&seen), "a pipe": NewProgress(write),
		"asked to be": {Writer: &seen, Quiet: true}} {
		assert.Assert(t, quiet.Quiet, reason)
		quiet.shown = time.Time{}
		quiet.Writer = &seen
		quiet.Did("reading", 5)
		_, _ = quiet.Write(nil)
		assert.Equal(t, seen.String(), "", reason)
	}
}

// A line for each Deployment would hide what else there is.
func TestDerivedIDsAreOneLine(t *testing.T) {
	var d Derived
	other, one := Warning("x"), Warning("y")
	one.Rule = "derived-id"
	for range 3 {
		assert.DeepEqual(t, d.Take([]flinktarget.Problem{one, other}), []flinktarget.Problem{other})
	}
	got := d.Rest()
	assert.Equal(t, len(got), 1)
	assert.Equal(t, got[0].Message, "y; the same holds for 2 more")
	assert.Equal(t, len((&Derived{}).Rest()), 0)
}
