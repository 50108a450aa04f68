// Package rendertest is for tests of what is rendered: of a program that uses the
// library, or of a folder of resources and the rules of those who run them.
//
//	func TestOrders(t *testing.T) {
//		m := rendertest.Dir(t, "testdata/orders")
//		rendertest.Check(t, m)
//		rendertest.Golden(t, m, "testdata/orders.golden.yaml")
//		rendertest.CheckPolicies(t, m, policies...)
//	}
//
//	var policies = []rendertest.Policy{
//		rendertest.EachContainer("images are our own", func(c rendertest.Container, report rendertest.Report) {
//			if !strings.HasPrefix(c.Image, "registry.example.com/") {
//				report("image", "%s is from elsewhere", c.Image)
//			}
//		}),
//	}
//
// # Rules
//
// Check and Problems hold objects against these rules:
//
//   - identity: no two objects have the same apiVersion, kind, namespace and name.
//   - labels: every object and every pod template has the platform's labels, with legal
//     values; those of a workload and of its pods are the same; see package labels.
//   - selector: workloads and Services select by jobId or sessionClusterId and by
//     component, and by nothing else, and pods of the set are selected.
//   - namespace: all objects of a resource are in one namespace.
//   - security: pods meet the Pod Security Standard "restricted" of Kubernetes 1.37, for
//     Linux.
//
// The renderer keeps the first four by itself. Pod templates and patches can break the
// last, and every rule of your own. What Renderer.Target makes has only
// the label system, and is held against the first two rules.
package rendertest
