package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/files"
)

// ReadingHelp says what the arguments of most commands are.
const ReadingHelp = `A FILE may hold many YAML documents, or JSON. Of a DIR all files are read whose
names end in .yaml, .yml or .json, at any depth and sorted, except hidden ones and
kustomization.yaml (.yml), which kustomize reads. Other YAML of Kubernetes beside
the resources is an error without --skip-unknown-kinds.
`

// An Input reads the resources that the arguments of a command name.
type Input struct {
	// Stdin is what the argument - stands for.
	Stdin io.Reader
	// Defaults is a file of DeploymentDefaults, empty for none.
	Defaults string
	// SkipUnknownKinds leaves out documents of other kinds, with a warning.
	SkipUnknownKinds bool
}

// Flags defines the flags of all commands that read resources.
func (in *Input) Flags(fs *flag.FlagSet) {
	fs.BoolVar(&in.SkipUnknownKinds, "skip-unknown-kinds", false, "leave out documents of other kinds or API versions, with a warning each")
}

// Read parses all files, and reports the problems of all of them. Warnings are about
// what was left out, and about files that hold nothing, which may have been cut off.
func (in *Input) Read(args []string) (all deployment.Bundle, warnings []Problem, err error) {
	defaults, err := in.ReadDefaults()
	if err != nil {
		return all, nil, err
	}
	var errs []error
	for _, arg := range args {
		list, err := Expand(arg)
		errs = append(errs, err)
		for _, file := range list {
			b, left, err := in.file(file, defaults)
			errs, warnings = append(errs, err), append(warnings, left...)
			if err == nil && len(left)+len(b.Targets)+len(b.Deployments)+len(b.SessionClusters) == 0 {
				warnings = append(warnings, Problem{Severity: Warning, File: file, Message: "there is no resource in the file"})
			}
			all.Add(b)
		}
	}
	return all, warnings, errors.Join(errs...)
}

// ReadDefaults reads the file of defaults, if there is one.
func (in *Input) ReadDefaults() (deployment.Defaults, error) {
	if in.Defaults == "" {
		return deployment.Defaults{}, nil
	}
	text, err := os.ReadFile(in.Defaults)
	if err != nil {
		return deployment.Defaults{}, err
	}
	return deployment.ParseDefaults(in.Defaults, text)
}

func (in *Input) file(file string, defaults deployment.Defaults) (deployment.Bundle, []Problem, error) {
	var text []byte
	var err error
	if file == "-" {
		file = "<stdin>"
		if text, err = io.ReadAll(in.Stdin); err != nil {
			err = fmt.Errorf("standard input: %w", err)
		}
	} else {
		text, err = os.ReadFile(file)
	}
	if err != nil {
		return deployment.Bundle{}, nil, err
	}
	if in.SkipUnknownKinds {
		return known(file, string(text), defaults)
	}
	b, err := defaults.ParseAll(file, text)
	return b, nil, err
}

// known parses the documents of a text that are of VVP's kinds.
func known(file, text string, defaults deployment.Defaults) (b deployment.Bundle, left []Problem, err error) {
	var errs []error
	for doc, err := range defaults.Read(file, strings.NewReader(text)) {
		if skipped, ok := Unknown(err); ok {
			left = append(left, skipped)
			continue
		}
		errs = append(errs, err)
		switch {
		case !doc.Target.IsZero():
			b.Targets = append(b.Targets, doc.Target)
		case !doc.Deployment.IsZero():
			b.Deployments = append(b.Deployments, doc.Deployment)
		case !doc.SessionCluster.IsZero():
			b.SessionClusters = append(b.SessionClusters, doc.SessionCluster)
		}
	}
	return b, left, errors.Join(errs...)
}

// Unknown reports whether err is about a document of another kind, such as a Service,
// or of another API version, such as a Deployment of apps/v1. The problem is a warning
// that it is left out.
func Unknown(err error) (Problem, bool) {
	e, ok := errors.AsType[*deployment.InvalidError](err)
	if !ok {
		return Problem{}, false
	}
	for i, f := range e.Fields {
		if f.Type != field.ErrorTypeNotSupported || f.Field != "kind" && f.Field != "apiVersion" {
			continue
		}
		p := Problem{Severity: Warning, Field: f.Field, Message: fmt.Sprintf("the document is left out: %v is not VVP's", f.BadValue)}
		if i < len(e.Positions) {
			p.At(e.Positions[i])
		}
		return p, true
	}
	return Problem{}, false
}

// Expand returns a file, or the files of a folder that hold resources.
func Expand(arg string) ([]string, error) {
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
	return files.In(arg, os.DirFS(arg))
}

// Nothing is the warning about an input in which nothing can be rendered; ok is false
// if there is something.
func Nothing(b deployment.Bundle) (warning Problem, ok bool) {
	if len(b.Deployments)+len(b.SessionClusters) > 0 {
		return Problem{}, false
	}
	return Problem{Severity: Warning, Message: "there is no Deployment or SessionCluster in the input"}, true
}
