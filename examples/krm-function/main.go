// Command krm-function is a KRM function that renders Ververica Platform resources
// inside a kustomization or a kpt package. It reads a ResourceList from the standard
// input and writes one to the standard output. The folders beside it are to try it on:
// transformer has VVP resources among ordinary ones, generator has them in the
// function's configuration, and package is rendered in place.
//
//	go build -o examples/krm-function/ ./examples/krm-function
//	kustomize build --enable-alpha-plugins --enable-exec examples/krm-function/transformer
//	kustomize build --enable-alpha-plugins --enable-exec examples/krm-function/generator
//	PATH="$PATH:$PWD/examples/krm-function" kpt fn render --allow-exec examples/krm-function/package
//
// Problems and warnings are results of the list, and lines on the standard error,
// because kustomize drops results. The exit code is 1 if there is an error.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/flinktarget/flinktarget/render/krm"
)

func main() { os.Exit(run(os.Stdin, os.Stdout, os.Stderr)) }

func run(stdin io.Reader, stdout, stderr io.Writer) int {
	in, err := io.ReadAll(stdin)
	if err != nil {
		fmt.Fprintln(stderr, "reading the ResourceList:", err)
		return 1
	}
	out, results := krm.Process(in)
	for _, r := range results {
		if r.File != nil {
			fmt.Fprintf(stderr, "%s[%d]: ", r.File.Path, r.File.Index)
		}
		fmt.Fprintln(stderr, r)
	}
	if _, err := stdout.Write(out); err != nil {
		fmt.Fprintln(stderr, "writing the ResourceList:", err)
		return 1
	}
	return results.ExitCode()
}
