// Command service is a small HTTP service that keeps DeploymentTargets,
// Deployments and SessionClusters, and renders their Kubernetes manifests: an
// example of how to embed the registry and the renderer, to be copied.
//
//	service -listen 127.0.0.1:8080 -state state.json
//
//	PUT, GET, DELETE  /api/v1/namespaces/{ns}/deployment-targets/{name}
//	PUT, GET, DELETE  /api/v1/namespaces/{ns}/deployments/{name}
//	PUT, GET, DELETE  /api/v1/namespaces/{ns}/sessionclusters/{name}
//	GET               /api/v1/namespaces/{ns}/deployments/{name}/manifests
//	GET               /api/v1/namespaces/{ns}/sessionclusters/{name}/manifests
//
// Paths and status codes are those of VVP's REST API. Bodies are JSON or YAML.
// A write is answered after it is on the disk. There is no authentication: the
// service belongs behind something that has it. One process uses a state file.
package main

import (
	"context"
	"errors"
	"flag"
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
	state := fs.String("state", "state.json", "the `file` that keeps the state across restarts")
	platform := fs.String("platform-namespace", "",
		"the Kubernetes `namespace` of the platform, for targets that name none")
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	log := slog.New(slog.NewJSONHandler(stderr, nil))
	if err := serve(ctx, log, *listen, *state, *platform); err != nil {
		log.Error("stopped", "error", err.Error())
		return 1
	}
	log.Info("stopped")
	return 0
}

func serve(ctx context.Context, log *slog.Logger, listen, state, platform string) error {
	var opts []render.Option
	if platform != "" {
		opts = append(opts, render.Platform{Namespace: platform})
	}
	renderer, err := render.New(opts...)
	if err != nil {
		return err
	}
	s, err := openStore(state, renderer)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           newHandler(s, log),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	log.Info("listening", "address", listener.Addr().String())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	// Answers under way are finished: their writes are on the disk.
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return server.Shutdown(grace)
}
