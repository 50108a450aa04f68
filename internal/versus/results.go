package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

const (
	resultsFile = "RESULTS.md"
	readmeFile  = "../../README.md"
	// The README has the table between these lines.
	begin = "<!-- measured -->\n"
	end   = "<!-- end -->\n"
	// Below this line, the results file has remarks by hand.
	byHand = "\n<!-- remarks -->\n"
)

// writeResults writes the table with what it was measured on, and quotes a part of it
// in the README.
func writeResults(rows []row) error {
	text := "# Measured against its peers\n\n" +
		"Written by `go run . -write` in this folder; `go doc .` says how it is measured.\n\n" +
		environment() + "\n" + table(rows)
	old, err := os.ReadFile(resultsFile)
	if err != nil {
		return err
	}
	_, remarks, ok := strings.Cut(string(old), byHand)
	if !ok {
		return errors.New(resultsFile + " has no place for remarks")
	}
	if err := os.WriteFile(resultsFile, []byte(text+byHand+remarks), 0o644); err != nil {
		return err
	}
	readme, err := os.ReadFile(readmeFile)
	if err != nil {
		return err
	}
	var quoted []row
	for _, r := range rows {
		if inReadme.MatchString(r.measure) {
			quoted = append(quoted, r)
		}
	}
	before, rest, ok := strings.Cut(string(readme), begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return errors.New("the README has no place for the table")
	}
	return os.WriteFile(readmeFile, []byte(before+begin+table(quoted)+end+after), 0o644)
}

// environment says when, with what and on what was measured.
func environment() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, "- "+format+"\n", args...) }
	line("%s, %s, %s/%s, %d CPUs: %s", time.Now().UTC().Format(time.DateOnly), runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), cpu())
	if load := firstLine("/proc/loadavg"); load != "" {
		line("load average when it was written, with this program's own: %s", strings.Join(strings.Fields(load)[:3], " "))
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b.String()
	}
	for _, m := range info.Deps {
		switch m.Path {
		case "sigs.k8s.io/kustomize/api", "sigs.k8s.io/kustomize/kyaml", "k8s.io/apimachinery", "sigs.k8s.io/yaml", "go.yaml.in/yaml/v3":
			line("%s %s", m.Path, m.Version)
		}
	}
	line("kustomize build: sigs.k8s.io/kustomize/kustomize/v5 as in go.mod")
	return b.String()
}

func firstLine(file string) string {
	text, _ := os.ReadFile(file)
	first, _, _ := strings.Cut(string(text), "\n")
	return first
}

func cpu() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if name, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
