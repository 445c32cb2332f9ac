package dashboard

import (
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/agent-forge/forge/store/rest"
)

const (
	sessionCookie = "forge_session"
	sessionLife   = 30 * 24 * time.Hour // since the last visit
	maxSessions   = 10_000
)

// A session is one browser that a token was pasted into. The browser holds a random name for it,
// never the token.
type session struct {
	token  [sha256.Size]byte // of the token that began it
	seenAt time.Time
	notice *notice // shown once, on the next page
}

// sessions are kept in memory: a restart signs everyone out, and nothing of a token is ever on a
// disk.
type sessions struct {
	now      func() time.Time
	attempts *rate.Limiter // of signing in, by anyone

	mu   sync.Mutex
	byID map[[sha256.Size]byte]*session // by the SHA-256 of the cookie's value
}

func newSessions(now func() time.Time) *sessions {
	return &sessions{now: now, attempts: rate.NewLimiter(5, 20), byID: map[[sha256.Size]byte]*session{}}
}

// begin returns the cookie's value for a new session.
func (s *sessions) begin(token [sha256.Size]byte) string {
	id := rand.Text() + rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	for key, old := range s.byID {
		if len(s.byID) >= maxSessions || now.Sub(old.seenAt) > sessionLife {
			delete(s.byID, key)
		}
	}
	s.byID[sha256.Sum256([]byte(id))] = &session{token: token, seenAt: now}
	return id
}

// of returns the session of a request, or nil.
func (s *sessions) of(r *http.Request) *session {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.byID[sha256.Sum256([]byte(cookie.Value))]
	now := s.now()
	if found == nil || now.Sub(found.seenAt) > sessionLife {
		return nil
	}
	found.seenAt = now
	return found
}

func (s *sessions) end(r *http.Request) {
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.byID, sha256.Sum256([]byte(cookie.Value)))
	}
}

// tell leaves a notice for the next page of the session, and take takes it.
func (s *sessions) tell(in *session, n *notice) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in.notice = n
}

func (s *sessions) take(in *session) *notice {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := in.notice
	in.notice = nil
	return n
}

// A visit is one request of someone who signed in.
type visit struct {
	who     rest.Identity
	session *session
}

// signedIn runs a handler for those who signed in, and sends the others to do so.
func (d *dashboard) signedIn(next func(w http.ResponseWriter, r *http.Request, v visit)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		in := d.sessions.of(r)
		if in == nil {
			http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
			return
		}
		who, ok := d.cfg.Identify(in.token)
		if !ok {
			d.sessions.end(r)
			http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
			return
		}
		next(w, r, visit{who, in})
	}
}

type signInView struct{ Problem string }

func (d *dashboard) signInPage(w http.ResponseWriter, r *http.Request) {
	if d.sessions.of(r) != nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	d.render(w, http.StatusOK, "sign-in.html", signInView{})
}

func (d *dashboard) signIn(w http.ResponseWriter, r *http.Request) {
	if !d.sessions.attempts.Allow() {
		w.Header().Set("Retry-After", "1")
		d.render(w, http.StatusTooManyRequests, "sign-in.html",
			signInView{"Too many attempts just now. Wait a moment and try again."})
		return
	}
	token := strings.TrimSpace(r.PostFormValue("token"))
	sum := sha256.Sum256([]byte(token))
	if _, ok := d.cfg.Identify(sum); token == "" || !ok {
		d.render(w, http.StatusUnauthorized, "sign-in.html",
			signInView{"The server does not know this token. Paste it whole, as it was printed."})
		return
	}
	d.sessions.end(r)
	http.SetCookie(w, d.cookie(sessionCookie, d.sessions.begin(sum), sessionLife))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (d *dashboard) signOut(w http.ResponseWriter, r *http.Request) {
	d.sessions.end(r)
	http.SetCookie(w, d.cookie(sessionCookie, "", -1))
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

// cookie returns one that scripts cannot read and other sites cannot use.
func (d *dashboard) cookie(name, value string, life time.Duration) *http.Cookie {
	c := &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(life.Seconds()), HttpOnly: true, Secure: d.secure,
		SameSite: http.SameSiteStrictMode,
	}
	if life < 0 {
		c.MaxAge = -1
	}
	return c
}
