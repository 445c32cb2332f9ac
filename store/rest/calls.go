package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// Arguments are checked here as every store checks them, so that what breaks the contract costs no request and gives the same
// error; and what is sent is repaired, so that a request is valid JSON.

// Sync records sightings; see forge.Store. A batch that is larger than a request may be goes in several, in the order of their
// keys; if one of them fails, those before it are stored, and a repeat does the rest.
func (c *Client) Sync(ctx context.Context, leads []lead.Lead) ([]store.Ref, error) {
	batch, err := store.PrepareSync(leads)
	refused, isPartial := err.(*store.PartialError) //nolint:errorlint // PrepareSync wraps it in nothing
	if err != nil && !isPartial {
		return nil, fmt.Errorf("rest: sync: %w", err)
	}
	var refs []store.Ref
	for rest := batch.Leads; ; {
		part, request, err := fitting(rest)
		if err != nil {
			return nil, fmt.Errorf("rest: sync: %w", err)
		}
		answered, bad, err := c.syncPart(ctx, rest[:part], request, leads)
		if err != nil {
			return nil, fmt.Errorf("rest: sync: %w", err)
		}
		refs = append(refs, answered...)
		if len(bad) > 0 && refused == nil {
			refused = &store.PartialError{}
		}
		if len(bad) > 0 {
			refused.Rejected = append(refused.Rejected, bad...)
		}
		if rest = rest[part:]; len(rest) == 0 {
			break
		}
	}
	if refused != nil {
		return batch.InOrder(refs), fmt.Errorf("rest: sync: %w", refused)
	}
	return batch.InOrder(refs), nil
}

// fitting encodes as many leads as fit in one request. No single valid lead is larger than one.
func fitting(leads []lead.Lead) (n int, body []byte, err error) {
	body = append(body, '[')
	for _, l := range leads {
		one, err := json.Marshal(l)
		if err != nil {
			return 0, nil, fmt.Errorf("%w: %w", store.ErrInvalid, err)
		}
		if len(body)+len(one)+2 > MaxBodyBytes {
			break
		}
		if n > 0 {
			body = append(body, ',')
		}
		body = append(body, one...)
		n++
	}
	return n, append(body, ']'), nil
}

func (c *Client) syncPart(ctx context.Context, sent []lead.Lead, request json.RawMessage, leads []lead.Lead) ([]store.Ref, []store.Rejected, error) {
	var answer syncAnswer
	if err := c.do(ctx, call{method: http.MethodPost, path: "/jobs/sync", body: request, into: &answer, repeatable: true}); err != nil {
		return nil, nil, err
	}
	inBatch := make(map[lead.Key]bool, len(sent))
	for _, l := range sent {
		inBatch[l.Key()] = true
	}
	var refs []store.Ref
	for _, a := range answer.Jobs {
		ref := store.Ref{ID: a.ID, Key: lead.Key{Source: a.Source, ExternalID: a.ExternalID}, State: a.State}
		if !inBatch[ref.Key] {
			return nil, nil, fmt.Errorf("the server answered with %s, which was not asked", ref.Key)
		}
		refs = append(refs, ref)
	}
	refused, err := refusedLeads(answer.Rejected, sent, leads)
	return refs, refused, err
}

// Decide records a decision; see forge.Store.
func (c *Client) Decide(ctx context.Context, l store.Lease, d enrich.Decision) error {
	d, err := store.PrepareResult(d)
	if err != nil {
		return fmt.Errorf("rest: enrich: %w", err)
	}
	var answer enrichAnswer
	err = c.do(ctx, call{
		method: http.MethodPost, path: jobPath(l.ID, "enrich"), body: requestOf(l, d), into: &answer, repeatable: l.Token != 0,
	})
	return failed(err, "enrich job", l.ID)
}

// Claim takes due jobs; see forge.Store.
func (c *Client) Claim(ctx context.Context, n int, lease time.Duration, sources ...string) ([]store.Job, error) {
	if err := store.CheckClaim(n, lease, sources); err != nil {
		return nil, fmt.Errorf("rest: claim: %w", err)
	}
	secs := lease.Seconds()
	var answer claimAnswer
	err := c.do(ctx, call{
		method: http.MethodPost, path: "/jobs/claim", into: &answer, repeatable: true,
		body: claimRequest{Limit: &n, LeaseSeconds: &secs, Sources: sources},
	})
	if err != nil {
		return nil, fmt.Errorf("rest: claim: %w", err)
	}
	var jobs []store.Job
	for _, a := range answer.Jobs {
		jobs = append(jobs, store.Job{
			Lease: store.Lease{ID: a.ID, Token: a.ClaimToken}, Lead: local(a.Lead), Data: a.EnrichmentData, Attempts: a.Attempts, Cause: a.LastError,
		})
	}
	return jobs, nil
}

// Renew makes the lease end this long from now; see forge.Store.
func (c *Client) Renew(ctx context.Context, l store.Lease, lease time.Duration) error {
	if err := store.CheckLease(lease); err != nil {
		return fmt.Errorf("rest: renew: %w", err)
	}
	secs := lease.Seconds()
	err := c.do(ctx, call{
		method: http.MethodPost, path: jobPath(l.ID, "renew"), body: renewRequest{ClaimToken: &l.Token, LeaseSeconds: &secs}, repeatable: true,
	})
	return failed(err, "renew job", l.ID)
}

// Release ends a claim without a score; see forge.Store.
func (c *Client) Release(ctx context.Context, l store.Lease, o store.Outcome) error {
	o = o.Clean()
	if err := o.Validate(); err != nil {
		return fmt.Errorf("rest: release: %w", err)
	}
	secs, status := o.After.Seconds(), string(o.Status)
	err := c.do(ctx, call{
		method: http.MethodPost, path: jobPath(l.ID, "release"), repeatable: true, doneIf: store.ErrLeaseLost,
		body: releaseRequest{ClaimToken: &l.Token, Status: &status, AfterSeconds: &secs, Counts: &o.Counts, Error: &o.Cause},
	})
	return failed(err, "release job", l.ID)
}

// Mark sets what the user did with a job; see forge.Marker.
func (c *Client) Mark(ctx context.Context, id int64, s lead.Status) error {
	if err := store.CheckMark(s); err != nil {
		return fmt.Errorf("rest: mark: %w", err)
	}
	err := c.do(ctx, call{method: http.MethodPost, path: jobPath(id, "mark"), body: markRequest{Status: string(s)}, repeatable: true})
	return failed(err, "mark job", id)
}

// Reopen makes decided jobs due again; see forge.Reopener.
func (c *Client) Reopen(ctx context.Context, which store.Selection) (int, error) {
	if err := which.Validate(); err != nil {
		return 0, fmt.Errorf("rest: reopen: %w", err)
	}
	request := reopenRequest{IDs: which.IDs, ScoredBy: &which.ScoredBy}
	for _, s := range which.Statuses {
		request.Statuses = append(request.Statuses, string(s))
	}
	var answer reopenAnswer
	if err := c.do(ctx, call{method: http.MethodPost, path: "/jobs/reopen", body: request, into: &answer}); err != nil {
		return 0, fmt.Errorf("rest: reopen: %w", err)
	}
	return answer.Reopened, nil
}

// List returns a page of the user's jobs, best first; see forge.Lister.
func (c *Client) List(ctx context.Context, f store.Filter) (entries []store.Entry, next string, err error) {
	if err := f.Validate(); err != nil {
		return nil, "", fmt.Errorf("rest: list: %w", err)
	}
	query := url.Values{}
	for _, s := range f.Statuses {
		query.Add("status", string(s))
	}
	for name, text := range map[string]string{"q": f.Text, "cursor": f.Cursor} {
		if text != "" {
			query.Set(name, text)
		}
	}
	for name, n := range map[string]int{"min_score": f.MinScore, "limit": f.Limit} {
		if n != 0 {
			query.Set(name, strconv.Itoa(n))
		}
	}
	var answer listAnswer
	if err := c.do(ctx, call{method: http.MethodGet, path: "/jobs", query: query, into: &answer, repeatable: true}); err != nil {
		return nil, "", fmt.Errorf("rest: list: %w", err)
	}
	for _, a := range answer.Jobs {
		entries = append(entries, a.entry())
	}
	return entries, answer.Next, nil
}

// Stats counts the user's jobs; see forge.Counter.
func (c *Client) Stats(ctx context.Context) (store.Stats, error) {
	var answer statsAnswer
	if err := c.do(ctx, call{method: http.MethodGet, path: "/jobs/stats", into: &answer, repeatable: true}); err != nil {
		return store.Stats{}, fmt.Errorf("rest: stats: %w", err)
	}
	stats := store.Stats{ByStatus: answer.ByStatus}
	if stats.ByStatus == nil {
		stats.ByStatus = map[lead.Status]int{}
	}
	if len(answer.Scores) != len(stats.Scores) {
		return store.Stats{}, fmt.Errorf("rest: stats: the server counts %d scores, want %d", len(answer.Scores), len(stats.Scores))
	}
	copy(stats.Scores[:], answer.Scores)
	return stats, nil
}

func jobPath(id int64, verb string) string { return fmt.Sprintf("/jobs/%d/%s", id, verb) }

func failed(err error, what string, id int64) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("rest: %s %d: %w", what, id, err)
}
