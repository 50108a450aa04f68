// Command playground is a page to try the library in: VVP resources on the left, manifests,
// what set each field and a comparison with another version on the right. The library
// runs in the page, as WebAssembly; there is no server behind it, and nothing is sent.
//
// It is started in the module, builds the page and serves it on the loopback interface,
// or with -out writes a new folder that any web server can publish.
//
// The editor is CodeMirror, bundled in static/codemirror.js; "npm ci && npm run build" in
// the folder editor makes it anew.
package main

import (
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing/fstest"
)

//go:embed static
var static embed.FS

const module = "github.com/flinktarget/flinktarget"

const wasmPackage = module + "/examples/playground/wasm"

func main() {
	log.SetFlags(0)
	port := flag.Int("port", 8137, "serve the page on this `port` of 127.0.0.1")
	out := flag.String("out", "", "write the page to this new `folder` instead of serving it")
	flag.Parse()
	log.Print("building the WebAssembly, which takes a minute the first time …")
	page, err := build()
	switch address := fmt.Sprintf("127.0.0.1:%d", *port); {
	case err != nil:
	case *out != "":
		err = os.CopyFS(*out, page)
	default:
		log.Printf("http://%s/", address)
		err = http.ListenAndServe(address, http.FileServerFS(page))
	}
	if err != nil {
		log.Fatal(err)
	}
}

// build makes the page, of the module that the working directory is in.
func build() (fstest.MapFS, error) {
	const format = "{{with .Module}}{{.Path}} {{.Version}}\t{{.Dir}}{{else}}Go\t{{.Root}}{{end}}"
	list, err := goTool("list", "-deps", "-f", format, wasmPackage)
	dirs := map[string]string{} // of Go and of the modules
	for line := range strings.Lines(list) {
		name, dir, _ := strings.Cut(strings.TrimSpace(line), "\t")
		dirs[name] = dir
	}
	page, errs := fstest.MapFS{}, []error{err}
	add := func(name string) func([]byte, error) {
		return func(text []byte, err error) {
			page[name] = &fstest.MapFile{Data: text, Mode: 0o644}
			errs = append(errs, err)
		}
	}
	names, err := fs.Glob(static, "static/*")
	errs = append(errs, err)
	for _, name := range names {
		add(path.Base(name))(static.ReadFile(name))
	}
	add("example.yaml")(os.ReadFile(filepath.Join(dirs[module+" "], "examples/quickstart/resources.yaml")))
	add("wasm_exec.js")(os.ReadFile(filepath.Join(dirs["Go"], "lib/wasm/wasm_exec.js")))
	add("LICENSES.txt")(licences(dirs))
	add("flinktarget.wasm.gzip")(wasm())
	return page, errors.Join(errs...)
}

// licences are those of Go and of the modules that are compiled in.
func licences(dirs map[string]string) (out []byte, err error) {
	for _, name := range slices.Sorted(maps.Keys(dirs)) {
		dir := os.DirFS(dirs[name])
		files, err2 := fs.Glob(dir, "[LN][IO][CT][EI]*") // LICENSE, LICENSE.txt, NOTICE
		err = errors.Join(err, err2)
		for _, file := range files {
			text, err2 := fs.ReadFile(dir, file)
			err = errors.Join(err, err2)
			out = fmt.Appendf(out, "%s, %s\n\n%s\n----\n\n", name, file, text)
		}
	}
	return out, err
}

// wasm compiles the library. It is compressed here, because not every web server does it
// for WebAssembly; no server takes the name for an encoding, as some do with .gz.
func wasm() ([]byte, error) {
	dir, err := os.MkdirTemp("", "playground-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "wasm")
	if _, err := goTool("build", "-trimpath", "-ldflags=-s -w", "-o", file, wasmPackage); err != nil {
		return nil, err
	}
	code, err := os.ReadFile(file)
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // a level that there is
	_, err2 := w.Write(code)
	err = errors.Join(err, err2, w.Close())
	return b.Bytes(), err
}

// goTool runs the go command for WebAssembly and returns what it prints.
func goTool(args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output() // what is wrong, it says itself
	return string(out), err
}
