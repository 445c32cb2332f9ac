package rest

import (
	"encoding/json"
	"math"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// MaxBodyBytes is the largest body of a request that the handler reads, 4 MiB. Every valid decision
// fits, even if its text is all quotes or is escaped to ASCII. The client splits a large batch of
// leads.
const MaxBodyBytes = 4 << 20

// These are the bodies of requests. A pointer, a slice or a map can be left out or null. decode
// refuses everything else that differs from these types.

type leadRequest struct {
	Source     *string `json:"source"`
	ExternalID string  `json:"external_id"`
	Title      string  `json:"title"`
	Company    *string `json:"company"`
	Location   *string `json:"location"`
	URL        string  `json:"url"`
	PostedAt   *string `json:"posted_at"`
}

type claimRequest struct {
	Limit        *int     `json:"limit"`
	LeaseSeconds *float64 `json:"lease_seconds"`
	Sources      []string `json:"sources"`
}

type decideRequest struct {
	MatchScore              *int         `json:"match_score"`
	Status                  string       `json:"status"`
	AIReasoning             *string      `json:"ai_reasoning"`
	EnrichmentData          *dataRequest `json:"enrichment_data"`
	MissingSkills           []string     `json:"missing_skills"`
	SkillGapRecommendations []string     `json:"skill_gap_recommendations"`
	Unverified              *bool        `json:"unverified"`
	ScoredBy                *string      `json:"scored_by"`
	Sketch                  *string      `json:"sketch"`      // base64
	Fingerprint             *string      `json:"fingerprint"` // 16 hexadecimal digits
	Basis                   *string      `json:"basis"`
	Kept                    *bool        `json:"kept"`
	ClaimToken              *int64       `json:"claim_token"`
}

type dataRequest struct {
	Description  *string           `json:"description"`
	Requirements *string           `json:"requirements"`
	IsEasyApply  *bool             `json:"is_easy_apply"`
	Attributes   map[string]string `json:"attributes"`
}

type renewRequest struct {
	ClaimToken   *int64   `json:"claim_token"`
	LeaseSeconds *float64 `json:"lease_seconds"`
}

type releaseRequest struct {
	ClaimToken   *int64   `json:"claim_token"`
	Status       *string  `json:"status"`
	AfterSeconds *float64 `json:"after_seconds"`
	Counts       *bool    `json:"counts"`
	Error        *string  `json:"error"`
}

type markRequest struct {
	Status string `json:"status"`
}

type reopenRequest struct {
	IDs      []int64  `json:"ids"`
	Statuses []string `json:"statuses"`
	ScoredBy *string  `json:"scored_by"`
	NotBasis *string  `json:"not_basis"`
}

// These are the bodies of answers.

type syncAnswer struct {
	Jobs     []refAnswer      `json:"jobs"`
	Rejected []rejectedAnswer `json:"rejected"`
}

type refAnswer struct {
	ID         int64       `json:"id"`
	Source     string      `json:"source"`
	ExternalID string      `json:"external_id"`
	State      store.State `json:"state"`
}

type rejectedAnswer struct {
	Index int    `json:"index"`
	Error string `json:"error"` // "field: problem"
}

type claimAnswer struct {
	Jobs []jobAnswer `json:"jobs"`
}

type jobAnswer struct {
	ID int64 `json:"id"`
	lead.Lead
	EnrichmentData *enrich.Data `json:"enrichment_data"`
	ClaimToken     int64        `json:"claim_token"`
	Keep           bool         `json:"keep,omitzero"`
	Attempts       int          `json:"attempts"`
	LastError      string       `json:"last_error,omitzero"`
}

type decideAnswer struct {
	ID         int64       `json:"id"`
	Status     lead.Status `json:"status"`
	MatchScore int         `json:"match_score"`
}

type listAnswer struct {
	Jobs []entryAnswer `json:"jobs"`
	Next string        `json:"next"`
}

type entryAnswer struct {
	ID int64 `json:"id"`
	lead.Lead
	Status                  lead.Status                `json:"status"`
	MatchScore              *int                       `json:"match_score"` // null if the job is not scored
	AIReasoning             string                     `json:"ai_reasoning"`
	MissingSkills           []string                   `json:"missing_skills"`
	SkillGapRecommendations []string                   `json:"skill_gap_recommendations"`
	Unverified              bool                       `json:"unverified"`
	ScoredBy                string                     `json:"scored_by"`
	Basis                   enrich.Basis               `json:"basis"`
	EnrichmentData          *enrich.Data               `json:"enrichment_data"`
	Closed                  bool                       `json:"closed"`
	UpdatedAt               time.Time                  `json:"updated_at"`
	DueAt                   time.Time                  `json:"due_at,omitzero"`
	Attempts                int                        `json:"attempts,omitzero"`
	LastError               string                     `json:"last_error,omitzero"`
	Extra                   map[string]json.RawMessage `json:"extra,omitzero"`
}

type reopenAnswer struct {
	Reopened int `json:"reopened"`
}

type statsAnswer struct {
	ByStatus map[lead.Status]int `json:"by_status"`
	Scores   []int               `json:"scores"` // how many jobs have each score from 0 to 100
	Scored   []scoredAnswer      `json:"scored"`
	Newest   enrich.Basis        `json:"newest"`
}

type scoredAnswer struct {
	Status     lead.Status  `json:"status"`
	MatchScore int          `json:"match_score"`
	Unverified bool         `json:"unverified"`
	Keep       bool         `json:"keep"`
	Basis      enrich.Basis `json:"basis"`
	N          int          `json:"n"`
}

// seconds returns a number of seconds as a duration. A number that is too large becomes the longest
// duration, which every store refuses.
func seconds(s float64) time.Duration {
	ns := math.Round(s * float64(time.Second))
	switch {
	case ns >= math.MaxInt64:
		return math.MaxInt64
	case ns <= math.MinInt64:
		return math.MinInt64
	}
	return time.Duration(ns)
}

// value returns what a pointer points to, the zero value if the field was left out.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// list returns a slice that is never null in JSON.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// some returns nil for an empty slice, as a local store does.
func some(s []string) []string {
	if len(s) == 0 {
		return nil
	}
	return s
}

func (a scoredAnswer) scored() store.Scored {
	return store.Scored{
		Status: a.Status, Score: a.MatchScore, Unverified: a.Unverified, Keep: a.Keep, Basis: a.Basis, N: a.N,
	}
}
