package deployment

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// ReadFS reads the [Files] of a folder, each as [ParseAll] does. dir is the name of the
// folder in errors and in the positions of what is read; it may be empty. The error joins
// the problems of all files; the Bundle is empty then.
func ReadFS(dir string, folder fs.FS) (Bundle, error) { return Reader{}.ReadFS(dir, folder) }

// ReadFS is the function [ReadFS] with these options.
func (o Reader) ReadFS(dir string, folder fs.FS) (Bundle, error) {
	var all Bundle
	files, err := Files(dir, folder)
	var errs []error
	for _, file := range files {
		text, err := fs.ReadFile(folder, file)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", filepath.Join(dir, file), err))
			continue
		}
		b, err := o.ParseAll(filepath.Join(dir, file), text)
		errs = append(errs, err)
		all.Add(b)
	}
	if err := errors.Join(append(errs, err)...); err != nil {
		return Bundle{}, err
	}
	return all, nil
}

// Files returns the names of the files of a folder, at any depth and in their order, that
// end in .yaml, .yml or .json. What is hidden, its name beginning with a dot, is left out:
// .git, and the second name that Kubernetes gives to the files of a mounted ConfigMap; and
// so are kustomization.yaml and .yml, which kustomize reads. No such file and a symbolic
// link to a folder, which is not followed, are errors that name dir, the name of the
// folder; files before the link are returned with the error.
func Files(dir string, folder fs.FS) ([]string, error) {
	var found []string
	err := fs.WalkDir(folder, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Join(dir, path), err)
		}
		switch hidden := path != "." && strings.HasPrefix(d.Name(), "."); {
		case hidden && d.IsDir():
			return fs.SkipDir
		case hidden, d.IsDir():
		case isFolder(folder, path, d):
			return fmt.Errorf("%s: a symbolic link to a folder is not followed: name the folder itself",
				filepath.Join(dir, path))
		case isResource(d.Name()):
			found = append(found, path)
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
	extensions, ofKustomize := []string{".yaml", ".yml", ".json"}, []string{"kustomization.yaml", "kustomization.yml"}
	return slices.Contains(extensions, strings.ToLower(filepath.Ext(name))) && !slices.Contains(ofKustomize, name)
}
