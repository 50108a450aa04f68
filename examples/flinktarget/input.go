package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/deployment"
)

// read parses all files and reports the problems of all of them.
func (t tool) read(args []string) (deployment.Bundle, error) {
	var all deployment.Bundle
	var errs []error
	for _, arg := range args {
		files, err := expand(arg)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		for _, file := range files {
			b, err := t.parseFile(file)
			errs = append(errs, err)
			all.Add(b)
		}
	}
	return all, errors.Join(errs...)
}

func (t tool) parseFile(file string) (deployment.Bundle, error) {
	if file == "-" {
		text, err := io.ReadAll(t.stdin)
		if err != nil {
			return deployment.Bundle{}, fmt.Errorf("standard input: %w", err)
		}
		return deployment.ParseAll("<stdin>", text)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return deployment.Bundle{}, err
	}
	return deployment.ParseAll(file, text)
}

// expand returns the files of a folder in the order of their names, or the file.
func expand(arg string) ([]string, error) {
	if arg == "-" {
		return []string{arg}, nil
	}
	info, err := os.Stat(arg)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{arg}, nil
	}
	var files []string
	err = filepath.WalkDir(arg, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(path))) {
			files = append(files, path)
		}
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s: no .yaml, .yml or .json files", arg)
	}
	return files, err
}

// problems writes an error, each problem on a line of its own.
func (t tool) problems(err error) int {
	for _, line := range lines(err) {
		fmt.Fprintln(t.stderr, line)
	}
	return exitInput
}

func lines(err error) []string {
	if e, ok := err.(*deployment.InvalidError); ok {
		out := make([]string, len(e.Fields))
		for i := range e.Fields {
			if out[i] = e.Problem(i); len(e.Positions) == 0 && e.Subject != "" {
				out[i] = e.Subject + ": " + out[i]
			}
		}
		return out
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var out []string
		for _, e := range joined.Unwrap() {
			out = append(out, lines(e)...)
		}
		return out
	}
	return []string{err.Error()}
}
