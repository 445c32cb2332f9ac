package dashboard

import (
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"sync"
	"time"
)

const (
	sessionCookie = "forge_session"
	sessionLife   = 30 * 24 * time.Hour // since the last visit

	// maxSessions is how many browsers one token can be signed in with. One more signs out the one
	// that was not used for the longest time. The sessions of other tokens are never affected.
	maxSessions = 50
)

// A session is one browser that a user signed in with. The browser holds a random name for it,
// never the token.
type session struct {
	token  hash // that it began with
	user   string
	seenAt time.Time
	notice *notice // shown once, on the next page
}

// sessions are kept in memory, so that nothing of a token is ever on a disk. A restart signs
// everybody out.
type sessions struct {
	now func() time.Time

	mu   sync.Mutex
	byID map[hash]*session // by the SHA-256 of the cookie's value
}

func newSessions(now func() time.Time) *sessions {
	return &sessions{now: now, byID: map[hash]*session{}}
}

// begin returns the cookie's value of a new session.
func (s *sessions) begin(token hash, user string) string {
	id := rand.Text() + rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	var oldest hash
	of := 0
	for key, old := range s.byID {
		switch {
		case now.Sub(old.seenAt) > sessionLife:
			delete(s.byID, key)
		case old.token == token:
			if of == 0 || old.seenAt.Before(s.byID[oldest].seenAt) {
				oldest = key
			}
			of++
		}
	}
	if of >= maxSessions {
		delete(s.byID, oldest)
	}
	s.byID[sha256.Sum256([]byte(id))] = &session{token: token, user: user, seenAt: now}
	return id
}

// of returns the session of a request, or nil if there is none.
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

// end ends the session of a request.
func (s *sessions) end(r *http.Request) {
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.byID, sha256.Sum256([]byte(cookie.Value)))
	}
}

// tell leaves a notice for the next page of the session, which takes it.
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

// cookie returns a cookie that scripts cannot read and other sites cannot use.
func (d *dashboard) cookie(name, value string, life time.Duration) *http.Cookie {
	c := &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: d.secure, SameSite: http.SameSiteStrictMode,
	}
	if life < 0 {
		c.MaxAge = -1
	}
	return c
}
