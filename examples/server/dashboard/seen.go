package dashboard

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"
)

const (
	seenCookie = "forge_seen"
	seenLife   = 400 * 24 * time.Hour // the longest that browsers allow
	newVisit   = 30 * time.Minute     // without a request, after which a new visit begins
)

// readSeen returns when the user's previous visit ended, in Unix seconds, or zero if there was
// none. It is kept in a cookie, with the time of the last request, so that a restart does not
// forget it.
func readSeen(r *http.Request, user string, now time.Time) (before int64) {
	c, err := r.Cookie(seenCookie)
	if err != nil {
		return 0
	}
	var last int64
	var by string
	if _, err := fmt.Sscanf(c.Value, "%d.%d.%s", &before, &last, &by); err != nil || by != nameless(user) ||
		before < 0 || last < before || last > now.Unix() {
		return 0
	}
	if now.Sub(time.Unix(last, 0)) > newVisit {
		before = last
	}
	return before
}

// nameless tells users of one browser apart without their names.
func nameless(user string) string {
	sum := sha256.Sum256([]byte(user))
	return hex.EncodeToString(sum[:6])
}

// lastVisit returns when the previous visit ended, or the zero time if there was none.
func (d *dashboard) lastVisit(r *http.Request, v visit) time.Time {
	before := readSeen(r, v.who.User, d.cfg.Now())
	if before == 0 {
		return time.Time{}
	}
	return time.Unix(before, 0)
}

// noteVisit sets the cookie for the next visit.
func (d *dashboard) noteVisit(w http.ResponseWriter, r *http.Request, v visit) {
	now := d.cfg.Now()
	before := readSeen(r, v.who.User, now)
	http.SetCookie(w,
		d.cookie(seenCookie, fmt.Sprintf("%d.%d.%s", before, now.Unix(), nameless(v.who.User)), seenLife))
}
