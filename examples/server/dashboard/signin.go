package dashboard

import (
	"crypto/sha256"
	"errors"
	"net/http"
	"strings"

	"github.com/agent-forge/forge/store/rest"
)

// A hash is the SHA-256 of a token.
type hash = [sha256.Size]byte

// A visit is one request of a user who signed in.
type visit struct {
	who     rest.Identity
	session *session
}

// identified returns who the session of a request belongs to. It returns rest.ErrUnauthorized if
// there is no session, or if its token was revoked or given to another user, which ends it. An
// error of another kind says nothing about the session.
func (d *dashboard) identified(r *http.Request) (visit, error) {
	in := d.sessions.of(r)
	if in == nil {
		return visit{}, rest.ErrUnauthorized
	}
	who, err := d.cfg.Identify(in.token)
	if err == nil && who.User != in.user {
		err = rest.ErrUnauthorized
	}
	if errors.Is(err, rest.ErrUnauthorized) {
		d.sessions.end(r)
	}
	return visit{who, in}, err
}

// signedIn runs a handler for users who signed in, as often as their token may be used, and sends
// others to the sign-in page.
func (d *dashboard) signedIn(next func(w http.ResponseWriter, r *http.Request, v visit)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := d.identified(r)
		if err == nil {
			err = d.cfg.Limit(v.session.token)
		}
		switch {
		case err == nil:
			next(w, r, v)
		case errors.Is(err, rest.ErrUnauthorized):
			http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		default:
			d.failed(w, r, err)
		}
	}
}

type signInView struct{ Problem string }

func (d *dashboard) signInPage(w http.ResponseWriter, r *http.Request) {
	if _, err := d.identified(r); err == nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	d.render(w, http.StatusOK, "sign-in.html", signInView{})
}

func (d *dashboard) signIn(w http.ResponseWriter, r *http.Request) {
	refuse := func(status int, problem string) {
		d.render(w, status, "sign-in.html", signInView{problem})
	}
	client := d.cfg.Client(r)
	if !d.attempts.allowed(client) {
		w.Header().Set("Retry-After", "5")
		refuse(http.StatusTooManyRequests, "There were too many attempts. Wait a moment and try again.")
		return
	}
	token := strings.TrimSpace(r.PostFormValue("token"))
	sum := sha256.Sum256([]byte(token))
	who, err := d.cfg.Identify(sum)
	switch {
	case token == "" || errors.Is(err, rest.ErrUnauthorized):
		d.attempts.failed(client)
		refuse(http.StatusUnauthorized,
			"The server does not know this token. Paste all of it, as it was printed.")
	case err != nil:
		d.failed(w, r, err)
	default:
		d.sessions.end(r)
		http.SetCookie(w, d.cookie(sessionCookie, d.sessions.begin(sum, who.User), sessionLife))
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
}

func (d *dashboard) signOut(w http.ResponseWriter, r *http.Request) {
	d.sessions.end(r)
	http.SetCookie(w, d.cookie(sessionCookie, "", -1))
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}
