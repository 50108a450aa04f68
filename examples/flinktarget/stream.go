package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/examples/internal/cli"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

// stream renders inputs of any length in the order in which they come. What fails
// is reported, and the rest goes on.
func (t tool) stream(args []string, o *cli.Flags, j *cli.Jobs, format string) error {
	if err := j.Anonymous("--stream does not know how many Deployments come"); err != nil {
		return err
	}
	r, err := o.Renderer()
	if err != nil {
		return err
	}
	s := &streaming{tool: t, jobs: j, ids: map[[16]byte]bool{}}
	for res := range r.Stream(context.Background(), s.items(o.Documents(args)), s.find) {
		t.stderr.Did("rendering", 1)
		if res.Err != nil {
			s.fail(res.Err)
			continue
		}
		m := res.Manifests
		t.lines(s.derived.Take(cli.Flagged(m.Warnings()))...)
		if format == "json" {
			for o := range m.All() {
				fmt.Fprintf(t.stdout, "%s\n", tree.JSON(o.Map()))
			}
		} else if _, err := m.WriteTo(t.stdout); err != nil {
			break // the output is at its end, and so is this
		}
	}
	t.lines(s.derived.Rest()...)
	if !s.some {
		t.lines(cli.Nothing)
	}
	if err := j.Unknown(nil); err != nil {
		s.fail(err)
	}
	return s.failed
}

type streaming struct {
	tool
	jobs    *cli.Jobs
	targets target.Registry
	// clusters that have come, which Deployments in session mode may name.
	clusters deployment.Bundle
	ids      map[[16]byte]bool // of what has come
	some     bool              // whether there was anything to render
	derived  cli.Derived
	failed   error
}

func (s *streaming) fail(err error) {
	s.lines(cli.ProblemsOf(err)...)
	s.failed = errSaid
}

// items yields what is to be rendered, and keeps the targets.
func (s *streaming) items(docs func(func(deployment.Document, error) bool)) func(func(render.Item, error) bool) {
	return func(yield func(render.Item, error) bool) {
		for doc, err := range docs {
			if err == nil && !doc.Target.IsZero() {
				if err := s.targets.Register(doc.Target); err != nil {
					s.fail(fmt.Errorf("%s: %w", doc.Target.Position(), err))
				}
				continue
			}
			s.some = true
			if err == nil && !doc.SessionCluster.IsZero() {
				s.clusters.SessionClusters = append(s.clusters.SessionClusters, doc.SessionCluster)
			}
			item := render.Item{Deployment: doc.Deployment, SessionCluster: doc.SessionCluster}
			if err == nil {
				err = s.once(item)
			}
			if err == nil && !item.Deployment.IsZero() {
				item.Job = s.jobs.Of(item.Deployment)
				item.Job.SessionCluster, _ = s.clusters.ClusterOf(item.Deployment)
				err = s.jobs.Claim(item.Deployment, item.Job.ID)
			}
			if !yield(item, err) {
				return
			}
		}
	}
}

// once refuses what has come before. Of each id it keeps the beginning of a digest, which no
// two share by chance: 16 bytes a resource.
func (s *streaming) once(item render.Item) error {
	d, c := item.Deployment, item.SessionCluster
	key, twice := "Deployment "+d.ID(), deployment.Bundle{Deployments: []deployment.Deployment{d, d}}
	if d.IsZero() {
		key, twice = "SessionCluster "+c.ID(), deployment.Bundle{SessionClusters: []deployment.SessionCluster{c, c}}
	}
	sum := sha256.Sum256([]byte(key))
	if id := [16]byte(sum[:16]); !s.ids[id] {
		s.ids[id] = true
		return nil
	}
	return errors.Join(twice.Duplicates()...)
}

func (s *streaming) find(ref target.Ref) (target.Target, error) {
	dt, err := s.targets.Get(ref)
	if err != nil {
		err = fmt.Errorf("there is no DeploymentTarget %s before it", ref)
	}
	return dt, err
}
