package server

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.opentelemetry.io/otel/trace"

	"github.com/agent-forge/forge/lead"
)

// metrics are what Prometheus reads of requests and of the queue. Those of the stores are package
// forgeotel's, in the same registry. None has a label that names a user.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
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
	}
	m.registry.MustRegister(
		m.requests, m.seconds, &queue{n},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// request counts a request. A route is a pattern of this server, so that requests for unknown paths
// add no labels. If the request has a trace, that is the exemplar.
func (m *metrics) request(
	ctx context.Context, route, method string, status int, took time.Duration, stream bool,
) {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		method = "other"
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	if stream {
		return // how long it lasts says nothing of the server
	}
	seconds := m.seconds.WithLabelValues(route)
	if span := trace.SpanContextFromContext(ctx); span.IsSampled() {
		seconds.(prometheus.ExemplarObserver).ObserveWithExemplar( // as every histogram is
			took.Seconds(), prometheus.Labels{"trace_id": span.TraceID().String()})
		return
	}
	seconds.Observe(took.Seconds())
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
