// Package policytest shows how a platform team holds the resources of its users against
// its own policies, before anything reaches a cluster. There is no program, only a test:
//
//	go test -v ./examples/policytest
//
// The resources are in the folder deployments, as their owners write them. The test
// renders all of them and looks at the result, so that it does not matter whether a
// field was set by a Deployment, a pod template or a patch of a target. To begin with
// your own, copy the folder: it needs nothing else of this module's examples.
package policytest
