// Package endtoend runs what the library renders on real Flink, without Kubernetes: each
// pod is a network namespace, each container a process with the rendered command,
// arguments, environment, files, user and probes. A Flink distribution, put together from
// packages of PyPI, stands for the image; testdata/entrypoint.sh does what Flink's
// documentation says of the entrypoint of its images. A server of this package plays the
// API server for ConfigMaps, and grants what the rendered Role grants; where the script
// extras has built a real one, that does.
//
// The tests need root, a JDK and distributions; without, they are skipped with the reason.
// Plain loopback would not do: all pods listen on the same ports of every address. The
// script run installs what is missing, and extras what only some scenarios need. What was
// run, and when, is in RESULTS.md.
//
// Not modelled: limits of CPU and memory, liveness probes while a pod runs, and the
// controllers of Jobs and Deployments, whose part the tests play.
package endtoend
