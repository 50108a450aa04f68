package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics are those of one service.
type metrics struct {
	registry  *prometheus.Registry
	requests  *prometheus.HistogramVec
	calls     *prometheus.HistogramVec
	conflicts prometheus.Counter
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "flinktarget_http_request_seconds",
			Help: "How long requests took, by route and status."}, []string{"route", "status"}),
		calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "flinktarget_store_call_seconds",
			Help: "How long calls of the store took, by what they did and whether they failed."},
			[]string{"call", "failed"}),
		conflicts: prometheus.NewCounter(prometheus.CounterOpts{Name: "flinktarget_store_conflicts_total",
			Help: "How many writes were begun again because a record had changed."}),
	}
	m.registry.MustRegister(m.requests, m.calls, m.conflicts, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) backend(call string, f func() error) error {
	start := time.Now()
	err := f()
	m.calls.WithLabelValues(call, strconv.FormatBool(err != nil)).Observe(time.Since(start).Seconds())
	if err != nil {
		return fmt.Errorf("%w: %w", errUnavailable, err)
	}
	return nil
}
