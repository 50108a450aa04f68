package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// programs are built once, into a folder of their own, which has their inputs, too. No
// input has more Deployments than most: a test of all rows need not take hours.
type programs struct {
	dir, benchTime string
	most           int
}

func (p programs) build() error {
	const module = "github.com/flinktarget/flinktarget/"
	for _, args := range [][]string{
		{"build", "-o", p.dir + "/", module + "examples/flinktarget", "sigs.k8s.io/kustomize/kustomize/v5",
			"helm.sh/helm/v4/cmd/helm",
			module + "render/versus/first", module + "render/versus/schemaload"},
		{"test", "-c", "-o", p.path("benchmarks"), "."},
	} {
		if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
			return fmt.Errorf("go %v: %w\n%s", args, err, out)
		}
	}
	return nil
}

func (p programs) path(name string) string { return filepath.Join(p.dir, name) }

// bench is a benchmark of bench_test.go, in a process of its own.
func (p programs) bench(name, benchmark string) side {
	return side{name, func() (s sample, err error) {
		out, err := exec.Command(p.path("benchmarks"), "-test.run=^$", "-test.benchmem",
			"-test.bench=^Benchmark"+benchmark+"$", "-test.benchtime="+p.benchTime).CombinedOutput()
		if err == nil {
			var runs int
			_, line, _ := strings.Cut(string(out), "\nBenchmark")
			_, figures, _ := strings.Cut(line, "\t")
			_, err = fmt.Sscanf(figures, "%d %f ns/op %d B/op %d allocs/op", &runs, &s.time, &s.bytes, &s.allocs)
		}
		if err != nil {
			err = fmt.Errorf("%s: %w\n%s", benchmark, err, out)
		}
		return s, err
	}}
}

// program runs a program with W of n Deployments as its standard input.
func (p programs) program(name string, n, cores int, command ...string) side {
	return side{name, func() (sample, error) {
		in, err := p.workload(patchesYAML, n)
		if err != nil {
			return sample{}, err
		}
		return p.run(cores, in, command...)
	}}
}

// rendered renders W with n Deployments, into the file out.
func (p programs) rendered(patches string, n int) (input string, err error) {
	in, err := p.workload(patches, n)
	if err == nil {
		_, err = p.run(0, in, "flinktarget", "render", "-")
	}
	return in, err
}

// kustomize patches the objects of W with n Deployments.
func (p programs) kustomize(n int) side {
	return side{"kustomize build", func() (sample, error) {
		in, err := p.rendered(unpatched, n)
		err = errors.Join(err,
			os.MkdirAll(p.path("kustomize.d"), 0o755),
			os.Rename(p.path("out"), p.path("kustomize.d/objects.yaml")),
			os.WriteFile(p.path("kustomize.d/kustomization.yaml"), []byte(kustomizationYAML()), 0o644))
		if err != nil {
			return sample{}, err
		}
		return p.run(0, in, "kustomize", "build", p.path("kustomize.d"))
	}}
}

// helm makes the objects of W with n Deployments by a chart.
func (p programs) helm(n int) side {
	return side{"helm template", func() (sample, error) {
		in, err := p.rendered(patchesYAML, n)
		objects, e := os.ReadFile(p.path("out"))
		template, values := chart(string(objects))
		err = errors.Join(err, e, os.MkdirAll(p.path("chart/templates"), 0o755),
			os.WriteFile(p.path("chart/Chart.yaml"), []byte("apiVersion: v2\nname: w\nversion: 1.0.0\n"), 0o644),
			os.WriteFile(p.path("chart/templates/w.yaml"), []byte(template), 0o644),
			os.WriteFile(p.path("chart/values.yaml"), []byte(values), 0o644))
		if err != nil {
			return sample{}, err
		}
		return p.run(0, in, "helm", "template", "w", p.path("chart"))
	}}
}

// workload returns a file that has W with n Deployments.
func (p programs) workload(patches string, n int) (string, error) {
	n = min(n, p.most)
	name := p.path(fmt.Sprintf("w%d-%d.yaml", n, len(patches)))
	if _, err := os.Stat(name); err == nil {
		return name, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return "", err
	}
	w := bufio.NewWriter(f)
	return name, errors.Join(writeW(w, patches, n), w.Flush(), f.Close())
}

// run runs a program with a file as its standard input. What it prints goes to the file
// out, so that both sides of a comparison write it. Linux counts the peak memory of
// who starts a program to that of the program: this one has to be small.
func (p programs) run(cores int, input string, command ...string) (s sample, err error) {
	in, err := os.Open(input)
	out, e := os.Create(p.path("out"))
	if err := errors.Join(err, e); err != nil {
		return s, err
	}
	defer in.Close()
	defer out.Close()
	var said strings.Builder
	cmd := exec.Command(p.path(command[0]), command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, &said
	if cores > 0 {
		cmd.Env = append(os.Environ(), fmt.Sprintf("GOMAXPROCS=%d", cores))
	}
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return s, fmt.Errorf("%v: %w\n%s", command, err, said.String())
	}
	took, usage := time.Since(start), cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return sample{time: float64(took), peak: usage.Maxrss * 1024}, nil // Linux counts KiB
}
