package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

// maxBody is the size of the largest document that the library reads.
const maxBody = 1 << 20

const prefix = "/api/v1/namespaces/{namespace}/"

// endpoint answers one method of one path.
type endpoint func(r *http.Request) (status int, answer any, err error)

// newAPI has the endpoints of VVP's API.
func newAPI(s *service, log *slog.Logger) *http.ServeMux {
	mux := http.NewServeMux()
	handle := func(method, path string, e endpoint) {
		mux.HandleFunc(method+" "+prefix+path, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			status, answer, err := e(r)
			if err != nil {
				status, answer = explain(err)
				if status >= http.StatusInternalServerError {
					log.Error("failed", "id", r.Context().Value(requestID{}), "method", r.Method, "path", r.URL.Path,
						"error", err.Error())
				}
			}
			send(w, r, status, answer, log)
		})
	}
	const targets = "deployment-targets/{name}"
	ref := func(r *http.Request) target.Ref {
		return target.Ref{Namespace: r.PathValue("namespace"), Name: r.PathValue("name")}
	}
	parse := func(text []byte) (target.Target, error) { return target.Parse("", text) }
	handle(http.MethodPut, targets, put(s.putTarget, parse))
	handle(http.MethodGet, targets, onNamed(ref, s.targets.Get))
	handle(http.MethodDelete, targets, onNamed(ref, s.deleteTarget))
	for i := range kinds {
		k := &kinds[i]
		path := k.path + "/{name}"
		at := func(r *http.Request) key { return key{k, r.PathValue("namespace"), r.PathValue("name")} }
		store := func(ctx context.Context, given resource) (resource, bool, error) { return s.put(ctx, k, given) }
		handle(http.MethodPut, path, put(store, k.parse))
		handle(http.MethodGet, path, onNamed(at, s.find))
		handle(http.MethodDelete, path, onNamed(at, s.delete))
		handle(http.MethodGet, path+"/manifests", onNamed(at, s.manifests))
	}
	return mux
}

// onNamed does something with what the path of a request names.
func onNamed[What, Answer any](
	what func(*http.Request) What, do func(context.Context, What) (Answer, error),
) endpoint {
	return func(r *http.Request) (int, any, error) {
		answer, err := do(r.Context(), what(r))
		return http.StatusOK, answer, err
	}
}

// named is a target or a resource.
type named interface {
	Namespace() string
	Name() string
	String() string
}

// put stores what a body has.
func put[T named](
	keep func(context.Context, T) (stored T, created bool, err error), parse func([]byte) (T, error),
) endpoint {
	return func(r *http.Request) (int, any, error) {
		text, err := body(r)
		if err != nil {
			return 0, nil, err
		}
		given, err := parse(text)
		if err == nil {
			err = samePath(r, given)
		}
		if err != nil {
			return 0, nil, err
		}
		stored, created, err := keep(r.Context(), given)
		if created {
			return http.StatusCreated, stored, err
		}
		return http.StatusOK, stored, err
	}
}

// body reads the body of a request that has JSON or YAML.
func body(r *http.Request) ([]byte, error) {
	if given := r.Header.Get("Content-Type"); given != "" {
		media, _, err := mime.ParseMediaType(given)
		if err != nil || media != "application/json" && media != "application/yaml" {
			return nil, &requestError{http.StatusUnsupportedMediaType,
				fmt.Errorf("send application/json or application/yaml, not %q", given)}
		}
	}
	text, err := io.ReadAll(r.Body)
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, &requestError{http.StatusRequestEntityTooLarge, err}
	}
	if err != nil { // a client that is slow, or went away
		return nil, &requestError{http.StatusBadRequest, fmt.Errorf("the body cannot be read: %w", err)}
	}
	return text, nil
}

// samePath checks that a resource is the one that the path of the request names.
func samePath(r *http.Request, given named) error {
	var errs []error
	if got, want := given.Namespace(), r.PathValue("namespace"); got != want {
		errs = append(errs, invalid(given, "metadata.namespace", fmt.Sprintf("must be %q, as in the path", want)))
	}
	if got, want := given.Name(), r.PathValue("name"); got != want {
		errs = append(errs, invalid(given, "metadata.name", fmt.Sprintf("must be %q, as in the path", want)))
	}
	return errors.Join(errs...)
}

// send sends an answer as JSON, and manifests as a Kubernetes List in JSON to those who ask
// for it, and to others as YAML.
func send(w http.ResponseWriter, r *http.Request, status int, answer any, log *slog.Logger) {
	var text []byte
	var err error
	media := "application/json"
	m, rendered := answer.(render.Manifests)
	switch {
	case !rendered:
		text, err = json.MarshalIndent(answer, "", "  ")
	case strings.Contains(r.Header.Get("Accept"), media):
		text, err = json.Marshal(list{"v1", "List", m, m.Warnings()})
	default:
		media = "application/yaml"
		text, err = stream(m)
	}
	if err != nil {
		log.Error("cannot encode an answer", "error", err.Error())
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	// The header says that there are warnings, as the Kubernetes API does; headers are too
	// small for all of them, which are in the body.
	if n := len(m.Warnings()); n > 0 {
		w.Header().Set("Warning", fmt.Sprintf(`299 - "%d warnings are in the body"`, n))
	}
	w.Header().Set("Content-Type", media)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	if _, err := w.Write(text); err != nil {
		log.Info("the client went away", "error", err.Error())
	}
}

// stream is a YAML stream of all objects, with the warnings as comments before them.
func stream(m render.Manifests) ([]byte, error) {
	var out bytes.Buffer
	for _, warning := range m.Warnings() {
		fmt.Fprintf(&out, "# %s\n", warning) // a problem is one line
	}
	_, err := m.WriteTo(&out)
	return out.Bytes(), err
}

// list is a List of Kubernetes with all objects; its field warnings is not Kubernetes'.
type list struct {
	APIVersion string                `json:"apiVersion"`
	Kind       string                `json:"kind"`
	Items      render.Manifests      `json:"items"`
	Warnings   []flinktarget.Problem `json:"warnings,omitempty"`
}
