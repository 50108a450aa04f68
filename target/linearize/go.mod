module github.com/flinktarget/flinktarget/target/linearize

go 1.26.0

require (
	github.com/anishathalye/porcupine v1.3.1
	github.com/flinktarget/flinktarget v0.0.0-00010101000000-000000000000
)

require (
	github.com/go-logr/logr v1.4.3 // indirect
	github.com/google/uuid v1.6.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	k8s.io/apimachinery v0.37.2 // indirect
	k8s.io/klog/v2 v2.140.0 // indirect
	k8s.io/utils v0.0.0-20260626114624-be93311217bd // indirect
)

replace github.com/flinktarget/flinktarget => ../..
