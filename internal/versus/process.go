package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// programs are built once, into a folder of their own.
type programs struct{ dir string }

func buildPrograms() (programs, error) {
	dir, err := os.MkdirTemp("", "versus")
	if err != nil {
		return programs{}, err
	}
	const module = "github.com/flinktarget/flinktarget"
	for name, pkg := range map[string]string{
		"flinktarget": module + "/examples/flinktarget",
		"kustomize":   "sigs.k8s.io/kustomize/kustomize/v5",
		"launch":      module + "/internal/versus/launch",
		"first":       module + "/internal/versus/first",
		"schemaload":  module + "/internal/versus/schemaload",
	} {
		cmd := exec.Command("go", "build", "-o", filepath.Join(dir, name), pkg)
		if out, err := cmd.CombinedOutput(); err != nil {
			os.RemoveAll(dir)
			return programs{}, fmt.Errorf("building %s: %w\n%s", name, err, out)
		}
	}
	return programs{dir}, nil
}

func (p programs) remove() { os.RemoveAll(p.dir) }

func (p programs) path(name string) string { return filepath.Join(p.dir, name) }

// taken is what launch prints.
type taken struct {
	Wall, CPU time.Duration
	Peak      int64
}

// run runs a program with a file as standard input. What it prints goes to the file
// "out", so that both sides of a comparison write it.
func (p programs) run(stdin, name string, args ...string) (t taken, err error) {
	return p.runOn(0, stdin, name, args...)
}

// runOn is run on a number of cores, 0 for all.
func (p programs) runOn(cores int, stdin, name string, args ...string) (t taken, err error) {
	cmd := exec.Command(p.path("launch"), append([]string{stdin, p.path("out"), p.path(name)}, args...)...)
	if cores > 0 {
		cmd.Env = append(os.Environ(), fmt.Sprintf("GOMAXPROCS=%d", cores))
	}
	var problem strings.Builder
	cmd.Stderr = &problem
	out, err := cmd.Output()
	if err != nil {
		return t, fmt.Errorf("%s %v: %w\n%s", name, args, err, problem.String())
	}
	return t, json.Unmarshal(out, &t)
}

// input writes W with n Deployments to a file, if it is not there yet.
func (p programs) input(n int) (string, error) {
	name := p.path(fmt.Sprintf("w%d.yaml", n))
	if _, err := os.Stat(name); err == nil {
		return name, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return "", err
	}
	w := bufio.NewWriter(f)
	if err := writeW(w, n); err != nil {
		return "", err
	}
	if err := w.Flush(); err != nil {
		return "", err
	}
	return name, f.Close()
}

// kustomization writes a folder for kustomize with the unpatched objects of W.
func (p programs) kustomization(n int) (string, error) {
	dir := p.path(fmt.Sprintf("k%d", n))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	f, err := os.Create(filepath.Join(dir, "objects.yaml"))
	if err != nil {
		return "", err
	}
	w := bufio.NewWriter(f)
	if err := writeUnpatched(w, n, noJob); err != nil {
		return "", err
	}
	if err := w.Flush(); err != nil {
		return "", err
	}
	if err := f.Close(); err != nil {
		return "", err
	}
	return dir, os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte(kustomizationYAML()), 0o644)
}

// byTurns runs both sides by turns and returns the medians of their wall times and
// of the ratios, and the largest peaks.
func byTurns(turns int, ours, peer func() (taken, error)) (o, p taken, ratio float64, err error) {
	var times [2][]float64
	var ratios []float64
	for range turns {
		var took [2]taken
		for i, run := range [...]func() (taken, error){ours, peer} {
			if took[i], err = run(); err != nil {
				return o, p, 0, err
			}
			times[i] = append(times[i], float64(took[i].Wall))
		}
		ratios = append(ratios, float64(took[1].Wall)/float64(took[0].Wall))
		o.Peak, p.Peak = max(o.Peak, took[0].Peak), max(p.Peak, took[1].Peak)
	}
	o.Wall, p.Wall = time.Duration(median(times[0])), time.Duration(median(times[1]))
	return o, p, median(ratios), nil
}
