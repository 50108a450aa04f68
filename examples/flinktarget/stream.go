package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/examples/internal/cli"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

// stream renders inputs of any length in the order in which they come. What fails
// is reported, and the rest goes on.
func (t tool) stream(r *render.Renderer, args []string, in *cli.Input, j *cli.Jobs, f format) int {
	defaults, err := in.ReadDefaults()
	if err != nil {
		return t.problems(err)
	}
	s := &streaming{tool: t, input: in, defaults: defaults, jobs: j, targets: map[target.Ref]target.Target{}}
	out := bufio.NewWriter(t.stdout)
	for m, err := range r.Stream(context.Background(), s.items(args), s.find) {
		if err != nil {
			s.fail(err)
			continue
		}
		t.warn(m)
		if err := writeOne(out, m, f); err != nil {
			return t.problems(err)
		}
	}
	if nothing, ok := cli.Nothing(deployment.Bundle{}); ok && !s.some {
		t.lines([]cli.Problem{nothing})
	}
	if err := j.Unknown(nil); err != nil {
		s.fail(err)
	}
	if err := out.Flush(); err != nil {
		return t.problems(err)
	}
	return s.code
}

func writeOne(out io.Writer, m render.Manifests, f format) error {
	if f == "yaml" {
		_, err := m.WriteTo(out)
		return err
	}
	for o := range m.All() {
		text, err := o.MarshalJSON()
		if err == nil {
			_, err = fmt.Fprintf(out, "%s\n", text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

type streaming struct {
	tool
	input    *cli.Input
	defaults deployment.Defaults
	jobs     *cli.Jobs
	targets  map[target.Ref]target.Target // by name and by id
	some     bool                         // whether there was anything to render
	code     int
}

func (s *streaming) fail(err error) { s.code = s.problems(err) }

// items yields what the files hold, and keeps the targets.
func (s *streaming) items(args []string) func(yield func(render.Item, error) bool) {
	return func(yield func(render.Item, error) bool) {
		for _, arg := range args {
			files, err := cli.Expand(arg)
			if err != nil {
				s.fail(err)
			}
			for _, file := range files {
				if !s.file(file, yield) {
					return
				}
			}
		}
	}
}

func (s *streaming) file(name string, yield func(render.Item, error) bool) bool {
	in, label := s.stdin, "<stdin>"
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			s.fail(err)
			return true
		}
		defer f.Close()
		in, label = f, name
	}
	return s.documents(label, in, yield)
}

func (s *streaming) documents(label string, in io.Reader, yield func(render.Item, error) bool) bool {
	for doc, err := range s.defaults.Read(label, in) {
		if left, ok := cli.Unknown(err); ok && s.input.SkipUnknownKinds {
			s.lines([]cli.Problem{left})
			continue
		}
		if err == nil && !doc.Target.IsZero() {
			s.keep(doc.Target)
			continue
		}
		s.some = true
		item := render.Item{Deployment: doc.Deployment, SessionCluster: doc.SessionCluster}
		if err == nil && !item.Deployment.IsZero() {
			item.Job = s.jobs.Of(item.Deployment)
			err = s.jobs.Claim(item.Deployment, item.Job.ID)
		}
		if !yield(item, err) {
			return false
		}
	}
	return true
}

func (s *streaming) keep(dt target.Target) {
	if _, twice := s.targets[dt.Ref()]; twice {
		s.fail(fmt.Errorf("%s: %s stands twice in the input", dt.Position(), dt))
		return
	}
	s.targets[dt.Ref()] = dt
	if dt.ID() != "" {
		s.targets[target.Ref{Namespace: dt.Namespace(), ID: dt.ID()}] = dt
	}
}

func (s *streaming) find(ref target.Ref) (target.Target, error) {
	dt, ok := s.targets[ref]
	if !ok {
		return dt, fmt.Errorf("there is no DeploymentTarget %s before it", ref)
	}
	return dt, nil
}
