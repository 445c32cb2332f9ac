package dashboard

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// A notice says what the user just did, and how to undo it.
type notice struct {
	Text  string
	Title string // of the job
	ID    int64
	Undo  lead.Status // empty if it cannot be undone
	Now   lead.Status

	Effect string // what an answer did to the promise of the gate
	Forms  []noticeForm
}

// A noticeForm is one more thing that the user can do next.
type noticeForm struct {
	Path, Label string
	Fields      []field
}

type field struct{ Name, Value string }

// back returns the address of the page that an action came from. The form carries its query.
func back(r *http.Request) string {
	query, err := url.ParseQuery(r.PostFormValue("back"))
	if err != nil {
		return "/"
	}
	if query.Get("page") == "gate" {
		return gatePath
	}
	address := parseFilter(query).address("/")
	if next, err := strconv.ParseInt(r.PostFormValue("next"), 10, 64); err == nil {
		address += fmt.Sprintf("#job-%d", next) // where the reader was: the card after the one that is gone
	}
	return address
}

// act runs an action on the job that the path names, and returns to the page.
func (d *dashboard) act(w http.ResponseWriter, r *http.Request, v visit, do func(id int64) (*notice, error)) {
	if v.who.ViewOnly {
		d.problem(w, http.StatusForbidden, "This token is for viewing",
			"It can look at jobs and change nothing. Sign in with another token.")
		return
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		err = store.ErrNotFound
	}
	var n *notice
	if err == nil {
		n, err = do(id)
		d.overviews.forget(v.who.User) // also if it failed, because what is shown can be the reason
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		d.problem(w, http.StatusNotFound, "There is no such job", "It is not among yours.")
	case errors.Is(err, store.ErrInvalid):
		d.problem(w, http.StatusUnprocessableEntity, "That cannot be done",
			"The job has changed in the meantime. Go back and look again.")
	case err != nil:
		d.failed(w, r, err)
	default:
		n.ID, n.Title = id, lead.CleanLine(r.PostFormValue("title"))
		d.sessions.tell(v.session, n)
		http.Redirect(w, r, back(r), http.StatusSeeOther)
	}
}

// mark sets the status that the user gives a job, or undoes that.
func (d *dashboard) mark(w http.ResponseWriter, r *http.Request, v visit) {
	d.act(w, r, v, func(id int64) (*notice, error) {
		to, from := lead.Status(r.PostFormValue("status")), lead.Status(r.PostFormValue("from"))
		if err := d.setStatus(r.Context(), d.cfg.ForUser(v.who.User), id, from, to); err != nil {
			return nil, err
		}
		n := &notice{Text: doneWith(to), Now: to}
		if (from == lead.Matched || from.Application()) && from != to && r.PostFormValue("undo") == "" {
			n.Undo = from
		}
		return n, nil
	})
}

func doneWith(s lead.Status) string {
	switch s {
	case lead.Matched:
		return "Back where it was"
	case lead.Applied:
		return "Marked as applied"
	case lead.Saved:
		return "Saved for later"
	case lead.Dismissed:
		return "Dismissed"
	}
	return "Marked as " + ownView(s).title
}

// reopen makes a decided job due again.
func (d *dashboard) reopen(w http.ResponseWriter, r *http.Request, v visit) {
	d.act(w, r, v, func(id int64) (*notice, error) {
		reopener, ok := d.cfg.ForUser(v.who.User).(forge.Reopener)
		if !ok {
			return nil, errors.ErrUnsupported
		}
		n, err := reopener.Reopen(r.Context(), store.Selection{
			IDs:      []int64{id},
			Statuses: []lead.Status{lead.AutoRejected, lead.Failed, lead.Closed, lead.Matched},
		})
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return undoable(r, id, "Reopened; your agent will read it again"), err
	})
}

// keep has a rejected job read again, and keeps it whatever it scores.
func (d *dashboard) keep(w http.ResponseWriter, r *http.Request, v visit) {
	d.act(w, r, v, func(id int64) (*notice, error) {
		keeper, ok := d.cfg.ForUser(v.who.User).(forge.Keeper)
		if !ok {
			return nil, errors.ErrUnsupported
		}
		n, err := keeper.Keep(r.Context(), []int64{id})
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return undoable(r, id, "Kept whatever it scores; your agent will read it again"), err
	})
}

// undoable offers to take a reopening back.
func undoable(r *http.Request, id int64, text string) *notice {
	return &notice{Text: text, Forms: []noticeForm{{
		Path: fmt.Sprintf("/jobs/%d/restore", id), Label: "Undo",
		Fields: []field{{"title", r.PostFormValue("title")}},
	}}}
}

// restore takes a reopening back.
func (d *dashboard) restore(w http.ResponseWriter, r *http.Request, v visit) {
	d.act(w, r, v, func(id int64) (*notice, error) {
		keeper, ok := d.cfg.ForUser(v.who.User).(forge.Keeper)
		if !ok {
			return nil, errors.ErrUnsupported
		}
		n, err := keeper.Restore(r.Context(), []int64{id})
		if err == nil && n == 0 { // an agent has begun to read it, or has decided
			err = fmt.Errorf("%w: not reopened, or being read", store.ErrInvalid)
		}
		return &notice{Text: "Back where it was"}, err
	})
}
