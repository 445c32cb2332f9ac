package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// Leads and decisions are sent as they are: the store behind the server repairs and refuses them,
// and a client that did the same would do it twice. Small arguments are checked here, so that a
// call which breaks the contract costs no request and gives the same error as a local store.

const (
	// maxLeadBytes is more than any valid lead has in JSON. A larger one is refused, or repaired,
	// before it is sent.
	maxLeadBytes = 64 << 10
	// maxSyncBytes is how much of a batch goes in one request.
	maxSyncBytes = 1 << 20
)

// Sync records sightings; see forge.Store. A large batch goes in several requests. If one of them
// fails, those before it are stored, and a repeat does the rest.
func (c *Client) Sync(ctx context.Context, leads []lead.Lead) ([]store.Ref, error) {
	if len(leads) > store.MaxBatch {
		_, err := driver.PrepareSync(leads)
		return nil, named("sync", err)
	}
	s := syncer{client: c, leads: leads}
	for i, l := range leads {
		if err := s.add(ctx, i, l); err != nil {
			return nil, named("sync", err)
		}
	}
	if err := s.send(ctx); err != nil {
		return nil, named("sync", err)
	}
	if s.rejected == nil {
		return s.refs, nil
	}
	slices.SortFunc(s.rejected, func(a, b store.Rejected) int { return a.Index - b.Index })
	return s.refs, named("sync", &store.PartialError{Rejected: s.rejected})
}

// A syncer sends one batch in as many requests as it takes.
type syncer struct {
	client   *Client
	leads    []lead.Lead
	body     []byte // of the next request, without its closing bracket
	sent     []int  // the places in leads of what body holds
	refs     []store.Ref
	rejected []store.Rejected
}

// add puts a lead into the next request, and sends the request before if there is no room in it.
func (s *syncer) add(ctx context.Context, i int, l lead.Lead) error {
	one, err := encode(leadOf(l))
	if err != nil {
		return err
	}
	// A server makes up a source that is missing, which a local store does not.
	if len(one) > maxLeadBytes || lead.CleanLine(l.Source) == "" {
		batch, err := driver.PrepareSync([]lead.Lead{l})
		if partial, ok := errors.AsType[*store.PartialError](err); ok {
			s.reject(i, partial.Rejected[0])
			return nil
		}
		if one, err = encode(leadOf(batch.Leads[0])); err != nil {
			return err
		}
	}
	if len(s.body)+len(one)+len(",]") > maxSyncBytes {
		if err := s.send(ctx); err != nil {
			return err
		}
	}
	separator := byte(',')
	if s.body == nil {
		separator = '['
	}
	s.body = append(append(s.body, separator), one...)
	s.sent = append(s.sent, i)
	return nil
}

// send makes the request.
func (s *syncer) send(ctx context.Context) error {
	if s.body == nil {
		return nil
	}
	var answer syncAnswer
	err := s.client.do(ctx, call{
		method: http.MethodPost, path: "/jobs/sync", body: json.RawMessage(append(s.body, ']')),
		into: &answer, repeatable: true,
	})
	if none, ok := errors.AsType[*Error](err); ok && none.rejected != nil {
		answer, err = syncAnswer{Rejected: none.rejected}, nil // a store says the same of any batch
	}
	if err != nil {
		return err
	}
	asked := make(map[lead.Key]bool, len(s.sent))
	for _, i := range s.sent {
		asked[s.leads[i].Key()] = true
	}
	for _, a := range answer.Jobs {
		key := lead.Key{Source: a.Source, ExternalID: a.ExternalID}
		if !asked[key] &&
			!slices.ContainsFunc(s.sent, func(i int) bool { return s.leads[i].Clean().Key() == key }) {
			return fmt.Errorf("the server answered with %s, which was not asked", key)
		}
		s.refs = append(s.refs, store.Ref{ID: a.ID, Key: key, State: a.State})
	}
	for _, r := range answer.Rejected {
		if r.Index < 0 || r.Index >= len(s.sent) {
			return fmt.Errorf("the server refused lead %d of %d", r.Index, len(s.sent))
		}
		s.reject(s.sent[r.Index], store.Rejected{Err: fieldError(r.Error)})
	}
	s.body, s.sent = nil, nil
	return nil
}

// reject notes a lead that was refused. Its key is the one that a local store names.
func (s *syncer) reject(i int, r store.Rejected) {
	r.Index = i
	if r.Key == (lead.Key{}) {
		batch, err := driver.PrepareSync(s.leads[i : i+1])
		if partial, ok := errors.AsType[*store.PartialError](err); ok {
			r.Key = partial.Rejected[0].Key
		} else {
			r.Key = batch.Leads[0].Key()
		}
	}
	s.rejected = append(s.rejected, r)
}

// Decide records a decision; see forge.Store.
func (c *Client) Decide(ctx context.Context, l store.Lease, d enrich.Decision) error {
	body, err := encode(requestOf(l, d))
	if len(body) > MaxBodyBytes { // a field is too long, which the error names, or has much to repair
		if d, err = driver.PrepareDecision(d); err == nil {
			body, err = encode(requestOf(l, d))
		}
	}
	if err != nil {
		return named("decide", err)
	}
	var answer decideAnswer
	return named("decide", c.do(ctx, call{
		method: http.MethodPost, path: jobPath(l.ID, "enrich"), body: json.RawMessage(body), into: &answer,
		repeatable: l.Token != 0,
	}))
}

// Claim takes due jobs; see forge.Store.
func (c *Client) Claim(
	ctx context.Context, n int, lease time.Duration, sources ...string,
) ([]store.Job, error) {
	if err := driver.CheckClaim(n, lease, sources); err != nil {
		return nil, named("claim", err)
	}
	secs := lease.Seconds()
	var answer claimAnswer
	err := c.do(ctx, call{
		method: http.MethodPost, path: "/jobs/claim", into: &answer, repeatable: true,
		body: claimRequest{Limit: &n, LeaseSeconds: &secs, Sources: sources},
	})
	if err != nil {
		return nil, named("claim", err)
	}
	var jobs []store.Job
	for _, a := range answer.Jobs {
		jobs = append(jobs, store.Job{
			Lease: store.Lease{ID: a.ID, Token: a.ClaimToken}, Lead: local(a.Lead), Data: a.EnrichmentData,
			Attempts: a.Attempts, Cause: a.LastError, Keep: a.Keep,
		})
	}
	return jobs, nil
}

// Renew makes the lease end d from now; see forge.Store.
func (c *Client) Renew(ctx context.Context, l store.Lease, d time.Duration) error {
	if err := driver.CheckLease(d); err != nil {
		return named("renew", err)
	}
	secs := d.Seconds()
	return named("renew", c.do(ctx, call{
		method: http.MethodPost, path: jobPath(l.ID, "renew"), repeatable: true,
		body: renewRequest{ClaimToken: &l.Token, LeaseSeconds: &secs},
	}))
}

// Release ends a claim without a decision; see forge.Store.
func (c *Client) Release(ctx context.Context, l store.Lease, o store.Outcome) error {
	o, err := driver.PrepareOutcome(o)
	if err != nil {
		return named("release", err)
	}
	k := call{method: http.MethodPost, path: jobPath(l.ID, "release"), repeatable: true}
	if l.Token > 0 { // any other token never held the job, so that no attempt can have released it
		k.doneIf = store.ErrLeaseLost
	}
	secs, status := o.After.Seconds(), string(o.Status)
	k.body = releaseRequest{
		ClaimToken: &l.Token, Status: &status, AfterSeconds: &secs, Counts: &o.Counts, Error: &o.Cause,
	}
	return named("release", c.do(ctx, k))
}

// Mark sets what the user did with a job; see forge.Marker.
func (c *Client) Mark(ctx context.Context, id int64, s lead.Status) error {
	if err := driver.CheckMark(s); err != nil {
		return named("mark", err)
	}
	return named("mark", c.do(ctx, call{
		method: http.MethodPost, path: jobPath(id, "mark"), body: markRequest{Status: string(s)},
		repeatable: true,
	}))
}

// Reopen makes decided jobs due again; see forge.Reopener.
func (c *Client) Reopen(ctx context.Context, which store.Selection) (int, error) {
	if err := driver.CheckSelection(which); err != nil {
		return 0, named("reopen", err)
	}
	request := reopenRequest{IDs: which.IDs, ScoredBy: &which.ScoredBy}
	if which.NotBasis != "" {
		basis := string(which.NotBasis)
		request.NotBasis = &basis
	}
	for _, s := range which.Statuses {
		request.Statuses = append(request.Statuses, string(s))
	}
	var answer reopenAnswer
	err := c.do(ctx, call{method: http.MethodPost, path: "/jobs/reopen", body: request, into: &answer})
	return answer.Reopened, named("reopen", err)
}

// List returns a page of the user's jobs, best first; see forge.Lister.
func (c *Client) List(ctx context.Context, f store.Filter) (entries []store.Entry, next string, err error) {
	if _, err := driver.PreparePage(f); err != nil {
		return nil, "", named("list", err)
	}
	query := url.Values{}
	for _, s := range f.Statuses {
		query.Add("status", string(s))
	}
	set := func(name, value string, given bool) {
		if given {
			query.Set(name, value)
		}
	}
	set("q", f.Text, f.Text != "")
	set("cursor", f.Cursor, f.Cursor != "")
	set("min_score", strconv.Itoa(f.MinScore), f.MinScore != 0)
	set("limit", strconv.Itoa(f.Limit), f.Limit != 0)
	set("text", "false", f.WithoutText)
	set("extra_key", f.ExtraKey, f.ExtraKey != "")
	set("extra_value", string(f.ExtraValue), len(f.ExtraValue) > 0)
	writeWhere(query, f)
	var answer listAnswer
	get := call{method: http.MethodGet, path: "/jobs", query: query, into: &answer, repeatable: true}
	if err := c.do(ctx, get); err != nil {
		return nil, "", named("list", err)
	}
	for _, a := range answer.Jobs {
		entries = append(entries, a.entry())
	}
	return entries, answer.Next, nil
}

// Stats counts the user's jobs; see forge.Counter.
func (c *Client) Stats(ctx context.Context) (store.Stats, error) {
	var answer statsAnswer
	get := call{method: http.MethodGet, path: "/jobs/stats", into: &answer, repeatable: true}
	if err := c.do(ctx, get); err != nil {
		return store.Stats{}, named("stats", err)
	}
	stats := store.Stats{ByStatus: answer.ByStatus, Newest: answer.Newest}
	if stats.ByStatus == nil {
		stats.ByStatus = make(map[lead.Status]int)
	}
	if len(answer.Scores) != len(stats.Scores) {
		return store.Stats{}, named("stats",
			fmt.Errorf("the server counted %d scores, want %d", len(answer.Scores), len(stats.Scores)))
	}
	copy(stats.Scores[:], answer.Scores)
	for _, a := range answer.Scored {
		stats.Scored = append(stats.Scored, a.scored())
	}
	return stats, nil
}

func jobPath(id int64, verb string) string { return fmt.Sprintf("/jobs/%d/%s", id, verb) }

// named prefixes err with the name of the method. It returns nil for nil.
func named(call string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("rest: %s: %w", call, err)
}
