// Package inputs makes inputs for tests of the whole way from resources to
// manifests: legal DeploymentTargets with patch sets, Deployments and
// SessionClusters, varied over all that the library supports. The same seed gives
// the same input. What they are made of is in inputs.yaml.
package inputs

import (
	"fmt"
	"math/rand/v2"

	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/render"
)

// Input is a DeploymentTarget and a resource that refers to it. What it renders to
// is legal for Kubernetes and passes the Pod Security Standard "restricted".
type Input struct {
	// Seed is what Target and Resource were made of.
	Seed     uint64
	Target   tree.Map
	Resource tree.Map
	// Budgets says that the input is to be rendered with PodDisruptionBudgets.
	Budgets bool
	// Around says so of everything else that is rendered around a cluster.
	Around bool
}

// What options must say, without which some inputs are refused: targets without a
// namespace, jars that Flink cannot fetch, VVP's annotation for TLS.
const (
	PlatformNamespace = "vvp"
	FetcherImage      = "registry.example.com/fetcher:1"
	TLSSecret         = "flink-certificates"
)

// Around are the options of what is rendered around a cluster.
var Around = []render.Option{
	render.WithMetrics(render.Metrics{PodMonitor: true, Labels: map[string]string{"release": "prometheus"}}),
	render.WithAutoscaling(render.Autoscaling{MinReplicas: 1, MaxReplicas: 3, Reactive: true}),
	render.WithNetworkPolicies(render.NetworkPolicies{
		RESTFrom: []render.Peer{{NamespaceSelector: map[string]string{"kubernetes.io/metadata.name": "ingress"}}},
		MetricsFrom: []render.Peer{{NamespaceSelector: map[string]string{},
			PodSelector: map[string]string{"app": "prometheus"}}},
		CloseEgress: true, APIServer: []string{"10.0.0.1/32"}, EgressCIDRs: []string{"10.1.0.0/16", "fd00::/64"},
	}),
	// Mutual TLS, which some inputs have, and an Ingress exclude each other.
}

// Options are those to render the input with.
func (in Input) Options() []render.Option {
	out := []render.Option{render.ForPlatform(render.Platform{Namespace: PlatformNamespace}),
		render.FetcherImage(FetcherImage),
		render.TLSSecret(TLSSecret)}
	if in.Budgets {
		out = append(out, render.PodDisruptionBudgets())
	}
	if in.Around {
		out = append(out, Around...)
		annotations := tree.Child(in.Resource, "spec", "template", "metadata", "annotations")
		if annotations["flink.security.ssl.enabled"] != "true" {
			out = append(out, render.WithIngress(render.Ingress{Host: "{name}-{id}.{namespace}.example.com"}))
		}
	}
	return out
}

// New returns the input of a seed. Every third has patches.
func New(seed uint64) Input {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 7))}
	in := Input{Seed: seed, Around: seed%4 > 1, Budgets: g.oneIn(2)}
	in.Target, in.Resource = g.resources()
	if seed%3 == 0 {
		patches := g.patches()
		in.Target["spec"].(tree.Map)["deploymentPatchSet"] = patches
	}
	return in
}

// Text returns both resources as a stream of YAML documents.
func (in Input) Text() []byte {
	var out []byte
	for _, doc := range []tree.Map{in.Target, in.Resource} {
		var err error
		out = append(out, yaml.Separator...)
		if out, err = yaml.Append(out, doc); err != nil {
			panic(fmt.Sprintf("seed %d: %v", in.Seed, err)) // the generator makes trees only
		}
	}
	return out
}
