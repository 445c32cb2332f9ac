package dashboard

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

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
	Group string // the jobs that were marked, see groupText

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
		s, undo := d.cfg.ForUser(v.who.User), r.PostFormValue("undo")
		if group := parseGroup(undo); group != nil {
			return &notice{Text: doneWith(to), Now: to}, d.unmark(r.Context(), s, group, from)
		}
		marked, err := d.setStatus(r.Context(), s, id, from, to)
		if err != nil {
			return nil, err
		}
		n := &notice{Text: doneWith(to) + withTwins(len(marked)), Now: to}
		if (from == lead.Matched || from.Application()) && from != to && undo == "" {
			n.Undo, n.Group = from, groupText(marked)
		}
		return n, nil
	})
}

// withTwins says how many jobs of a group an action changed beside the one on the card.
func withTwins(jobs int) string {
	if jobs < 2 {
		return ""
	}
	return fmt.Sprintf(", with the same advert elsewhere (%d)", jobs-1)
}

// groupText writes the jobs that were marked as a form field: "12:MATCHED,15:SAVED".
func groupText(marked []store.Marked) string {
	parts := make([]string, len(marked))
	for i, m := range marked {
		parts[i] = fmt.Sprintf("%d:%s", m.ID, m.Was)
	}
	return strings.Join(parts, ",")
}

// parseGroup reads what groupText wrote. It returns nil for any other text.
func parseGroup(text string) (marked []store.Marked) {
	for part := range strings.SplitSeq(text, ",") {
		job, was, found := strings.Cut(part, ":")
		id, err := strconv.ParseInt(job, 10, 64)
		if err != nil || !found {
			return nil
		}
		marked = append(marked, store.Marked{ID: id, Was: lead.Status(was)})
	}
	return marked
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
		ids, err := forge.ReopenGroup(r.Context(), d.cfg.ForUser(v.who.User), id)
		if err == nil && ids == nil {
			err = store.ErrNotFound
		}
		return undoable(r, ids, "Reopened; your agent will read it again"), err
	})
}

// separate takes a job out of its group, or puts it back.
func (d *dashboard) separate(w http.ResponseWriter, r *http.Request, v visit) {
	d.act(w, r, v, func(id int64) (*notice, error) {
		grouper, ok := d.cfg.ForUser(v.who.User).(forge.Grouper)
		if !ok {
			return nil, errors.ErrUnsupported
		}
		apart := r.PostFormValue("apart") != "false"
		if err := grouper.Separate(r.Context(), id, apart); err != nil || !apart {
			return &notice{Text: "One card again"}, err
		}
		return &notice{Text: "Shown on a card of its own from now on", Forms: []noticeForm{{
			Path: fmt.Sprintf("/jobs/%d/separate", id), Label: "Undo",
			Fields: []field{{"apart", "false"}, {"title", r.PostFormValue("title")}},
		}}}, nil
	})
}

// keep has a rejected job read again, and keeps it whatever it scores.
func (d *dashboard) keep(w http.ResponseWriter, r *http.Request, v visit) {
	d.act(w, r, v, func(id int64) (*notice, error) {
		ids, err := forge.KeepGroup(r.Context(), d.cfg.ForUser(v.who.User), id)
		if err == nil && ids == nil {
			err = store.ErrNotFound
		}
		return undoable(r, ids, "Kept whatever it scores; your agent will read it again"), err
	})
}

// undoable offers to take the reopening of a group back.
func undoable(r *http.Request, ids []int64, text string) *notice {
	if len(ids) == 0 {
		return nil
	}
	fields := []field{{"title", r.PostFormValue("title")}}
	for _, twin := range ids[1:] {
		fields = append(fields, field{"twin", fmt.Sprint(twin)})
	}
	return &notice{Text: text, Forms: []noticeForm{{
		Path: fmt.Sprintf("/jobs/%d/restore", ids[0]), Label: "Undo", Fields: fields,
	}}}
}

// restore takes a reopening back.
func (d *dashboard) restore(w http.ResponseWriter, r *http.Request, v visit) {
	d.act(w, r, v, func(id int64) (*notice, error) {
		keeper, ok := d.cfg.ForUser(v.who.User).(forge.Keeper)
		if !ok {
			return nil, errors.ErrUnsupported
		}
		ids := []int64{id}
		for _, text := range r.PostForm["twin"] {
			if twin, err := strconv.ParseInt(text, 10, 64); err == nil {
				ids = append(ids, twin)
			}
		}
		n, err := keeper.Restore(r.Context(), ids)
		if err == nil && n == 0 { // an agent has begun to read it, or has decided
			err = fmt.Errorf("%w: not reopened, or being read", store.ErrInvalid)
		}
		return &notice{Text: "Back where it was"}, err
	})
}
