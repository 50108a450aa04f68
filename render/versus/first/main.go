// Command first renders its standard input, and imports nothing but what that
// takes: what a process pays that lives for one rendering. With an argument it
// renders nothing, and shows what the imports cost.
package main

import (
	"fmt"
	"os"

	"github.com/flinktarget/flinktarget/render"
)

func main() {
	if len(os.Args) > 1 {
		return
	}
	if err := render.YAML(os.Stdout, os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
