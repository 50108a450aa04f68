// Command quickstart renders an embedded Deployment for its DeploymentTarget and
// prints the Kubernetes manifests.
package main

import (
	_ "embed"
	"log"
	"os"
	"strings"

	"github.com/flinktarget/flinktarget/render"
)

//go:embed resources.yaml
var resources string

func main() {
	if err := render.YAML(os.Stdout, strings.NewReader(resources)); err != nil {
		log.Fatal(err)
	}
}
