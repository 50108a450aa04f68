package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"strings"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
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

// jobID is given where a single Deployment is rendered with an id.
const jobID = "6a3c3d3a-8f4e-4a4c-9a5e-1d2c3b4a5f60"

func indented(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n    ") + "\n"
}

// deploymentText is the i-th Deployment of W.
func deploymentText(i int) string {
	return strings.ReplaceAll(deploymentYAML, "NAME", fmt.Sprintf("app-%06d", i))
}

// writeW writes W with n Deployments.
func writeW(w io.Writer, n int) error {
	_, err := io.WriteString(w, targetYAML+indented(patchesYAML))
	for i := 0; i < n && err == nil; i++ {
		_, err = io.WriteString(w, "---\n"+deploymentText(i))
	}
	return err
}

// bundle parses W with n Deployments.
func bundle(n int) (deployment.Bundle, error) {
	var text bytes.Buffer
	if err := writeW(&text, n); err != nil {
		return deployment.Bundle{}, err
	}
	return deployment.ParseAll("w.yaml", text.Bytes())
}

// renderedOne returns the objects of the only Deployment of W, with a job id.
func renderedOne() (render.Manifests, error) {
	b, err := bundle(1)
	if err != nil {
		return render.Manifests{}, err
	}
	return new(render.Renderer).Deployment(b.Targets[0], b.Deployments[0], render.Job{ID: jobID})
}

// kustomizationYAML asks kustomize for what the target says: the same patches, the
// namespace, and a label.
func kustomizationYAML() string {
	return "resources: [objects.yaml]\nnamespace: staging\nlabels: [{pairs: {system: ververica-platform}}]\npatches:\n" + patchesYAML
}

// writeUnpatched writes the objects of W with n Deployments without the patches,
// which is what kustomize gets. jobs gives each Deployment its job.
func writeUnpatched(w io.Writer, n int, jobs func(i int) render.Job) error {
	plain, err := target.Parse("target.yaml", []byte(targetYAML+"    []\n"))
	if err != nil {
		return err
	}
	r := new(render.Renderer)
	for i := range n {
		d, err := deployment.Parse("deployment.yaml", []byte(deploymentText(i)))
		if err != nil {
			return err
		}
		m, err := r.Deployment(plain, d, jobs(i))
		if err != nil {
			return err
		}
		if _, err := m.WriteTo(w); err != nil {
			return err
		}
	}
	return nil
}

func noJob(int) render.Job { return render.Job{} }
