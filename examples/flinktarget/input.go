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

// read parses all files, with a file of defaults if there is one, and reports the
// problems of all of them.
func (t tool) read(args []string, defaultsFile string) (deployment.Bundle, error) {
	defaults, err := t.readDefaults(defaultsFile)
	if err != nil {
		return deployment.Bundle{}, err
	}
	var all deployment.Bundle
	var errs []error
	for _, arg := range args {
		files, err := expand(arg)
		errs = append(errs, err)
		for _, file := range files {
			b, err := t.parseFile(file, defaults)
			errs = append(errs, err)
			all.Add(b)
		}
	}
	return all, errors.Join(errs...)
}

func (t tool) parseFile(file string, defaults deployment.Defaults) (deployment.Bundle, error) {
	if file == "-" {
		text, err := io.ReadAll(t.stdin)
		if err != nil {
			return deployment.Bundle{}, fmt.Errorf("standard input: %w", err)
		}
		return defaults.ParseAll("<stdin>", text)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return deployment.Bundle{}, err
	}
	return defaults.ParseAll(file, text)
}

// expand returns a file, or the files of a folder in the order of their names. What is
// hidden, its name beginning with a dot, is left out: .git, and the second name that
// Kubernetes gives to the files of a mounted ConfigMap.
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
	folder := os.DirFS(arg)
	err = fs.WalkDir(folder, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("%s: %w", arg, err)
		}
		hidden := strings.HasPrefix(d.Name(), ".") && path != "."
		switch isLink := d.Type()&fs.ModeSymlink != 0; {
		case hidden && d.IsDir():
			return fs.SkipDir
		case hidden, d.IsDir():
			return nil
		case isLink:
			if info, err := fs.Stat(folder, path); err == nil && info.IsDir() {
				return fmt.Errorf("%s: a symbolic link to a folder is not followed: name the folder itself", filepath.Join(arg, path))
			}
		}
		if slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(path))) {
			files = append(files, filepath.Join(arg, path))
		}
		return nil
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s: no .yaml, .yml or .json files", arg)
	}
	return files, err
}
