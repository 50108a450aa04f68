package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
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
	// Warn is told of what is left out, and of files that hold nothing, which may have
	// been cut off.
	Warn func(flinktarget.Problem)
	// Progress is told of what is read. Flags makes a quiet one if there is none.
	Progress *Progress
	// Defaults is a file of DeploymentDefaults, empty for none.
	Defaults string

	// KeepGoing reads the documents of a file that are legal, beside others.
	KeepGoing bool

	kind        string // of documents that do not say it
	unknown     bool   // Kubernetes may be newer
	skipUnknown bool
	skipped     int // documents so far
}

// Flags defines the flags of all commands that read resources.
func (in *Input) Flags(fs *flag.FlagSet) {
	if in.Progress == nil {
		in.Progress = NewProgress(io.Discard)
	}
	fs.BoolVar(&in.Progress.Quiet, "quiet", in.Progress.Quiet, "show no progress on a terminal")
	fs.StringVar(&in.kind, "kind", "", "the `kind` of documents that do not say theirs, such as bodies of VVP's API;\n"+
		"if not given, that whose fields they have")
	fs.BoolVar(&in.unknown, "allow-unknown", false,
		"warn only of fields and values that a newer Kubernetes may have")
	fs.BoolVar(&in.skipUnknown, "skip-unknown-kinds", false,
		"leave out documents of other kinds or API versions, with a warning each")
}

// Read parses all files, and reports the problems of all of them.
func (in *Input) Read(args []string) (all deployment.Bundle, err error) {
	list, defaults, err := in.files(args)
	errs := []error{err}
	for _, file := range list {
		skipped := in.skipped
		in.Progress.Did("reading files", 1)
		b, err := in.file(file, defaults)
		if err == nil && Empty(b) && len(b.Targets) == 0 && in.skipped == skipped {
			empty := Warning("there is no resource in the file")
			empty.File = file
			in.Warn(empty)
		}
		errs = append(errs, err)
		all.Add(b)
	}
	return all, errors.Join(append(errs[1:], errs[0])...)
}

// Documents reads all files one document at a time.
func (in *Input) Documents(args []string) iter.Seq2[deployment.Document, error] {
	return func(yield func(deployment.Document, error) bool) {
		list, defaults, err := in.files(args)
		for _, file := range list {
			for doc, err := range in.documents(file, defaults) {
				if !yield(doc, err) {
					return
				}
			}
		}
		if err != nil {
			yield(deployment.Document{}, err)
		}
	}
}

// files returns what is to be read, and the defaults for it; without these, nothing is.
// The error may be about a part of the files.
func (in *Input) files(args []string) (list []string, defaults deployment.Defaults, err error) {
	if in.Defaults != "" {
		text, err := os.ReadFile(in.Defaults)
		if err == nil {
			defaults, err = in.reader(defaults).ParseDefaults(in.Defaults, text)
		}
		if err != nil {
			return nil, defaults, err
		}
	}
	list, err = expand(args)
	return list, defaults, err
}

// file parses a file, on all CPUs if its documents need not be looked at one by one.
func (in *Input) file(file string, defaults deployment.Defaults) (b deployment.Bundle, err error) {
	if !in.skipUnknown && !in.KeepGoing {
		r, label, err := in.open(file)
		if err != nil {
			return b, err
		}
		defer r.Close()
		text, err := io.ReadAll(r)
		if err != nil {
			return b, fmt.Errorf("reading %s: %w", label, err)
		}
		return in.reader(defaults).ParseAll(label, text)
	}
	var errs []error
	for doc, err := range in.documents(file, defaults) {
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
	return b, errors.Join(errs...)
}

// documents reads a file, without the documents that are to be left out.
func (in *Input) documents(file string, defaults deployment.Defaults) iter.Seq2[deployment.Document, error] {
	return func(yield func(deployment.Document, error) bool) {
		r, label, err := in.open(file)
		if err != nil {
			yield(deployment.Document{}, err)
			return
		}
		defer r.Close()
		for doc, err := range in.reader(defaults).Read(label, r) {
			if left, ok := unknown(err); ok && in.skipUnknown {
				in.skipped++
				in.Warn(left)
			} else if !yield(doc, err) {
				return
			}
		}
	}
}

func (in *Input) reader(defaults deployment.Defaults) deployment.Reader {
	return deployment.Reader{Defaults: defaults, Kind: in.kind, AllowUnknown: in.unknown}
}

// open returns a file or the standard input, and what it is called.
func (in *Input) open(file string) (io.ReadCloser, string, error) {
	if file == "-" {
		return io.NopCloser(in.Stdin), "<stdin>", nil
	}
	f, err := os.Open(file)
	return f, file, err
}

// unknown reports whether err is about a document of another kind, such as a Service,
// or of another API version, such as a Deployment of apps/v1. The problem is a warning
// that it is left out.
func unknown(err error) (flinktarget.Problem, bool) {
	e, ok := errors.AsType[*flinktarget.InvalidError](err)
	for i := 0; ok && i < len(e.Problems); i++ {
		if p := e.Problems[i]; p.Rule == "kind" && (p.Field == "kind" || p.Field == "apiVersion") {
			p.Severity, p.Message = flinktarget.SeverityWarning, "the document is left out: it is not VVP's"
			return p, true
		}
	}
	return flinktarget.Problem{}, false
}

// expand returns files, and of folders the files that hold resources. The error is about
// what cannot be read; all else is returned.
func expand(args []string) (list []string, err error) {
	for _, arg := range args {
		info, e := os.Stat(arg)
		switch {
		case arg == "-" || e == nil && !info.IsDir():
			list = append(list, arg)
		case e == nil:
			var found []string
			found, e = deployment.Files(arg, os.DirFS(arg))
			for _, file := range found {
				list = append(list, filepath.Join(arg, file))
			}
			err = errors.Join(err, e)
		default:
			err = errors.Join(err, e)
		}
	}
	return list, err
}

// Nothing is the warning about an input that is Empty.
var Nothing = Warning("there is no Deployment or SessionCluster in the input")

// Empty reports whether there is nothing to render.
func Empty(b deployment.Bundle) bool { return len(b.Deployments)+len(b.SessionClusters) == 0 }
