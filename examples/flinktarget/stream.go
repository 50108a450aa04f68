package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

// stream renders inputs of any length in the order in which they come. What fails
// is reported, and the rest goes on.
func (t tool) stream(r *render.Renderer, args []string) int {
	s := &streaming{tool: t, targets: map[target.Ref]target.Target{}}
	out := bufio.NewWriter(t.stdout)
	for m, err := range r.Stream(context.Background(), s.items(args), s.find) {
		if err != nil {
			s.fail(err)
			continue
		}
		t.warn(m)
		if _, err := m.WriteTo(out); err != nil {
			return t.problems(err)
		}
	}
	if err := out.Flush(); err != nil {
		return t.problems(err)
	}
	return s.code
}

type streaming struct {
	tool
	targets map[target.Ref]target.Target // by name and by id
	code    int
}

func (s *streaming) fail(err error) { s.code = s.problems(err) }

// items yields what the files hold, and keeps the targets.
func (s *streaming) items(args []string) func(yield func(render.Item, error) bool) {
	return func(yield func(render.Item, error) bool) {
		for _, arg := range args {
			files, err := expand(arg)
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
	for doc, err := range deployment.Read(label, in) {
		if err == nil && !doc.Target.IsZero() {
			s.keep(doc.Target)
			continue
		}
		if !yield(render.Item{Deployment: doc.Deployment, SessionCluster: doc.SessionCluster}, err) {
			return false
		}
	}
	return true
}

func (s *streaming) keep(dt target.Target) {
	if _, twice := s.targets[dt.Ref()]; twice {
		s.fail(fmt.Errorf("%s stands twice in the input", dt))
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
