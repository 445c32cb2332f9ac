package server

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/agent-forge/forge/lead"
)

// metrics are what Prometheus reads. None has a label that names a user.
type metrics struct {
	registry  *prometheus.Registry
	requests  *prometheus.CounterVec
	seconds   *prometheus.HistogramVec
	synced    *prometheus.CounterVec
	decisions *prometheus.CounterVec
	text      *prometheus.CounterVec
}

// newMetrics returns the metrics of a server whose jobs n counts.
func newMetrics(n *counts) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "forge_http_requests_total", Help: "Requests, by route, method and status.",
		}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "forge_http_request_seconds",
			Help:    "Time from a request's header to the end of its answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"route"}),
		synced: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "forge_synced_jobs_total", Help: "Jobs that a sync made due, by state: NEW or EXPIRED.",
		}, []string{"state"}),
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "forge_decisions_total",
			Help: "Decisions that were recorded, and claims that ended without one, by status.",
		}, []string{"status"}),
		text: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "forge_text_bytes_total",
			Help: "Text of postings: kept with a match, served to an agent instead of a page of the board, " +
				"or dropped with a decision that could not be recorded. " +
				"The text of rejected jobs is dropped by the agent and never gets here.",
		}, []string{"what"}),
	}
	m.registry.MustRegister(
		m.requests, m.seconds, m.synced, m.decisions, m.text, &queue{n},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	for _, what := range []string{textKept, textServed, textDropped} {
		m.text.WithLabelValues(what)
	}
	for _, s := range []lead.Status{lead.Matched, lead.AutoRejected} {
		m.decisions.WithLabelValues(string(s))
	}
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		Registry: m.registry, ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4,
		Timeout: 10 * time.Second,
	})
}

// request counts a request. A route is a pattern of this server, so that requests for unknown paths
// add no labels.
func (m *metrics) request(route, method string, status int, took time.Duration) {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		method = "other"
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

// A queue is a collector that counts the jobs.
type queue struct{ counts *counts }

var (
	jobsDesc = prometheus.NewDesc("forge_jobs", "Jobs of all users, by the user's status.",
		[]string{"status"}, nil)
	depthDesc = prometheus.NewDesc("forge_queue_depth",
		"Jobs that no decision was made about yet: due, claimed or backing off.", nil, nil)
)

// Describe implements prometheus.Collector.
func (q *queue) Describe(ch chan<- *prometheus.Desc) {
	ch <- jobsDesc
	ch <- depthDesc
}

// Collect implements prometheus.Collector. If the database does not answer, only these two metrics
// are missing.
func (q *queue) Collect(ch chan<- prometheus.Metric) {
	// The interface has no context. The counts have a timeout of their own.
	byStatus, err := q.counts.byStatus(context.Background())
	if err != nil {
		ch <- prometheus.NewInvalidMetric(depthDesc, err)
		return
	}
	for s, n := range byStatus {
		ch <- prometheus.MustNewConstMetric(jobsDesc, prometheus.GaugeValue, float64(n), string(s))
	}
	ch <- prometheus.MustNewConstMetric(depthDesc, prometheus.GaugeValue, float64(byStatus[lead.Discovered]))
}
