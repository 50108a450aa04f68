package main

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	// callTime is how long a request waits for the store.
	callTime  = 20 * time.Second
	readyTime = 2 * time.Second
)

var legalRequestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// serveAll puts what is not of the API around it: health, metrics, authentication, request
// ids, logs. Who has no token may ask for the health, but for nothing else.
func serveAll(api *http.ServeMux, s *service, m *metrics, token string, log *slog.Logger) http.Handler {
	api.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	open := http.NewServeMux()
	open.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	open.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyTime)
		defer cancel()
		if _, err := s.backend.Read(ctx, "resources/"); err != nil {
			log.Warn("not ready", "error", err.Error())
			http.Error(w, "the store does not answer", http.StatusServiceUnavailable)
		}
	})
	open.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if !authorized(r, token) {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "a bearer token is required", http.StatusUnauthorized)
			return
		}
		api.ServeHTTP(w, r)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		id := r.Header.Get("X-Request-Id")
		if !legalRequestID.MatchString(id) {
			id = uuid.NewString()
		}
		w.Header().Set("X-Request-Id", id)
		out := &statusWriter{w, http.StatusOK}
		ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), requestID{}, id), callTime)
		defer cancel()
		r = r.WithContext(ctx)
		open.ServeHTTP(out, r)
		_, route := api.Handler(r)
		took := time.Since(start)
		m.requests.WithLabelValues(route, strconv.Itoa(out.status)).Observe(took.Seconds()) // a route has the method
		log.Info("request", "id", id, "method", r.Method, "path", r.URL.Path, "status", out.status, "seconds",
			took.Seconds())
	})
}

// requestID is the key of a request's id in its context.
type requestID struct{}

// authorized compares in a time that does not depend on the token.
func authorized(r *http.Request, token string) bool {
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(token))
	return token == "" || ok && subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
