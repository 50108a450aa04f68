package main

import (
	"fmt"
	"os"

	"github.com/flinktarget/flinktarget/render"
)

func main() {
	if err := render.YAML(os.Stdout, os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
