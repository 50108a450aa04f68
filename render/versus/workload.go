package main

import (
	_ "embed"
	"fmt"
	"io"
	"strings"
)

// Workload W: one target with three patches, a strategic merge of 42 lines for the
// TaskManagers' Deployment, one for the JobManager's Job, and a JSON patch of the
// Service; and any number of Deployments that differ in their names.
var (
	//go:embed testdata/target.yaml
	targetYAML string
	//go:embed testdata/patches.yaml
	patchesYAML string
	//go:embed testdata/deployment.yaml
	deploymentYAML string
)

// unpatched stands for patchesYAML where the objects are wanted that kustomize patches.
const unpatched = "[]\n"

// kustomizationYAML asks kustomize for what the target says: the same patches, the
// namespace, and a label.
func kustomizationYAML() string {
	return "resources: [objects.yaml]\nnamespace: staging\n" +
		"labels: [{pairs: {system: ververica-platform}}]\npatches:\n" + patchesYAML
}

// deploymentText is the i-th Deployment of W.
func deploymentText(i int) string {
	return strings.ReplaceAll(deploymentYAML, "NAME", fmt.Sprintf("app-%06d", i))
}

// writeW writes W with n Deployments and with these patches.
func writeW(w io.Writer, patches string, n int) error {
	indented := "    " + strings.ReplaceAll(strings.TrimSuffix(patches, "\n"), "\n", "\n    ") + "\n"
	_, err := io.WriteString(w, targetYAML+indented)
	for i := 0; i < n && err == nil; i++ {
		_, err = io.WriteString(w, "---\n"+deploymentText(i))
	}
	return err
}
