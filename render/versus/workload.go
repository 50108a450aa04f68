package main

import (
	_ "embed"
	"fmt"
	"io"
	"regexp"
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

// varying is what differs between the objects of two Deployments of W: names, ids, and
// the checksum of the configuration.
var varying = regexp.MustCompile(`app-\d{6}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}|[0-9a-f]{32}`)

// chart makes a template and its values of the objects of all Deployments: the objects of
// one, with what varies taken from a list of values for each.
func chart(objects string) (template, values string) {
	var list strings.Builder
	list.WriteString("deployments:\n")
	for i, group := range strings.Split(objects, "---\napiVersion: v1\ndata:\n")[1:] {
		index := map[string]int{}
		text := varying.ReplaceAllStringFunc(group, func(s string) string {
			if _, ok := index[s]; !ok {
				lead := "  - "
				if len(index) == 0 {
					lead = "- - " // the first of a list in the list
				}
				fmt.Fprintf(&list, "%s%q\n", lead, s)
				index[s] = len(index)
			}
			return fmt.Sprintf("{{ index . %d }}", index[s])
		})
		if i == 0 {
			template = "{{- range .Values.deployments }}\n---\napiVersion: v1\ndata:\n" + text + "{{- end }}\n"
		}
	}
	return template, list.String()
}
