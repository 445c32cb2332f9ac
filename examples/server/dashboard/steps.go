package dashboard

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// The steps of an application, in their order.
var steps = []lead.Status{lead.Applied, interview, offer, declined}

// What the page keeps of a job with forge.Annotator: the day of each step, and the user's note.
const (
	stepKey = "step." // and the status
	noteKey = "note"
)

// A stage is one step of an application with its day.
type stage struct {
	Status lead.Status
	Name   string
	Date   string // as in 2026-11-24, empty if it is not known
	Day    string // the date in words
}

// stepsOf returns all steps of a job, and the user's note.
func stepsOf(e store.Entry) (all []stage, note string) {
	for _, s := range steps {
		this := stage{Status: s, Name: ownView(s).title}
		if on, err := time.Parse(time.DateOnly, text(e.Extra[stepKey+string(s)])); err == nil {
			this.Date, this.Day = on.Format(time.DateOnly), on.Format("2 January 2006")
		}
		all = append(all, this)
	}
	return all, text(e.Extra[noteKey])
}

// text returns a JSON string's text, empty if it is none.
func text(value json.RawMessage) (s string) {
	_ = json.Unmarshal(value, &s) // another program can have put something else there
	return s
}

// setStatus gives a job and its twins a status, and returns the jobs that it changed.
func (d *dashboard) setStatus(
	ctx context.Context, s forge.Store, id int64, from, to lead.Status,
) ([]store.Marked, error) {
	marked, err := forge.MarkGroup(ctx, s, id, from, to)
	for _, m := range marked {
		if err == nil {
			err = d.noteStep(ctx, s, m.ID, m.Was, to)
		}
	}
	return marked, err
}

// unmark takes a setStatus back. from is the status that the jobs got.
func (d *dashboard) unmark(ctx context.Context, s forge.Store, group []store.Marked, from lead.Status) error {
	err := forge.UnmarkGroup(ctx, s, group)
	for _, m := range group {
		if err == nil {
			err = d.noteStep(ctx, s, m.ID, from, m.Was)
		}
	}
	return err
}

// noteStep keeps or forgets the day of the step that a new status is.
func (d *dashboard) noteStep(ctx context.Context, s forge.Store, id int64, from, to lead.Status) error {
	annotator, ok := s.(forge.Annotator)
	if !ok {
		return nil
	}
	var err error
	if taken := to == lead.Matched || slices.Index(steps, to) < slices.Index(steps, from); taken {
		if slices.Contains(steps, from) {
			err = annotator.Put(ctx, id, stepKey+string(from), nil)
		}
	} else if slices.Contains(steps, to) {
		err = put(ctx, annotator, id, stepKey+string(to), d.cfg.Now().UTC().Format(time.DateOnly))
	}
	if errors.Is(err, store.ErrInvalid) { // other programs keep as much as there is room for
		return nil
	}
	return err
}

// put keeps a text, or removes it if it is empty.
func put(ctx context.Context, a forge.Annotator, id int64, key, value string) error {
	if value == "" {
		return a.Put(ctx, id, key, nil)
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return a.Put(ctx, id, key, encoded)
}

// note keeps the user's note on a job and the days of its steps.
func (d *dashboard) note(w http.ResponseWriter, r *http.Request, v visit) {
	d.act(w, r, v, func(id int64) (*notice, error) {
		annotator, ok := d.cfg.ForUser(v.who.User).(forge.Annotator)
		if !ok {
			return nil, errors.ErrUnsupported
		}
		for _, s := range steps {
			day := r.PostFormValue(string(s))
			if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
				return nil, store.ErrInvalid
			}
			if err := put(r.Context(), annotator, id, stepKey+string(s), day); err != nil {
				return nil, err
			}
		}
		note := strings.TrimSpace(r.PostFormValue("note"))
		return &notice{Text: "Noted"}, put(r.Context(), annotator, id, noteKey, note)
	})
}
