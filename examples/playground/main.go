// Command playground is a page to try the library in: VVP resources on the left, manifests,
// what set each field and a comparison with another version on the right. The library
// runs in the page, as WebAssembly; there is no server behind it, and nothing is sent.
//
// It is started in the module, builds the page and serves it on the loopback interface,
// or with -out writes a folder that any web server can publish.
//
// The editor is CodeMirror, bundled in static/codemirror.js; "npm ci && npm run build" in
// the folder editor makes it anew.
package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"embed"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

//go:embed static
var static embed.FS

const module = "github.com/flinktarget/flinktarget"

func main() {
	log.SetFlags(0)
	port := flag.Int("port", 8137, "serve the page on this `port` of 127.0.0.1; 0 takes a free one")
	out := flag.String("out", "", "write the page to this `folder` instead of serving it")
	flag.Parse()
	if err := run(*port, *out); err != nil {
		log.Fatal(err)
	}
}

func run(port int, out string) error {
	log.Print("building the WebAssembly, which takes a minute the first time …")
	p, err := build()
	if err != nil {
		return err
	}
	if out != "" {
		return p.write(out)
	}
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err
	}
	log.Printf("http://%s/", listener.Addr())
	return http.Serve(listener, p)
}

// page is a folder of files by name.
type page map[string][]byte

// ServeHTTP serves them.
func (p page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := cmp.Or(strings.TrimPrefix(r.URL.Path, "/"), "index.html")
	if text, ok := p[name]; ok {
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(text))
		return
	}
	http.NotFound(w, r)
}

func (p page) write(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for name, text := range p {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// build makes the page, of the module that the working directory is in.
func build() (page, error) {
	p := page{}
	entries, err := static.ReadDir("static")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if p[e.Name()], err = static.ReadFile("static/" + e.Name()); err != nil {
			return nil, err
		}
	}
	root, err := tool("go", "list", "-m", "-f", "{{.Dir}}", module)
	if err != nil {
		return nil, err
	}
	goroot, err := tool("go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	for name, file := range map[string]string{
		"example.yaml": filepath.Join(root, "examples/quickstart/resources.yaml"),
		"wasm_exec.js": filepath.Join(goroot, "lib/wasm/wasm_exec.js"),
	} {
		if p[name], err = os.ReadFile(file); err != nil {
			return nil, err
		}
	}
	if p["LICENSES.txt"], err = licences(goroot); err != nil {
		return nil, err
	}
	p["flinktarget.wasm.gzip"], err = wasm()
	return p, err
}

const wasmPackage = module + "/examples/playground/wasm"

// wasm compiles the library. It is compressed here, because not every web server does it
// for WebAssembly; no server takes the name for an encoding, as some do with .gz.
func wasm() ([]byte, error) {
	dir, err := os.MkdirTemp("", "playground-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "flinktarget.wasm")
	if _, err := tool("go", "build", "-trimpath", "-ldflags=-s -w", "-o", file, wasmPackage); err != nil {
		return nil, err
	}
	code, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(code)
	err = cmp.Or(err, w.Close())
	return b.Bytes(), err
}

// licences are those of Go and of the modules that are compiled in.
func licences(goroot string) ([]byte, error) {
	const format = "{{with .Module}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}"
	list, err := tool("go", "list", "-deps", "-f", format, wasmPackage)
	if err != nil {
		return nil, err
	}
	modules := append(strings.Split(list, "\n"), "Go\t"+goroot)
	slices.Sort(modules)
	var b bytes.Buffer
	for _, m := range slices.Compact(modules) {
		name, dir, _ := strings.Cut(m, "\t")
		files, err := filepath.Glob(filepath.Join(dir, "[LN][IO][CT][EI]*")) // LICENSE, LICENSE.txt, NOTICE
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&b, "%s, %s\n\n%s\n----\n\n", name, filepath.Base(file), text)
		}
	}
	return b.Bytes(), nil
}

// tool runs a command for WebAssembly and returns what it prints.
func tool(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", strings.Join(cmd.Args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}
