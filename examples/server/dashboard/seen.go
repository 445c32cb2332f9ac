package dashboard

import (
	"fmt"
	"net/http"
	"time"
)

const (
	seenCookie = "forge_seen"
	seenLife   = 400 * 24 * time.Hour // the longest that browsers keep
	newVisit   = 30 * time.Minute     // a pause this long begins a new visit
)

// readSeen returns when the visit before this one ended, in Unix seconds; zero: there was none. The browser keeps that and when
// it was last here: a visit is the browser's, and outlives the server.
func readSeen(r *http.Request, now time.Time) (before int64) {
	var last int64
	c, err := r.Cookie(seenCookie)
	if err != nil {
		return 0
	}
	if _, err := fmt.Sscanf(c.Value, "%d.%d", &before, &last); err != nil || before < 0 || last < before || last > now.Unix() {
		return 0
	}
	if now.Sub(time.Unix(last, 0)) > newVisit {
		before = last
	}
	return before
}

// lastVisit returns when the visit before this one ended; zero if there was none.
func (d *dashboard) lastVisit(r *http.Request) time.Time {
	before := readSeen(r, d.cfg.Now())
	if before == 0 {
		return time.Time{}
	}
	return time.Unix(before, 0)
}

// noteVisit remembers this visit.
func (d *dashboard) noteVisit(w http.ResponseWriter, r *http.Request) {
	now := d.cfg.Now()
	before := readSeen(r, now)
	http.SetCookie(w, d.cookie(seenCookie, fmt.Sprintf("%d.%d", before, now.Unix()), seenLife))
}
