package replay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

const indexName = "index.jsonl"

// An entry is one line of the index of a recorded folder.
type entry struct {
	URL         string `json:"url"` // without tokens, and with sorted parameters
	Status      int    `json:"status"`
	ContentType string `json:"content_type,omitempty"`
	Location    string `json:"location,omitempty"`    // of a redirect, without tokens
	RetryAfter  string `json:"retry_after,omitempty"` // as sent
	File        string `json:"file"`
}

// recorded returns the answers of a folder that a Recorder wrote.
func recorded(index []byte) (func(*http.Request) (saved, error), error) {
	entries, err := parseIndex(index)
	if err != nil {
		return nil, err
	}
	pages, hosts := map[string][]saved{}, map[string]bool{}
	for _, e := range entries {
		u, err := url.Parse(e.URL)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", indexName, err)
		}
		hosts[u.Host] = true
		// A host that was not recorded is taken for the same board: the port of a test server
		// changes with each start.
		for _, key := range []string{e.URL, u.RequestURI()} {
			pages[key] = append(pages[key], saved{e.File, e.Status, e.ContentType, e.Location, e.RetryAfter})
		}
	}
	var mu sync.Mutex
	return func(r *http.Request) (saved, error) {
		key := cleanURL(r.URL)
		if u, err := url.Parse(key); err == nil && !hosts[u.Host] {
			key = u.RequestURI()
		}
		mu.Lock()
		defer mu.Unlock()
		queue := pages[key]
		if len(queue) == 0 {
			if r.URL.Path == robotsPath {
				return saved{status: http.StatusNotFound}, nil
			}
			return saved{}, fmt.Errorf("%w: %s", ErrNotRecorded, r.URL.Path)
		}
		if len(queue) > 1 {
			pages[key] = queue[1:]
		}
		return queue[0], nil
	}, nil
}

// parseIndex reads the lines. A last line without an end was cut when the recording process died.
// It is ignored; its page is there, but not listed.
func parseIndex(index []byte) ([]entry, error) {
	var entries []entry
	for n, line := range bytes.SplitAfter(index, []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			if bytes.HasSuffix(line, []byte("\n")) {
				return nil, fmt.Errorf("%s: line %d: %w", indexName, n+1, err)
			}
			break
		}
		if !fs.ValidPath(e.File) || e.Status < 100 || e.Status > 999 {
			return nil, fmt.Errorf("%s: line %d: not the entry of a page", indexName, n+1)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// cleanURL returns a URL as the index holds it: with sorted parameters, and without user info,
// fragment and tokens.
func cleanURL(u *url.URL) string {
	c := *u
	c.User, c.Fragment, c.RawFragment = nil, "", ""
	c.Scheme, c.Host = strings.ToLower(c.Scheme), strings.ToLower(c.Host)
	q := c.Query()
	for name := range q {
		if secretName(name) {
			q.Del(name)
		}
	}
	c.RawQuery, c.ForceQuery = q.Encode(), false
	return c.String()
}

// secretName reports whether a parameter or a field of this name identifies a visitor and not a
// page.
func secretName(name string) bool {
	name = strings.ToLower(strings.NewReplacer("_", "", "-", "", ".", "").Replace(name))
	switch name {
	case "sid", "trk", "refid", "trackingid", "email", "emailaddress", "key", "apikey", "sig", "phone",
		"mobile":
		return true
	}
	return slices.ContainsFunc(secretParts, func(part string) bool { return strings.Contains(name, part) })
}

var secretParts = []string{
	"token", "session", "csrf", "auth", "password", "passwd", "secret", "signature", "cookie",
}
