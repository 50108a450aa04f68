// Command launch runs another program and prints what it took, as JSON. It exists
// because it is small: Linux counts the peak memory of the process that starts a
// program to that of the program.
//
//	launch STDIN STDOUT PROGRAM [ARGUMENT …]
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Taken is what launch prints.
type Taken struct {
	Wall, CPU time.Duration
	Peak      int64 // bytes of resident memory
}

func main() {
	taken, err := run(os.Args[1], os.Args[2], os.Args[3:])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(taken)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(stdin, stdout string, command []string) (taken Taken, err error) {
	in, err := os.Open(stdin)
	if err != nil {
		return taken, err
	}
	defer in.Close()
	out, err := os.Create(stdout)
	if err != nil {
		return taken, err
	}
	defer func() {
		if e := out.Close(); err == nil {
			err = e
		}
	}()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout = in, out
	messages, err := os.Create(stdout + ".err") // a file, so that nobody has to copy
	if err != nil {
		return taken, err
	}
	defer messages.Close()
	cmd.Stderr = messages
	start := time.Now()
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(stdout + ".err")
		first, _, _ := bytes.Cut(text, []byte("\n"))
		return taken, fmt.Errorf("%v: %w: %s", command, err, first)
	}
	taken.Wall = time.Since(start)
	taken.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		taken.Peak = usage.Maxrss * 1024 // Linux counts KiB
	}
	return taken, nil
}
