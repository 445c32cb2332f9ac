package dashboard

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// rescore makes the jobs due that the user keeps and that were scored with another résumé than the
// newest. The page cannot score: the user's agent does it when it runs next.
func (d *dashboard) rescore(w http.ResponseWriter, r *http.Request, v visit) {
	d.change(w, r, v, func(s forge.Store) (string, error) {
		reopener, isReopener := s.(forge.Reopener)
		counter, isCounter := s.(forge.Counter)
		if !isReopener || !isCounter {
			return "", errors.ErrUnsupported
		}
		stats, err := counter.Stats(r.Context())
		if err != nil || stats.Newest == "" {
			return "Nothing to score again", err
		}
		statuses := []lead.Status{lead.Matched}
		for status := range stats.ByStatus {
			if status.Application() && status != lead.Dismissed {
				statuses = append(statuses, status)
			}
		}
		n, err := reopener.Reopen(r.Context(), store.Selection{
			Statuses: statuses, NotBasis: enrich.Basis(stats.Newest.Resume() + "..0"),
		})
		return fmt.Sprintf("%s will be scored again when your agent runs next", count(n, "job")), err
	})
}

// change runs a change of many jobs, and returns to the page that the form names.
func (d *dashboard) change(
	w http.ResponseWriter, r *http.Request, v visit, do func(s forge.Store) (text string, err error),
) {
	d.finish(w, r, v, func(s forge.Store) (*notice, error) {
		text, err := do(s)
		return &notice{Text: text}, err
	})
}

// finish runs a change, leaves its notice for the page that the form names, and leads there.
func (d *dashboard) finish(
	w http.ResponseWriter, r *http.Request, v visit, do func(s forge.Store) (*notice, error),
) {
	if v.who.ViewOnly {
		d.problem(w, http.StatusForbidden, "This token is for viewing",
			"It can look at jobs and change nothing. Sign in with another token.")
		return
	}
	n, err := do(d.cfg.ForUser(v.who.User))
	d.overviews.forget(v.who.User)
	switch {
	case errors.Is(err, store.ErrInvalid):
		d.problem(w, http.StatusUnprocessableEntity, "That cannot be done", "Go back and look again.")
		return
	case err != nil:
		d.failed(w, r, err)
		return
	}
	d.sessions.tell(v.session, n)
	http.Redirect(w, r, back(r), http.StatusSeeOther)
}
