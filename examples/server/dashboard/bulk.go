package dashboard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// What the user can do with many jobs beside giving them a status.
const (
	doReopen  = "reopen"
	doKeep    = "keep"
	doRestore = "restore" // undoes the two
)

// bulkChoices returns what can be done with many jobs of a view.
func bulkChoices(v view) (choices []choice) {
	buttons, reopen := actions(v.statuses[0])
	for _, a := range buttons {
		choices = append(choices, choice{Value: string(a.Status), Label: a.Label})
	}
	if n := len(choices); n > 0 && choices[n-1].Value == string(lead.Dismissed) { // what is done most often
		choices = slices.Insert(choices[:n-1], 0, choices[n-1])
	}
	if v.statuses[0] == lead.AutoRejected {
		choices = append(choices, choice{Value: doKeep, Label: "Keep anyway"})
	}
	if reopen {
		choices = append(choices, choice{Value: doReopen, Label: "Reopen"})
	}
	return choices
}

// bulk does one thing with all jobs that are ticked, and offers to undo it.
func (d *dashboard) bulk(w http.ResponseWriter, r *http.Request, v visit) {
	d.finish(w, r, v, func(s forge.Store) (*notice, error) {
		ids := tickedIDs(r)
		if len(ids) == 0 {
			return &notice{Text: "Nothing is ticked"}, nil
		}
		do, from := r.PostFormValue("do"), lead.Status(r.PostFormValue("from"))
		if group := parseGroup(r.PostFormValue("undo")); group != nil {
			text := fmt.Sprintf("%s: %s", doneWith(lead.Status(do)), count(len(ids), "job"))
			return &notice{Text: text}, d.unmark(r.Context(), s, group, from)
		}
		if do == doReopen || do == doKeep {
			var err error
			if ids, err = withTwinsOf(r.Context(), s, ids, from); err != nil {
				return nil, err
			}
		}
		done, marked, text, err := d.doAll(r.Context(), s, ids, do, from)
		if err != nil {
			return nil, err
		}
		n := &notice{Text: fmt.Sprintf("%s: %s", text, count(done, "job"))}
		if done < len(ids) {
			n.Effect = fmt.Sprintf("%s changed in the meantime.", count(len(ids)-done, "other"))
		}
		undo := string(from)
		if do == doReopen || do == doKeep {
			undo = doRestore
		}
		if done > 0 && undo != "" && undo != do && r.PostFormValue("undo") == "" {
			fields := []field{{"do", undo}, {"from", do}, {"undo", cmp.Or(groupText(marked), "1")}}
			for _, id := range ids {
				fields = append(fields, field{"id", strconv.FormatInt(id, 10)})
			}
			n.Forms = []noticeForm{{Path: "/jobs/bulk", Label: "Undo", Fields: fields}}
		}
		return n, nil
	})
}

// withTwinsOf returns the jobs and those of their twins that have a status.
func withTwinsOf(ctx context.Context, s forge.Store, ids []int64, status lead.Status) ([]int64, error) {
	grouper, ok := s.(forge.Grouper)
	if !ok {
		return ids, nil
	}
	twins, err := grouper.Twins(ctx, ids)
	for _, t := range twins {
		if t.Status == status && len(ids) < store.MaxBatch && !slices.Contains(ids, t.ID) {
			ids = append(ids, t.ID)
		}
	}
	return ids, err
}

// doAll does one thing with the jobs, and returns with how many it did it, which ones it marked, twins
// among them, and what it was. Jobs that the user does not have are passed over.
func (d *dashboard) doAll(
	ctx context.Context, s forge.Store, ids []int64, do string, from lead.Status,
) (done int, marked []store.Marked, text string, err error) {
	keeper, isKeeper := s.(forge.Keeper)
	reopener, isReopener := s.(forge.Reopener)
	switch {
	case do == doReopen && isReopener:
		n, err := reopener.Reopen(ctx, store.Selection{IDs: ids, Statuses: []lead.Status{from}})
		return n, nil, "Reopened", err
	case do == doKeep && isKeeper:
		n, err := keeper.Keep(ctx, ids)
		return n, nil, "Kept whatever they score", err
	case do == doRestore && isKeeper:
		n, err := keeper.Restore(ctx, ids)
		return n, nil, "Back where they were", err
	}
	to := lead.Status(do)
	for _, id := range ids {
		group, err := d.setStatus(ctx, s, id, from, to)
		marked = append(marked, group...)
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return done, marked, "", err
		default:
			done++
		}
	}
	return done, marked, doneWith(to), nil
}

// tickedIDs returns the ids of a form, at most as many as a store takes.
func tickedIDs(r *http.Request) (ids []int64) {
	name := "id"
	if r.PostFormValue("all") == "1" {
		name = "shown"
	}
	for _, text := range r.PostForm[name] {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil && len(ids) < store.MaxBatch {
			ids = append(ids, id)
		}
	}
	return ids
}
