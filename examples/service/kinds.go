package main

import (
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

// resource is a Deployment or a SessionCluster.
type resource interface {
	named
	Target() target.Ref
	Owner() target.Owner
	MarshalJSON() ([]byte, error)
}

// kind is what the service does with the resources of one kind.
type kind struct {
	path   string // in URLs and in the keys of records
	parse  func(text []byte) (resource, error)
	withID func(r resource, id string) (resource, error)
	render func(*render.Renderer, target.Target, resource) (render.Manifests, error)
}

var kinds = [...]kind{
	{
		path:  "deployments",
		parse: func(text []byte) (resource, error) { return deployment.Parse("", text) },
		withID: func(r resource, id string) (resource, error) {
			c := r.(deployment.Deployment).Config()
			c.Metadata.ID = id
			return deployment.New(c)
		},
		// The job's id is derived. A service that upgrades jobs keeps the ids that it
		// gave, and the savepoints to start from.
		render: func(r *render.Renderer, t target.Target, d resource) (render.Manifests, error) {
			return r.Deployment(t, d.(deployment.Deployment), render.Job{})
		},
	},
	{
		path:  "sessionclusters",
		parse: func(text []byte) (resource, error) { return deployment.ParseSessionCluster("", text) },
		withID: func(r resource, id string) (resource, error) {
			c := r.(deployment.SessionCluster).Config()
			c.Metadata.ID = id
			return deployment.NewSessionCluster(c)
		},
		render: func(r *render.Renderer, t target.Target, s resource) (render.Manifests, error) {
			return r.SessionCluster(t, s.(deployment.SessionCluster))
		},
	},
}
