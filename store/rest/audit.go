package rest

import (
	"context"
	"net/http"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

type auditRequest struct {
	Limit *int `json:"limit"`
}

type auditAnswer struct {
	Jobs []entryAnswer `json:"jobs"`
}

type judgeRequest struct {
	Verdict *string `json:"verdict"`
}

type evidenceAnswer struct {
	Labels []labelAnswer `json:"labels"`
	Counts []countAnswer `json:"counts"`
}

type labelAnswer struct {
	ID          int64       `json:"id"`
	MatchScore  int         `json:"match_score"`
	ScoredBy    string      `json:"scored_by"`
	Unverified  bool        `json:"unverified"`
	Worth       bool        `json:"worth"`
	Origin      gate.Origin `json:"origin"`
	Probability float64     `json:"probability"` // 0 if it is not known
}

type countAnswer struct {
	ScoredBy   string `json:"scored_by"`
	MatchScore int    `json:"match_score"`
	Unverified bool   `json:"unverified"`
	Kept       int    `json:"kept"`
	Rejected   int    `json:"rejected"`
	Stratum    int    `json:"stratum"`
}

func (h *handler) audit(ctx context.Context, s forge.Store, r *http.Request) (any, error) {
	auditor, err := ability[forge.Auditor](s)
	if err != nil {
		return nil, err
	}
	var request auditRequest
	if err := body(r, &request); err != nil {
		return nil, err
	}
	limit, err := required("limit", request.Limit)
	if err != nil {
		return nil, err
	}
	entries, err := auditor.Audit(ctx, limit)
	if err != nil {
		return nil, err
	}
	answer := auditAnswer{Jobs: make([]entryAnswer, len(entries))}
	for i, e := range entries {
		answer.Jobs[i] = answerOf(e)
	}
	return answer, nil
}

func (h *handler) judge(ctx context.Context, s forge.Store, r *http.Request) (any, error) {
	auditor, err := ability[forge.Auditor](s)
	if err != nil {
		return nil, err
	}
	job, err := id(r)
	if err != nil {
		return nil, err
	}
	var request judgeRequest
	if err := body(r, &request); err != nil {
		return nil, err
	}
	return nil, auditor.Judge(ctx, job, store.Verdict(value(request.Verdict)))
}

func (h *handler) evidence(ctx context.Context, s forge.Store, r *http.Request) (any, error) {
	auditor, err := ability[forge.Auditor](s)
	if err != nil {
		return nil, err
	}
	if err := known(r); err != nil {
		return nil, err
	}
	e, err := auditor.Evidence(ctx)
	if err != nil {
		return nil, err
	}
	answer := evidenceAnswer{
		Labels: make([]labelAnswer, len(e.Labels)), Counts: make([]countAnswer, len(e.Counts)),
	}
	for i, l := range e.Labels {
		answer.Labels[i] = labelAnswer{
			ID: l.JobID, MatchScore: l.Score, ScoredBy: l.By, Unverified: l.Unverified, Worth: l.Worth,
			Origin: l.Origin, Probability: l.Probability,
		}
	}
	for i, c := range e.Counts {
		answer.Counts[i] = countAnswer{
			ScoredBy: c.By, MatchScore: c.Score, Unverified: c.Unverified, Kept: c.Kept, Rejected: c.Rejected,
			Stratum: c.Stratum,
		}
	}
	return answer, nil
}

// Audit returns rejected jobs for the user to look at; see forge.Auditor.
func (c *Client) Audit(ctx context.Context, n int) (entries []store.Entry, err error) {
	if err := driver.CheckAudit(n); err != nil {
		return nil, named("audit", err)
	}
	var answer auditAnswer
	err = c.do(ctx, call{
		method: http.MethodPost, path: "/jobs/audit", body: auditRequest{Limit: &n}, into: &answer,
		repeatable: true,
	})
	for _, a := range answer.Jobs {
		entries = append(entries, a.entry())
	}
	return entries, named("audit", err)
}

// Judge records what the user says of a job that was drawn; see forge.Auditor.
func (c *Client) Judge(ctx context.Context, id int64, v store.Verdict) error {
	if err := driver.CheckVerdict(v); err != nil {
		return named("judge", err)
	}
	verdict := string(v)
	return named("judge", c.do(ctx, call{
		method: http.MethodPost, path: jobPath(id, "judge"), body: judgeRequest{Verdict: &verdict},
		repeatable: true,
	}))
}

// Evidence returns what is known of the jobs that the user judged or marked; see forge.Auditor.
func (c *Client) Evidence(ctx context.Context) (e gate.Evidence, err error) {
	var answer evidenceAnswer
	err = c.do(ctx, call{method: http.MethodGet, path: "/jobs/evidence", into: &answer, repeatable: true})
	if err != nil {
		return e, named("evidence", err)
	}
	for _, a := range answer.Labels {
		e.Labels = append(e.Labels, gate.Label{
			JobID: a.ID, Score: a.MatchScore, By: a.ScoredBy, Unverified: a.Unverified, Worth: a.Worth,
			Origin: a.Origin, Probability: a.Probability,
		})
	}
	for _, a := range answer.Counts {
		e.Counts = append(e.Counts, gate.Count{
			By: a.ScoredBy, Score: a.MatchScore, Unverified: a.Unverified, Kept: a.Kept, Rejected: a.Rejected,
			Stratum: a.Stratum,
		})
	}
	return e, nil
}
