package rest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

func (h *handler) claim(ctx context.Context, s forge.Store, r *http.Request) (any, error) {
	var request claimRequest
	if err := body(r, &request); err != nil {
		return nil, err
	}
	limit, err := required("limit", request.Limit)
	if err != nil {
		return nil, err
	}
	lease, err := required("lease_seconds", request.LeaseSeconds)
	if err != nil {
		return nil, err
	}
	if err := driver.CheckClaim(limit, seconds(lease), request.Sources); err != nil {
		return nil, err
	}
	answer := claimAnswer{Jobs: []jobAnswer{}}
	for size := 0; size < enoughText; {
		n := min(limit-len(answer.Jobs), step)
		jobs, err := s.Claim(ctx, n, seconds(lease), request.Sources...)
		if err != nil && len(answer.Jobs) == 0 {
			return nil, err
		}
		for _, j := range jobs {
			answer.Jobs = append(answer.Jobs, jobAnswer{
				ID: j.ID, Lead: j.Lead, EnrichmentData: j.Data, ClaimToken: j.Token, Attempts: j.Attempts,
				LastError: j.Cause, Keep: j.Keep,
			})
			size += textBytes(j.Data)
		}
		if len(jobs) < n || len(answer.Jobs) == limit {
			break
		}
	}
	return answer, nil
}

// An answer can hold many texts, each of up to half a MiB. It is made in steps, and no job is added
// when it holds enough text, so that its size has a bound. A client asks again.
const (
	step       = 50       // jobs
	enoughText = 16 << 20 // bytes
)

func textBytes(d *enrich.Data) int {
	if d == nil {
		return 0
	}
	return d.TextBytes()
}

func (h *handler) decide(ctx context.Context, s forge.Store, r *http.Request) (any, error) {
	job, err := id(r)
	if err != nil {
		return nil, err
	}
	var request decideRequest
	if err := body(r, &request); err != nil {
		return nil, err
	}
	d, err := request.decision()
	if err != nil {
		return nil, err
	}
	if err := s.Decide(ctx, store.Lease{ID: job, Token: value(request.ClaimToken)}, d); err != nil {
		return nil, err
	}
	return decideAnswer{ID: job, Status: d.Status, MatchScore: d.Assessment.Score}, nil
}

func (h *handler) renew(ctx context.Context, s forge.Store, r *http.Request) (any, error) {
	job, err := id(r)
	if err != nil {
		return nil, err
	}
	var request renewRequest
	if err := body(r, &request); err != nil {
		return nil, err
	}
	token, err := required("claim_token", request.ClaimToken)
	if err != nil {
		return nil, err
	}
	lease, err := required("lease_seconds", request.LeaseSeconds)
	if err != nil {
		return nil, err
	}
	return nil, s.Renew(ctx, store.Lease{ID: job, Token: token}, seconds(lease))
}

func (h *handler) release(ctx context.Context, s forge.Store, r *http.Request) (any, error) {
	job, err := id(r)
	if err != nil {
		return nil, err
	}
	var request releaseRequest
	if err := body(r, &request); err != nil {
		return nil, err
	}
	token, err := required("claim_token", request.ClaimToken)
	if err != nil {
		return nil, err
	}
	err = s.Release(ctx, store.Lease{ID: job, Token: token}, store.Outcome{
		Status: lead.Status(value(request.Status)), After: seconds(value(request.AfterSeconds)),
		Counts: value(request.Counts), Cause: value(request.Error),
	})
	if field, ok := errors.AsType[*lead.FieldError](err); ok && field.Field == "after" {
		return nil, wrong("after_seconds", field.Problem)
	}
	return nil, err
}

func (h *handler) mark(ctx context.Context, s forge.Store, r *http.Request) (any, error) {
	marker, err := ability[forge.Marker](s)
	if err != nil {
		return nil, err
	}
	job, err := id(r)
	if err != nil {
		return nil, err
	}
	var request markRequest
	if err := body(r, &request); err != nil {
		return nil, err
	}
	return nil, marker.Mark(ctx, job, lead.Status(request.Status))
}

func (h *handler) reopen(ctx context.Context, s forge.Store, r *http.Request) (any, error) {
	reopener, err := ability[forge.Reopener](s)
	if err != nil {
		return nil, err
	}
	var request reopenRequest
	if err := body(r, &request); err != nil {
		return nil, err
	}
	n, err := reopener.Reopen(ctx, store.Selection{
		IDs: request.IDs, Statuses: statuses(request.Statuses), ScoredBy: value(request.ScoredBy),
		NotBasis: enrich.Basis(value(request.NotBasis)),
	})
	if err != nil {
		return nil, err
	}
	return reopenAnswer{Reopened: n}, nil
}

func (h *handler) list(ctx context.Context, s forge.Store, r *http.Request) (any, error) {
	lister, err := ability[forge.Lister](s)
	if err != nil {
		return nil, err
	}
	filter, err := filterOf(r)
	if err != nil {
		return nil, err
	}
	page, err := driver.PreparePage(filter)
	if err != nil {
		return nil, err
	}
	answer := listAnswer{Jobs: []entryAnswer{}}
	for size := 0; size < enoughText; {
		filter.Limit = page.Rows - 1 - len(answer.Jobs)
		if !filter.WithoutText {
			filter.Limit = min(filter.Limit, step)
		}
		entries, next, err := lister.List(ctx, filter)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			answer.Jobs = append(answer.Jobs, answerOf(e))
			size += textBytes(e.Data) + extraBytes(e)
		}
		answer.Next, filter.Cursor = next, next
		if next == "" || len(answer.Jobs) == page.Rows-1 {
			break
		}
	}
	return answer, nil
}

// filterOf reads a query. A status may be given more than once, or as a list with commas.
func filterOf(r *http.Request) (store.Filter, error) {
	err := known(r, append([]string{
		"status", "q", "min_score", "cursor", "limit", "text", "extra_key", "extra_value",
	}, whereParams...)...)
	if err != nil {
		return store.Filter{}, err
	}
	query := r.URL.Query()
	f := store.Filter{Text: query.Get("q"), Cursor: query.Get("cursor"), ExtraKey: query.Get("extra_key")}
	if value := query.Get("extra_value"); value != "" {
		f.ExtraValue = json.RawMessage(value)
	}
	if err := readWhere(query, &f); err != nil {
		return f, err
	}
	for _, given := range query["status"] {
		for name := range strings.SplitSeq(given, ",") {
			if name != "" {
				f.Statuses = append(f.Statuses, lead.Status(name))
			}
		}
	}
	for _, number := range []struct {
		name string
		into *int
	}{{"min_score", &f.MinScore}, {"limit", &f.Limit}} {
		text := query.Get(number.name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			return f, wrong(number.name, "want a whole number")
		}
		*number.into = n
	}
	switch query.Get("text") {
	case "", "true":
	case "false":
		f.WithoutText = true
	default:
		return f, wrong("text", "want true or false")
	}
	for _, s := range f.Statuses {
		if !s.Valid() {
			return f, wrong("status", "each must match ^[A-Z][A-Z_]{0,31}$")
		}
	}
	return f, nil
}

func (h *handler) stats(ctx context.Context, s forge.Store, r *http.Request) (any, error) {
	counter, err := ability[forge.Counter](s)
	if err != nil {
		return nil, err
	}
	if err := known(r); err != nil {
		return nil, err
	}
	stats, err := counter.Stats(ctx)
	if err != nil {
		return nil, err
	}
	answer := statsAnswer{
		ByStatus: stats.ByStatus, Scores: stats.Scores[:], Scored: []scoredAnswer{}, Newest: stats.Newest,
	}
	for _, c := range stats.Scored {
		answer.Scored = append(answer.Scored, scoredAnswer{
			Status: c.Status, MatchScore: c.Score, Unverified: c.Unverified, Keep: c.Keep, Basis: c.Basis,
			N: c.N,
		})
	}
	if answer.ByStatus == nil {
		answer.ByStatus = map[lead.Status]int{}
	}
	return answer, nil
}
