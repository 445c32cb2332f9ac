// Package forgeotel makes OpenTelemetry spans and metrics of what a pipeline and a store do. It
// wraps the ports: [Telemetry.Scraper], [Telemetry.Scorer], [Telemetry.Store], the transport of a
// board's client, and [forge.Config.Observe]. [Telemetry.Config] wraps all that a configuration
// names. It exports nothing by itself; give it the providers of your program.
//
// # Spans
//
//	forge.search   one query of one board, from the first card to the last
//	forge.page     one request of a board's client: a search page, an advert, robots.txt
//	forge.scrape   the deep scrape of one advert
//	forge.score    one call of the scorer
//	forge.sync     one batch of leads, handed to the store
//	forge.claim    one claim
//	forge.decide   one decision
//	forge.release  the end of one claim without a decision
//
// The span of a page is a child of the search or the scrape that asked for it. All others are
// children of the span in the context that the caller gave to the pipeline or the store.
//
// # What telemetry holds
//
// Attributes are ids, counts, names of boards, statuses, and classes of errors. Nothing holds text
// of a résumé, a posting, a title, a company, a place or an assessment, nor the words of a query,
// which tell what somebody looks for, nor the name of a user, nor the message of an error, which can
// quote a page or a model. A page's span names the method and the status and not the address: a
// query is in the path of a search page, and many boards give each company a host of its own. The
// external id of a job is kept if it is a number or a UUID. Any other, which can be made of a title,
// is replaced by a hash.
//
// # Metrics
//
//	forge.operation.duration  {s}  by operation, source, error.type; one record for each span
//	forge.synced.jobs              jobs that a sync made due, by state
//	forge.decisions                decisions and ends of claims, by status
//	forge.text                {By} text that was kept, served from the store, or dropped, by what
//	forge.events                   events of pipelines, by kind and source
//
// Each is recorded with the context of its span, so that an SDK can attach exemplars. Only the events
// have none, because an event has no context.
package forgeotel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
)

// scope names this package in what is exported.
const scope = "github.com/agent-forge/forge/forgeotel"

// Options configure a [Telemetry].
type Options struct {
	// TracerProvider makes the spans. If nil, the global one is used.
	TracerProvider trace.TracerProvider
	// MeterProvider makes the metrics. If nil, the global one is used.
	MeterProvider metric.MeterProvider
}

// A Telemetry wraps ports. It is safe for concurrent use, and so is what it returns.
type Telemetry struct {
	tracer    trace.Tracer
	duration  metric.Float64Histogram
	synced    metric.Int64Counter
	decisions metric.Int64Counter
	text      metric.Int64Counter
	events    metric.Int64Counter
}

// What became of a text.
const (
	textKept    = "kept"
	textServed  = "served"
	textDropped = "dropped"
)

// New returns a Telemetry. The options can be nil. It does no I/O. The error is the meter's, which
// refuses an instrument that exists in another form.
func New(o *Options) (*Telemetry, error) {
	var given Options
	if o != nil {
		given = *o
	}
	if given.TracerProvider == nil {
		given.TracerProvider = otel.GetTracerProvider()
	}
	if given.MeterProvider == nil {
		given.MeterProvider = otel.GetMeterProvider()
	}
	meter := given.MeterProvider.Meter(scope, metric.WithSchemaURL(semconv.SchemaURL))
	t := &Telemetry{
		tracer: given.TracerProvider.Tracer(scope, trace.WithSchemaURL(semconv.SchemaURL)),
	}
	var errs [5]error
	t.duration, errs[0] = meter.Float64Histogram("forge.operation.duration", metric.WithUnit("s"),
		metric.WithDescription("Time that an operation took, by operation, source and class of error."),
		metric.WithExplicitBucketBoundaries(.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300))
	t.synced, errs[1] = meter.Int64Counter("forge.synced.jobs",
		metric.WithDescription("Jobs that a sync made due, by state: NEW or EXPIRED."))
	t.decisions, errs[2] = meter.Int64Counter("forge.decisions",
		metric.WithDescription("Decisions that were recorded, and claims that ended without one, by status."))
	t.text, errs[3] = meter.Int64Counter("forge.text", metric.WithUnit("By"),
		metric.WithDescription("Text of postings: kept with a match, served to an agent instead of a page "+
			"of the board, or dropped with a decision that could not be recorded. "+
			"The text of rejected jobs is dropped by the agent and never gets to a store."))
	t.events, errs[4] = meter.Int64Counter("forge.events",
		metric.WithDescription("Events of pipelines, by kind and source."))
	if err := errors.Join(errs[:]...); err != nil {
		return nil, fmt.Errorf("forgeotel: %w", err)
	}
	t.begin()
	return t, nil
}

// begin makes the counters whose values are known start at zero, so that a rate sees the first one.
func (t *Telemetry) begin() {
	ctx := context.Background()
	for _, what := range []string{textKept, textServed, textDropped} {
		t.text.Add(ctx, 0, metric.WithAttributes(attribute.String("what", what)))
	}
	for _, s := range []lead.Status{lead.Matched, lead.AutoRejected} {
		t.decisions.Add(ctx, 0, metric.WithAttributes(attribute.String("status", string(s))))
	}
}

// Config returns cfg with all its ports wrapped. Its Sketcher stays as it is. Pages have spans only
// if the clients of the boards were made with [Telemetry.Transport].
func (t *Telemetry) Config(cfg forge.Config) forge.Config {
	scrapers := make([]forge.Scraper, len(cfg.Scrapers))
	for i, s := range cfg.Scrapers {
		scrapers[i] = t.Scraper(s)
	}
	cfg.Scrapers = scrapers
	cfg.Scorer = t.Scorer(cfg.Scorer)
	cfg.Store = t.Store(cfg.Store)
	cfg.Observe = t.Observe(cfg.Observe)
	return cfg
}

// Observe returns a function for forge.Config.Observe that counts events and passes them on. next
// can be nil.
func (t *Telemetry) Observe(next func(forge.Event)) func(forge.Event) {
	return func(e forge.Event) {
		source := e.Source
		if source == "" {
			source = e.Key.Source
		}
		t.events.Add(context.Background(), 1, metric.WithAttributes(
			attribute.String("kind", string(e.Kind)), attribute.String("source", source)))
		if next != nil {
			next(e)
		}
	}
}

// An operation is one call, with its span.
type operation struct {
	t      *Telemetry
	name   string
	source string // of a board, empty for other operations
	start  time.Time
	span   trace.Span
}

// start begins an operation. The context that it returns holds its span.
func (t *Telemetry) start(ctx context.Context, name, source string, kind trace.SpanKind,
	attrs ...attribute.KeyValue,
) (context.Context, *operation) {
	if source != "" {
		attrs = append(attrs, attribute.String("forge.source", source))
	}
	ctx, span := t.tracer.Start(ctx, "forge."+name, trace.WithSpanKind(kind), trace.WithAttributes(attrs...))
	return ctx, &operation{t, name, source, time.Now(), span}
}

// end ends an operation. Of the error it keeps the class alone.
func (o *operation) end(ctx context.Context, err error, attrs ...attribute.KeyValue) {
	o.span.SetAttributes(attrs...)
	labels := []attribute.KeyValue{attribute.String("operation", o.name)}
	if o.source != "" {
		labels = append(labels, attribute.String("source", o.source))
	}
	if class, failed := classOf(err); class != "" {
		kind := semconv.ErrorTypeKey.String(class)
		o.span.SetAttributes(kind)
		labels = append(labels, kind)
		if failed {
			o.span.SetStatus(codes.Error, class)
		}
	}
	o.t.duration.Record(ctx, time.Since(o.start).Seconds(), metric.WithAttributes(labels...))
	o.span.End()
}
