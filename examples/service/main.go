// Command service is an HTTP service that keeps DeploymentTargets, Deployments and
// SessionClusters, and renders their Kubernetes manifests: an example of how to embed the
// store and the renderer, to be copied. It is a module of its own.
//
//	service                                        # on 127.0.0.1:8080, in ./flinktarget.db
//	service -listen :8080 -token-file token -store etcd:etcd-0:2379,etcd-1:2379,etcd-2:2379
//
//	PUT, GET, DELETE  /api/v1/namespaces/{ns}/deployment-targets/{name}
//	PUT, GET, DELETE  /api/v1/namespaces/{ns}/deployments/{name}
//	PUT, GET, DELETE  /api/v1/namespaces/{ns}/sessionclusters/{name}
//	GET               /api/v1/namespaces/{ns}/deployments/{name}/manifests
//	GET               /api/v1/namespaces/{ns}/sessionclusters/{name}/manifests
//	GET               /healthz, /readyz, /metrics
//
// Paths and status codes are those of VVP's REST API. Bodies are JSON or YAML.
//
// Any number of replicas may use one etcd or PostgreSQL; memory, a file and SQLite are
// for one. A write is answered after the store has it. 503 says that the store did not
// answer: a write may have been done or not, and is sent again. A request waits for no
// other: what takes long, parsing and rendering, is done under no lock. What is promised
// and how to back up is in the documentation of target/store, what it was tried with in
// RESULTS.md there.
//
// All but /healthz and /readyz want the token of -token-file as a bearer token. Without
// one, the service listens on loopback only. It has no TLS.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/flinktarget/flinktarget/render"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stderr)
	stop()
	os.Exit(code)
}

// run serves until ctx is done, and returns the exit code.
func run(ctx context.Context, args []string, stderr io.Writer) int {
	fs := flag.NewFlagSet("service", flag.ContinueOnError)
	fs.SetOutput(stderr)
	listen := fs.String("listen", "127.0.0.1:8080", "the `address` to listen on")
	keep := fs.String("store", "sqlite:flinktarget.db", storeUsage)
	tokenFile := fs.String("token-file", "", "the `file` with the bearer token that requests must have")
	platform := fs.String("platform-namespace", "",
		"the Kubernetes `namespace` of the platform, for targets that name none")
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	log := slog.New(slog.NewJSONHandler(stderr, nil))
	if err := serve(ctx, log, *listen, *keep, *tokenFile, *platform); err != nil {
		log.Error("stopped", "error", err.Error())
		return 1
	}
	log.Info("stopped")
	return 0
}

// readToken returns the token of a file; none is for loopback only.
func readToken(log *slog.Logger, file, listen string) (string, error) {
	if file != "" {
		text, err := os.ReadFile(file)
		if err == nil && len(bytes.TrimSpace(text)) == 0 {
			err = fmt.Errorf("%s: the token must not be empty", file)
		}
		return string(bytes.TrimSpace(text)), err
	}
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return "", err
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", errors.New("-token-file is required unless -listen is a loopback address")
	}
	log.Warn("no -token-file: everybody on this machine may read and change everything")
	return "", nil
}

func serve(ctx context.Context, log *slog.Logger, listen, keep, tokenFile, platform string) (err error) {
	var opts []render.Option
	if platform != "" {
		opts = append(opts, render.ForPlatform(render.Platform{Namespace: platform}))
	}
	renderer, err := render.New(opts...)
	if err != nil {
		return err
	}
	token, err := readToken(log, tokenFile, listen)
	if err != nil {
		return err
	}
	backend, stop, err := openBackend(ctx, keep)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	m := newMetrics()
	s := newService(measured{backend, m}, renderer)
	server := &http.Server{
		Handler:           serveAll(newAPI(s, log), s, m, token, log),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn), // panics, too
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	log.Info("listening", "address", listener.Addr().String())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	// Answers under way are finished.
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return server.Shutdown(grace)
}
