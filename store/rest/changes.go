package rest

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

type changesAnswer struct {
	Changes []changeAnswer `json:"changes"`
}

type changeAnswer struct {
	ID         int64            `json:"id"`
	JobID      int64            `json:"job_id"`
	Kind       store.ChangeKind `json:"kind"`
	At         time.Time        `json:"at"`
	MatchScore *int             `json:"match_score,omitempty"`
	Status     lead.Status      `json:"status,omitempty"`
	Error      string           `json:"error,omitempty"`
	lead.Lead
}

func changeOf(c store.Change) changeAnswer {
	return changeAnswer{
		ID: c.ID, JobID: c.JobID, Kind: c.Kind, At: c.At, MatchScore: c.Detail.Score, Status: c.Detail.Status,
		Error: c.Detail.Cause, Lead: c.Lead,
	}
}

func (a changeAnswer) change() store.Change {
	return store.Change{
		ID: a.ID, JobID: a.JobID, Kind: a.Kind, At: a.At.UTC(), Lead: local(a.Lead),
		Detail: store.ChangeDetail{Score: a.MatchScore, Status: a.Status, Cause: a.Error},
	}
}

// The media types of a stream of changes. Whoever accepts neither gets a page.
const (
	jsonLines    = "application/jsonl"
	serverEvents = "text/event-stream"
)

// IsStream reports whether the answer to a request is a stream of changes, which can last for days. A
// server that bounds how long its requests take, or how many there are at once, leaves streams out:
// [Config.MaxStreams] bounds them.
func IsStream(r *http.Request) bool {
	return r.Method == http.MethodGet && r.URL.Path == prefix+"/jobs/changes" && streamMedia(r) != ""
}

// streamMedia returns the kind of stream that a request asks for, "" if it asks for none.
func streamMedia(r *http.Request) string {
	for _, media := range []string{jsonLines, serverEvents} {
		if accepts(r, media) {
			return media
		}
	}
	return ""
}

// changes answers with a page of changes, or with a stream.
func (h *handler) changes(ctx context.Context, s forge.Store, r *http.Request) (any, error) {
	watcher, err := ability[forge.Watcher](s)
	if err != nil {
		return nil, err
	}
	after, limit, kinds, err := changesQuery(r)
	if err != nil {
		return nil, err
	}
	if media := streamMedia(r); media != "" {
		if err := driver.CheckChanges(after, 1, kinds); err != nil {
			return nil, err
		}
		// What is wrong with the cursor, or with the store, is said before the stream begins.
		if _, err := watcher.ListChanges(ctx, after, 1, kinds...); err != nil {
			return nil, err
		}
		return stream{media: media, watcher: watcher, after: after, kinds: kinds}, nil
	}
	list, err := watcher.ListChanges(ctx, after, limit, kinds...)
	if err != nil {
		return nil, err
	}
	answer := changesAnswer{Changes: make([]changeAnswer, len(list))}
	for i, c := range list {
		answer.Changes[i] = changeOf(c)
	}
	return answer, nil
}

// changesQuery reads the query. The header Last-Event-ID, which a browser sends when it connects
// again, stands before the cursor of the query.
func changesQuery(r *http.Request) (after int64, limit int, kinds []store.ChangeKind, err error) {
	if err := known(r, "after", "limit", "kind"); err != nil {
		return 0, 0, nil, err
	}
	query := r.URL.Query()
	if text := query.Get("after"); text != "" {
		if after, err = strconv.ParseInt(text, 10, 64); err != nil {
			return 0, 0, nil, wrong("after", "want the id of a change")
		}
	}
	if text := r.Header.Get("Last-Event-ID"); text != "" {
		if after, err = strconv.ParseInt(text, 10, 64); err != nil {
			return 0, 0, nil, wrong("Last-Event-ID", "want the id of a change")
		}
	}
	limit = driver.FollowPage
	if text := query.Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil {
			return 0, 0, nil, wrong("limit", "want a whole number")
		}
	}
	if text := query.Get("kind"); text != "" {
		for name := range strings.SplitSeq(text, ",") {
			kinds = append(kinds, store.ChangeKind(name))
		}
	}
	return after, limit, kinds, nil
}

func accepts(r *http.Request, media string) bool {
	for accepted := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		name, _, _ := strings.Cut(accepted, ";")
		if strings.EqualFold(strings.TrimSpace(name), media) {
			return true
		}
	}
	return false
}

// ListChanges returns a page of what happened; see forge.Watcher.
func (c *Client) ListChanges(
	ctx context.Context, after int64, n int, kinds ...store.ChangeKind,
) (list []store.Change, err error) {
	if err := driver.CheckChanges(after, n, kinds); err != nil {
		return nil, named("list changes", err)
	}
	query := queryOf(after, kinds)
	query.Set("limit", strconv.Itoa(n))
	var answer changesAnswer
	err = c.do(ctx, call{
		method: http.MethodGet, path: "/jobs/changes", query: query, into: &answer, repeatable: true,
	})
	for _, a := range answer.Changes {
		list = append(list, a.change())
	}
	return list, named("list changes", err)
}

func queryOf(after int64, kinds []store.ChangeKind) url.Values {
	query := url.Values{"after": {strconv.FormatInt(after, 10)}}
	var names []string
	for _, k := range kinds {
		names = append(names, string(k))
	}
	if names != nil {
		query.Set("kind", strings.Join(names, ","))
	}
	return query
}

// Changes returns what happened and what happens; see forge.Watcher. A stream that is cut is taken up
// again where it was. It ends with an error that does not pass, and after ClientOptions.RetryFor
// without a server.
func (c *Client) Changes(
	ctx context.Context, after int64, kinds ...store.ChangeKind,
) iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {
		if err := driver.CheckChanges(after, 1, kinds); err != nil {
			yield(store.Change{}, named("changes", err))
			return
		}
		f := follower{client: c, after: after, kinds: kinds, yield: yield}
		if err := f.follow(ctx); err != nil {
			yield(store.Change{}, named("changes", err))
		}
	}
}
