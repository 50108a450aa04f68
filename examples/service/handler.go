package main

import (
	"bytes"
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

// endpoint answers one method of one path.
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
			send(w, r, status, answer, log)
		})
	}
	const targets = "deployment-targets/{name}"
	ref := func(r *http.Request) target.Ref {
		return target.Ref{Namespace: r.PathValue("namespace"), Name: r.PathValue("name")}
	}
	parse := func(text []byte) (target.Target, error) { return target.Parse("", text) }
	handle(http.MethodPut, targets, put(s, s.putTarget, parse))
	handle(http.MethodGet, targets, onNamed(s.view, ref, s.registry.Get))
	handle(http.MethodDelete, targets, onNamed(s.update, ref, s.deleteTarget))
	for i := range kinds {
		k := &kinds[i]
		path := k.path + "/{name}"
		at := func(r *http.Request) key { return key{k, r.PathValue("namespace"), r.PathValue("name")} }
		store := func(given resource) (resource, bool, error) { return s.put(k, given) }
		handle(http.MethodPut, path, put(s, store, k.parse))
		handle(http.MethodGet, path, onNamed(s.view, at, s.find))
		handle(http.MethodDelete, path, onNamed(s.update, at, s.delete))
		handle(http.MethodGet, path+"/manifests", onNamed(s.view, at, s.manifests))
	}
	return mux
}

// onNamed does something with what the path of a request names, as a step of the store.
func onNamed[What, Answer any](
	step func(func() error) error, what func(*http.Request) What, do func(What) (Answer, error),
) endpoint {
	return func(r *http.Request) (_ int, answer any, err error) {
		err = step(func() (err error) { answer, err = do(what(r)); return err })
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
func put[T named](s *store, keep func(T) (stored T, created bool, err error), parse func([]byte) (T, error)) endpoint {
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
		status := http.StatusOK
		err = s.update(func() error {
			stored, created, err := keep(given)
			if given = stored; created {
				status = http.StatusCreated
			}
			return err
		})
		return status, given, err
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
	return io.ReadAll(r.Body)
}

// samePath checks that a resource is the one that the path of the request names.
func samePath(r *http.Request, given named) error {
	var errs field.ErrorList
	metadata := field.NewPath("metadata")
	if got := given.Namespace(); got != r.PathValue("namespace") {
		errs = append(errs, field.Invalid(metadata.Child("namespace"), got, "the path names another namespace"))
	}
	if got := given.Name(); got != r.PathValue("name") {
		errs = append(errs, field.Invalid(metadata.Child("name"), got, "the path has another name"))
	}
	if len(errs) > 0 {
		return invalid(given, errs...)
	}
	return nil
}

// send sends an answer as JSON, and manifests as a Kubernetes List in JSON to those who ask
// for it, and to others as YAML. Their warnings go into headers, as the Kubernetes API
// sends them.
func send(w http.ResponseWriter, r *http.Request, status int, answer any, log *slog.Logger) {
	var text bytes.Buffer
	var err error
	media := "application/json"
	m, rendered := answer.(render.Manifests)
	for _, warning := range m.Warnings() {
		w.Header().Add("Warning", fmt.Sprintf("299 - %+q", warning.String()))
	}
	switch {
	case !rendered:
		enc := json.NewEncoder(&text)
		enc.SetIndent("", "  ")
		err = enc.Encode(answer)
	case strings.Contains(r.Header.Get("Accept"), media):
		text.Write(m.JSON())
	default:
		media = "application/yaml"
		_, err = m.WriteTo(&text)
	}
	if err != nil {
		log.Error("cannot encode an answer", "error", err.Error())
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", media)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	if _, err := text.WriteTo(w); err != nil {
		log.Info("the client went away", "error", err.Error())
	}
}
