// Package feed serves a user's newest matches as an Atom feed (RFC 4287).
//
// Each match is one entry, whose id is made of the change and never changes: a feed reader shows it
// once, however often it asks.
package feed

import (
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/internal/backoff"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/rest"
)

// Path is where a server serves the feed.
const Path = "/feed.atom"

// most is how many entries a feed has.
const most = 100

// A Config configures a Feed. All fields are required.
type Config struct {
	// ForUser returns a user's view of a store.
	ForUser func(user string) forge.Store
	// Authenticate returns who sent a request. See [rest.BearerToken].
	Authenticate func(*http.Request) (rest.Identity, error)
	// Address is the URL of the page.
	Address string
}

// A Feed serves the feeds of all users. It is safe for concurrent use.
type Feed struct {
	cfg Config

	mu   sync.Mutex
	from map[string]int64 // by user: the cursor before the oldest entry
}

// New returns a feed.
func New(cfg Config) *Feed { return &Feed{cfg: cfg, from: map[string]int64{}} }

// ServeHTTP serves the feed of the user whose token is the password, which feed readers can be given,
// or the bearer token.
func (f *Feed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, password, ok := r.BasicAuth(); ok {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+password)
	}
	who, err := f.cfg.Authenticate(r)
	if wait := backoff.FromError(err); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait.Seconds())+1))
		http.Error(w, "too many requests with this token", http.StatusTooManyRequests)
		return
	}
	if err != nil {
		w.Header().Set("WWW-Authenticate", `Basic realm="forge", charset="UTF-8"`)
		http.Error(w, "give your token as the password", http.StatusUnauthorized)
		return
	}
	watcher, ok := f.cfg.ForUser(who.User).(forge.Watcher)
	if !ok {
		http.Error(w, "the store has no changes", http.StatusNotImplemented)
		return
	}
	matches, err := f.newest(r.Context(), watcher, who.User)
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		http.Error(w, "start the server with -events to have a feed", http.StatusNotImplemented)
		return
	case err != nil:
		http.Error(w, "the store does not answer", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	tag := `"0"`
	if len(matches) > 0 {
		tag = fmt.Sprintf(`"%d"`, matches[0].ID)
	}
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	text, err := xml.Marshal(f.document(matches))
	if err != nil {
		http.Error(w, "the feed cannot be written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	_, _ = w.Write(append([]byte(xml.Header), text...)) // the reader may be gone
}

// newest returns the newest matches, the last one first. Where the oldest of them was is remembered,
// so that the next call does not begin with the first change.
func (f *Feed) newest(ctx context.Context, s forge.Watcher, user string) ([]store.Change, error) {
	f.mu.Lock()
	after := f.from[user]
	f.mu.Unlock()
	var last []store.Change
	for {
		page, err := s.ListChanges(ctx, after, store.MaxChanges, store.ChangeMatched)
		if lost, ok := errors.AsType[*store.PrunedError](err); ok {
			after, last = lost.After, nil
			continue
		}
		if err != nil {
			return nil, err
		}
		last = append(last, page...)
		if drop := len(last) - most; drop > 0 {
			f.mu.Lock()
			f.from[user] = max(f.from[user], last[drop-1].ID)
			f.mu.Unlock()
			last = slices.Clone(last[drop:])
		}
		if len(page) < store.MaxChanges {
			break
		}
		after = page[len(page)-1].ID
	}
	slices.Reverse(last)
	return last, nil
}

type document struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Author  person   `xml:"author"`
	Link    link     `xml:"link"`
	Entries []entry  `xml:"entry"`
}

type entry struct {
	ID      string `xml:"id"`
	Title   string `xml:"title"`
	Updated string `xml:"updated"`
	Author  person `xml:"author"`
	Link    *link  `xml:"link"`
	Summary string `xml:"summary"`
}

type person struct {
	Name string `xml:"name"`
}

type link struct {
	Href string `xml:"href,attr"`
}

func (f *Feed) document(matches []store.Change) document {
	d := document{
		ID: f.cfg.Address + Path, Title: "Matches", Author: person{"forge"}, Link: link{f.cfg.Address},
		Updated: time.Unix(0, 0).UTC().Format(time.RFC3339),
	}
	for i, c := range matches {
		at := c.At.UTC().Format(time.RFC3339)
		if i == 0 {
			d.Updated = at
		}
		e := entry{
			ID:      fmt.Sprintf("%s/changes/%d-%d", f.cfg.Address, c.ID, c.At.UnixMicro()),
			Title:   cmp.Or(c.Lead.Title, "A job that was deleted meanwhile"),
			Updated: at, Author: person{cmp.Or(c.Lead.Company, "forge")}, Summary: summary(c),
		}
		if c.Lead.URL != "" {
			e.Link = &link{c.Lead.URL}
		}
		d.Entries = append(d.Entries, e)
	}
	return d
}

// summary says what there is without the text of the posting.
func summary(c store.Change) string {
	var parts []string
	if c.Detail.Score != nil {
		parts = append(parts, fmt.Sprintf("scored %d", *c.Detail.Score))
	}
	for _, part := range []string{c.Lead.Company, c.Lead.Location} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}
