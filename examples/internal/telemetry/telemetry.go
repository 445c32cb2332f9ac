// Package telemetry sends the traces and shows the metrics of a program, with package forgeotel.
package telemetry

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	bridge "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/forgeotel"
)

// Flag describes the flag -otlp, which names a collector.
const Flag = "send traces over HTTP to the OpenTelemetry collector at this `URL`,\n" +
	"such as http://localhost:4318"

// Traces returns a provider that sends a service's traces to a collector, or one that makes none if
// the collector's address is empty. end sends the last traces.
func Traces(ctx context.Context, service, collector string) (
	provider trace.TracerProvider, end func(), err error,
) {
	if collector == "" {
		return noop.NewTracerProvider(), func() {}, nil
	}
	if _, err := commandline.URL("-otlp", collector); err != nil {
		return nil, nil, err
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(collector+"/v1/traces"))
	if err != nil {
		return nil, nil, commandline.Usage("-otlp", err)
	}
	sdk := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter),
		sdktrace.WithResource(
			resource.NewWithAttributes(semconv.SchemaURL, semconv.ServiceName(service)),
		),
	)
	return sdk, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = sdk.Shutdown(ctx) // the collector may be gone
	}, nil
}

// New returns a Telemetry whose metrics a Prometheus registry shows under names such as
// forge_decisions_total.
func New(traces trace.TracerProvider, registry prometheus.Registerer) (*forgeotel.Telemetry, error) {
	meters, err := meters(registry)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	return forgeotel.New(&forgeotel.Options{TracerProvider: traces, MeterProvider: meters})
}

// Serve shows the metrics of a registry at /metrics of an address, until end is called.
func Serve(ctx context.Context, address string, registry *prometheus.Registry) (end func(), err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, commandline.Usage("-metrics", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", Handler(registry))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second}
	go func() { _ = server.Serve(listener) }() // ends with Close
	return func() { _ = server.Close() }, nil
}

// Handler shows the metrics of a registry to Prometheus, with exemplars if it asks for OpenMetrics.
func Handler(registry *prometheus.Registry) http.Handler {
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		Registry: registry, ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4,
		Timeout: 10 * time.Second, EnableOpenMetrics: true,
	})
}

func meters(registry prometheus.Registerer) (metric.MeterProvider, error) {
	reader, err := bridge.New(
		bridge.WithRegisterer(registry), bridge.WithoutScopeInfo(), bridge.WithoutTargetInfo(),
		bridge.WithTranslationStrategy(otlptranslator.UnderscoreEscapingWithSuffixes),
	)
	if err != nil {
		return nil, err
	}
	return sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)), nil
}
