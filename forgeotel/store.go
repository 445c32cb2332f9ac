package forgeotel

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// A view is a Store with spans. The spans are of the kind client, because most stores ask a server.
type view struct {
	inner forge.Store
	t     *Telemetry
}

// Unwrap returns the Store without spans.
func (v *view) Unwrap() forge.Store { return v.inner }

// Sync counts the leads and what became of them.
func (v *view) Sync(ctx context.Context, leads []lead.Lead) ([]store.Ref, error) {
	ctx, op := v.start(ctx, "sync", attribute.Int("forge.leads", len(leads)))
	refs, err := v.inner.Sync(ctx, leads)
	due := map[store.State]int{}
	for _, r := range refs {
		due[r.State]++
	}
	for state, n := range due {
		v.t.synced.Add(ctx, int64(n), metric.WithAttributes(attribute.String("state", string(state))))
	}
	refused := 0
	if partial, ok := errors.AsType[*store.PartialError](err); ok {
		refused = len(partial.Rejected)
	}
	op.end(ctx, err, attribute.Int("forge.leads.refused", refused),
		attribute.Int("forge.jobs.new", due[store.New]),
		attribute.Int("forge.jobs.expired", due[store.Expired]))
	return refs, err
}

// Claim counts the jobs and the text that need not be read from a board.
func (v *view) Claim(ctx context.Context, n int, lease time.Duration, sources ...string) (
	[]store.Job, error,
) {
	ctx, op := v.start(ctx, "claim", attribute.Int("forge.jobs.wanted", n))
	jobs, err := v.inner.Claim(ctx, n, lease, sources...)
	served := 0
	for _, j := range jobs {
		if j.Data != nil {
			served += j.Data.TextBytes()
		}
	}
	v.countText(ctx, textServed, served)
	op.end(ctx, err, attribute.Int("forge.jobs", len(jobs)), attribute.Int("forge.text.size", served))
	return jobs, err
}

// Decide counts the decision and its text.
func (v *view) Decide(ctx context.Context, l store.Lease, d enrich.Decision) error {
	size := 0
	if d.Data != nil {
		size = d.Data.TextBytes()
	}
	ctx, op := v.start(ctx, "decide", jobID(l), attribute.Int("forge.score", d.Assessment.Score),
		attribute.Int("forge.text.size", size))
	err := v.inner.Decide(ctx, l, d)
	if err != nil {
		v.countText(ctx, textDropped, size)
		op.end(ctx, err)
		return err
	}
	v.countText(ctx, textKept, size)
	v.countStatus(ctx, string(d.Status))
	op.end(ctx, nil, attribute.String("forge.status", string(d.Status)))
	return nil
}

// Renew has no span: a job that is worked on for long would have one every twenty seconds.
func (v *view) Renew(ctx context.Context, l store.Lease, d time.Duration) error {
	return v.inner.Renew(ctx, l, d)
}

// Release counts how the claim ended.
func (v *view) Release(ctx context.Context, l store.Lease, o store.Outcome) error {
	ctx, op := v.start(ctx, "release", jobID(l), attribute.Bool("forge.counts", o.Counts))
	err := v.inner.Release(ctx, l, o)
	if err != nil {
		op.end(ctx, err)
		return err
	}
	status := string(o.Status)
	if status == "" {
		status = "DUE_AGAIN"
	}
	v.countStatus(ctx, status)
	op.end(ctx, nil, attribute.String("forge.status", status))
	return nil
}

func (v *view) start(ctx context.Context, name string, attrs ...attribute.KeyValue) (
	context.Context, *operation,
) {
	return v.t.start(ctx, name, "", trace.SpanKindClient, attrs...)
}

func (v *view) countText(ctx context.Context, what string, bytes int) {
	if bytes > 0 {
		v.t.text.Add(ctx, int64(bytes), metric.WithAttributes(attribute.String("what", what)))
	}
}

func (v *view) countStatus(ctx context.Context, status string) {
	v.t.decisions.Add(ctx, 1, metric.WithAttributes(attribute.String("status", status)))
}

func jobID(l store.Lease) attribute.KeyValue { return attribute.Int64("forge.job.id", l.ID) }
