package dashboard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

const mostReason = 120 // bytes of the filter by reason

// reasoned returns the rejected jobs whose score and reason the filter wants. The store filters by
// neither, so it is asked for more jobs until a page is full.
func reasoned(ctx context.Context, l forge.Lister, f filter) (found []store.Entry, next string, err error) {
	next = f.cursor
	reason := strings.ToLower(f.reason)
	for scanned := 0; scanned < mostScanned && len(found) < perPage; scanned += scanPage {
		f.cursor = next
		var entries []store.Entry
		listing := f.store(scanPage)
		listing.WithoutText = true
		entries, next, err = l.List(ctx, listing)
		if err != nil {
			return nil, "", err
		}
		for _, e := range entries {
			a := e.Assessment
			if a != nil && a.Score <= f.max && strings.Contains(strings.ToLower(a.Reasoning), reason) {
				found = append(found, e)
			}
		}
		if next == "" {
			break
		}
	}
	return found, next, nil
}

// why says what a list is, and what to do about its jobs.
func (d *dashboard) why(v view) string {
	switch v.name {
	case "rejected":
		return fmt.Sprintf(
			"Your scorer gave these less than %d, and found reasons for it. Their text was not kept. "+
				"If one was worth a look, reopen it: your agent reads it again.", d.cfg.Gate.Threshold())
	case "waiting":
		return "These were found and are not read yet, or were reopened. Your agent reads them when it " +
			"runs next. If they stay here, start it, and look at what it prints."
	case "failed":
		return "Your agent tried to read or score each of these several times and could not. The page of " +
			"the job may need a sign-in, or the scorer could not judge its text. Open the job on the " +
			"board, or reopen it to have it tried again."
	case "closed":
		return "The board took these down. If one is listed again much later, your agent reads it again."
	}
	return ""
}

// was returns an assessment as a form carries it.
func was(a enrich.Assessment) string {
	text, err := json.Marshal(a)
	if err != nil {
		return ""
	}
	return string(text)
}

// undoable offers to undo a Reopen of a rejected job, whose assessment the form carries.
func (d *dashboard) undoable(r *http.Request, id int64, n *notice) *notice {
	if text := r.PostFormValue("was"); text != "" {
		n.Forms = []noticeForm{{
			Path: fmt.Sprintf("/jobs/%d/reject", id), Label: "Undo",
			Fields: []field{{"was", text}, {"title", r.PostFormValue("title")}},
		}}
	}
	return n
}

// reject gives a reopened job its rejection back.
func (d *dashboard) reject(w http.ResponseWriter, r *http.Request, v visit) {
	d.act(w, r, v, func(id int64) (*notice, error) {
		var a enrich.Assessment
		if err := json.Unmarshal([]byte(r.PostFormValue("was")), &a); err != nil {
			return nil, store.ErrInvalid
		}
		decision := enrich.Decision{Assessment: a, Status: lead.AutoRejected}.Clean()
		if err := decision.Validate(); err != nil || a.Score >= d.cfg.Gate.Threshold() {
			return nil, store.ErrInvalid
		}
		err := d.cfg.ForUser(v.who.User).Decide(r.Context(), store.Lease{ID: id}, decision)
		if errors.Is(err, store.ErrLeaseLost) { // an agent has begun to read it
			err = fmt.Errorf("%w: being read", store.ErrInvalid)
		}
		return &notice{Text: "Rejected again"}, err
	})
}

// A verdictView is one button of a job that an audit drew.
type verdictView struct {
	Card    card
	Verdict store.Verdict
	Label   string
}

func newVerdict(c card, v, label string) verdictView { return verdictView{c, store.Verdict(v), label} }
