package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

// maxBody is the size of the largest document that the library reads.
const maxBody = 1 << 20

const prefix = "/api/v1/namespaces/{namespace}/"

// endpoint answers one method of one path. The answer is sent as JSON, manifests as
// what the client accepts.
type endpoint func(r *http.Request) (status int, answer any, err error)

func newHandler(s *store, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	handle := func(method, path string, e endpoint) {
		mux.HandleFunc(method+" "+prefix+path, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			status, answer, err := e(r)
			if err != nil {
				status, answer = explain(err)
				if status >= http.StatusInternalServerError {
					log.Error("failed", "method", r.Method, "path", r.URL.Path, "error", err.Error())
				}
			}
			if m, ok := answer.(render.Manifests); ok {
				writeManifests(w, r, m, log)
				return
			}
			writeJSON(w, status, answer, log)
		})
	}
	const targets = "deployment-targets/{name}"
	handle(http.MethodPut, targets, s.handlePutTarget)
	handle(http.MethodGet, targets, func(r *http.Request) (int, any, error) { return ok(s.target(refOf(r))) })
	handle(http.MethodDelete, targets, func(r *http.Request) (int, any, error) { return ok(s.deleteTarget(refOf(r))) })
	for i := range kinds {
		k := &kinds[i]
		path := k.path + "/{name}"
		handle(http.MethodPut, path, func(r *http.Request) (int, any, error) { return s.handlePut(k, r) })
		handle(http.MethodGet, path, func(r *http.Request) (int, any, error) {
			return ok(s.get(k, r.PathValue("namespace"), r.PathValue("name")))
		})
		handle(http.MethodDelete, path, func(r *http.Request) (int, any, error) {
			return ok(s.delete(k, r.PathValue("namespace"), r.PathValue("name")))
		})
		handle(http.MethodGet, path+"/manifests", func(r *http.Request) (int, any, error) {
			return ok(s.manifests(k, r.PathValue("namespace"), r.PathValue("name")))
		})
	}
	return mux
}

func ok[T any](answer T, err error) (int, any, error) { return http.StatusOK, answer, err }

func refOf(r *http.Request) target.Ref {
	return target.Ref{Namespace: r.PathValue("namespace"), Name: r.PathValue("name")}
}

func (s *store) handlePutTarget(r *http.Request) (int, any, error) {
	text, err := body(r)
	if err != nil {
		return 0, nil, err
	}
	t, err := target.Parse("", text)
	if err != nil {
		return 0, nil, err
	}
	if err := samePath(r, t); err != nil {
		return 0, nil, err
	}
	stored, created, err := s.putTarget(t)
	return putStatus(created), stored, err
}

func (s *store) handlePut(k *kind, r *http.Request) (int, any, error) {
	text, err := body(r)
	if err != nil {
		return 0, nil, err
	}
	given, err := k.parse(text)
	if err != nil {
		return 0, nil, err
	}
	if err := samePath(r, given); err != nil {
		return 0, nil, err
	}
	stored, created, err := s.put(k, given)
	return putStatus(created), stored, err
}

func putStatus(created bool) int {
	if created {
		return http.StatusCreated
	}
	return http.StatusOK
}

// body reads the body of a request that has JSON or YAML.
func body(r *http.Request) ([]byte, error) {
	if given := r.Header.Get("Content-Type"); given != "" {
		media, _, err := mime.ParseMediaType(given)
		if err != nil || media != "application/json" && media != "application/yaml" {
			return nil, &requestError{Status: http.StatusUnsupportedMediaType, Err: fmt.Errorf("send application/json or application/yaml, not %q", given)}
		}
	}
	return io.ReadAll(r.Body)
}

// samePath checks that a resource is the one that the path of the request names.
func samePath(r *http.Request, named interface {
	Namespace() string
	Name() string
	String() string
}) error {
	var errs field.ErrorList
	metadata := field.NewPath("metadata")
	if got := named.Namespace(); got != r.PathValue("namespace") {
		errs = append(errs, field.Invalid(metadata.Child("namespace"), got, "the path names another namespace"))
	}
	if got := named.Name(); got != r.PathValue("name") {
		errs = append(errs, field.Invalid(metadata.Child("name"), got, "the path has another name"))
	}
	if len(errs) > 0 {
		return invalid(named, errs...)
	}
	return nil
}

func writeJSON(w http.ResponseWriter, status int, answer any, log *slog.Logger) {
	text, err := json.MarshalIndent(answer, "", "  ")
	if err != nil {
		log.Error("cannot encode an answer", "error", err.Error())
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	if _, err := w.Write(append(text, '\n')); err != nil {
		log.Info("the client went away", "error", err.Error())
	}
}

// writeManifests sends YAML, or a Kubernetes List as JSON to those who ask for it.
// Warnings go into headers, as the Kubernetes API sends them.
func writeManifests(w http.ResponseWriter, r *http.Request, m render.Manifests, log *slog.Logger) {
	for _, warning := range m.Warnings() {
		w.Header().Add("Warning", fmt.Sprintf("299 - %+q", warning.String()))
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	var err error
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		w.Header().Set("Content-Type", "application/json")
		_, err = w.Write(m.JSON())
	} else {
		w.Header().Set("Content-Type", "application/yaml")
		_, err = m.WriteTo(w)
	}
	if err != nil {
		log.Info("the client went away", "error", err.Error())
	}
}
