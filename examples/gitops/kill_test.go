//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"gotest.tools/v3/assert"
)

// killAt is the variable with the step before which the program, which the test is then,
// is killed; 0 is none.
const killAt = "GITOPS_TEST_KILL_AT"

func TestMain(m *testing.M) {
	if at, ok := os.LookupEnv(killAt); ok {
		last, _ := strconv.Atoi(at)
		n := 0
		step = func() {
			if n++; n == last {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
				select {} // until it is dead
			}
		}
		os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// start starts the program on an input.
func (w workspace) start(in string, kill int) (*exec.Cmd, *strings.Builder) {
	w.t.Helper()
	cmd, said := exec.Command(os.Args[0], "-out", w.path("out"), w.path(in)), &strings.Builder{}
	cmd.Env = append(os.Environ(), killAt+"="+strconv.Itoa(kill))
	cmd.Stderr = said
	assert.NilError(w.t, cmd.Start())
	return cmd, said
}

// texts returns the files of the output.
func (w workspace) texts(out string) map[string]string {
	w.t.Helper()
	texts := map[string]string{}
	assert.NilError(w.t, filepath.WalkDir(w.path(out), func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(file)
		name, _ := filepath.Rel(w.path(out), file)
		texts[filepath.ToSlash(name)] = string(text)
		return err
	}))
	return texts
}

// consistent fails if a file is neither of the states between which the output is, or
// a kustomization lists what is not there.
func (w workspace) consistent(states ...map[string]string) {
	w.t.Helper()
	texts := w.texts("out")
	for name, text := range texts {
		if half, _ := path.Match(".gitops-*.tmp", path.Base(name)); half {
			continue // which nobody reads
		}
		known := slices.ContainsFunc(states, func(state map[string]string) bool { return state[name] == text })
		assert.Assert(w.t, known, "%s is of no state:\n%s", name, text)
		if path.Base(name) != kustomizationFile {
			continue
		}
		for line := range strings.Lines(text) {
			if file, ok := strings.CutPrefix(line, "- "); ok {
				listed := path.Join(path.Dir(name), strings.TrimSpace(file))
				assert.Assert(w.t, texts[listed] != "", "%s lists %s, which is not there", name, listed)
			}
		}
	}
}

// renewed runs the program until its end, and compares what is there then. It is a process
// of its own: those that another test forks at this moment would keep a lock of this one.
func (w workspace) renewed(in string, want map[string]string) {
	w.t.Helper()
	cmd, said := w.start(in, 0)
	assert.NilError(w.t, cmd.Wait(), "%s", said)
	assert.DeepEqual(w.t, w.texts("out"), want)
}

// newStates are two inputs, in which jobs come, go, move and change, and what they
// are rendered to.
func newStates(t *testing.T) (w workspace, states [2]map[string]string) {
	w = newWorkspace(t)
	moved := strings.ReplaceAll(targets, "production", "other")
	w.write("in0/all.yaml", targets+resource("a", "staging")+resource("b", "production")+resource("c", "staging"))
	w.write("in1/all.yaml", moved+resource("a", "other")+resource("d", "staging")+resource("e", "other")+
		strings.ReplaceAll(resource("c", "staging"), "/a.jar", "/c.jar"))
	for i := range states {
		in, out := fmt.Sprint("in", i), fmt.Sprint("out", i)
		r := w.run("-out", w.path(out), w.path(in))
		assert.Equal(t, r.code, 0, r.stderr)
		states[i] = w.texts(out)
	}
	return w, states
}

// The program is killed before each of its steps, on its way from one state to
// another and back.
func TestKilledAtEveryStep(t *testing.T) {
	t.Parallel() // it mostly waits for the disk
	w, states := newStates(t)
	kills := 0
	for i := range states {
		for at, ended := 1, false; !ended; at++ {
			w.renewed(fmt.Sprint("in", 1-i), states[1-i])
			cmd, said := w.start(fmt.Sprint("in", i), at)
			if err := cmd.Wait(); err == nil {
				ended = true
			} else {
				exit, _ := errors.AsType[*exec.ExitError](err)
				assert.Assert(t, exit != nil && !exit.Exited(), "%v: %s", err, said)
				kills++
			}
			w.consistent(states[:]...)
			w.renewed(fmt.Sprint("in", i), states[i])
			if testing.Short() {
				at += 10
			}
		}
	}
	assert.Assert(t, kills >= 100 || testing.Short(), "%d kills", kills)
	t.Log(kills, "kills")
}

// Two runs with different inputs: one of them may say that the other is there.
func TestTwoRunsAtOnce(t *testing.T) {
	t.Parallel() // it mostly waits for the disk
	pairs := 100
	if testing.Short() {
		pairs = 10
	}
	w, states := newStates(t)
	refused := 0
	for range pairs {
		var cmds [2]*exec.Cmd
		var said [2]*strings.Builder
		for i := range cmds {
			cmds[i], said[i] = w.start(fmt.Sprint("in", i), 0)
		}
		ended := 0
		for i := range cmds {
			if err := cmds[i].Wait(); err == nil {
				ended++
			} else {
				assert.Assert(t, strings.Contains(said[i].String(), "is in use by another run of gitops"), "%s", said[i])
				refused++
			}
		}
		assert.Assert(t, ended > 0, "none of both came to its end")
		w.consistent(states[:]...)
		got := w.texts("out")
		assert.Assert(t, maps.Equal(got, states[0]) || maps.Equal(got, states[1]), "a mixture: %v", got)
		w.renewed("in0", states[0])
	}
	t.Log(pairs, "pairs,", refused, "runs refused")
}

// Where there are no locks, the files that are half written are not those of another run.
func TestTemporaryFilesAreUnique(t *testing.T) {
	w := newWorkspace(t, oneTarget, resource("a", "staging"))
	defer func() { step = func() {} }()
	seen := map[string]bool{}
	files := 0
	for range 2 {
		step = func() {
			half, err := filepath.Glob(w.path("out/default/staging/.gitops*.tmp"))
			assert.NilError(t, err)
			for _, file := range half {
				seen[file] = true
			}
		}
		files += strings.Count(w.renews(), "write ")
		assert.NilError(t, os.RemoveAll(w.path("out")))
	}
	assert.Equal(t, len(seen), files)
}

// What holds the folder lets others read it only if it reads, too.
func TestFolderInUse(t *testing.T) {
	w := newWorkspace(t, oneTarget, resource("a", "staging"))
	w.renews()
	check := []string{"-check", "-out", w.path("out"), w.path("in")}
	for _, shared := range []bool{false, true} {
		folder, err := os.Open(w.path("out"))
		assert.NilError(t, err)
		assert.NilError(t, lock(folder, shared))
		w.refuses("is in use by another run of gitops")
		if shared {
			assert.Equal(t, w.run(check...).code, 0)
		} else {
			w.refuses("is in use by another run of gitops", check...)
		}
		assert.NilError(t, folder.Close())
	}
	w.renews()
}
