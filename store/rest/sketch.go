package rest

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

type sketchesAnswer struct {
	Jobs []sketchAnswer `json:"jobs"`
}

type sketchAnswer struct {
	ID       int64         `json:"id"`
	PostedAt time.Time     `json:"posted_at,omitzero"`
	Sketch   enrich.Sketch `json:"sketch"` // base64; null if there is none
	Basis    enrich.Basis  `json:"basis"`
}

func (h *handler) sketches(ctx context.Context, s forge.Store, r *http.Request) (any, error) {
	lister, err := ability[forge.SketchLister](s)
	if err != nil {
		return nil, err
	}
	if err := known(r, "after", "limit"); err != nil {
		return nil, err
	}
	var after int64
	if text := r.URL.Query().Get("after"); text != "" {
		if after, err = strconv.ParseInt(text, 10, 64); err != nil {
			return nil, wrong("after", "want the id of a job")
		}
	}
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil {
		return nil, wrong("limit", "want a whole number")
	}
	list, err := lister.Sketches(ctx, after, limit)
	if err != nil {
		return nil, err
	}
	answer := sketchesAnswer{Jobs: make([]sketchAnswer, len(list))}
	for i, j := range list {
		answer.Jobs[i] = sketchAnswer{ID: j.ID, PostedAt: j.PostedAt, Sketch: j.Sketch, Basis: j.Basis}
	}
	return answer, nil
}

// Sketches returns what is left of rejected jobs; see forge.SketchLister.
func (c *Client) Sketches(ctx context.Context, after int64, n int) (list []store.Sketched, err error) {
	if err := driver.CheckSketches(after, n); err != nil {
		return nil, named("sketches", err)
	}
	query := url.Values{"after": {strconv.FormatInt(after, 10)}, "limit": {strconv.Itoa(n)}}
	var answer sketchesAnswer
	err = c.do(ctx, call{
		method: http.MethodGet, path: "/jobs/sketches", query: query, into: &answer, repeatable: true,
	})
	for _, a := range answer.Jobs {
		posted := a.PostedAt
		if !posted.IsZero() {
			posted = posted.UTC()
		}
		list = append(list, store.Sketched{ID: a.ID, PostedAt: posted, Sketch: a.Sketch, Basis: a.Basis})
	}
	return list, named("sketches", err)
}
