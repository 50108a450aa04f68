// Package files finds the files of a folder that hold resources.
package files

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// In returns the files of a folder, at any depth and in the order of their names, whose
// names end in .yaml, .yml or .json; dir, its name, is put before theirs. What is
// hidden, its name beginning with a dot, is left out: .git, and the second name that
// Kubernetes gives to the files of a mounted ConfigMap; and so is what kustomize reads.
// No file and a symbolic link to a folder are errors. Files before the link are
// returned all the same.
func In(dir string, folder fs.FS) ([]string, error) {
	var found []string
	err := fs.WalkDir(folder, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
		switch hidden := path != "." && strings.HasPrefix(d.Name(), "."); {
		case hidden && d.IsDir():
			return fs.SkipDir
		case hidden, d.IsDir():
		case isFolder(folder, path, d):
			return fmt.Errorf("%s: a symbolic link to a folder is not followed: name the folder itself",
				filepath.Join(dir, path))
		case isResource(d.Name()):
			found = append(found, filepath.Join(dir, path))
		}
		return nil
	})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("%s: no .yaml, .yml or .json files with resources", dir)
	}
	return found, err
}

// isFolder reports whether a symbolic link leads to a folder.
func isFolder(folder fs.FS, path string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink == 0 {
		return false
	}
	info, err := fs.Stat(folder, path)
	return err == nil && info.IsDir()
}

func isResource(name string) bool {
	switch name {
	case "kustomization.yaml", "kustomization.yml": // the names that kustomize looks for
		return false
	}
	return slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(name)))
}
