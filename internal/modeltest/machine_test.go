package modeltest_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

const (
	recheck = 10 * 24 * time.Hour
	agents  = 4
)

// A machine is one run: what the agents hold, and both stores.
type machine struct {
	ctx    context.Context
	clock  *atomic.Int64
	tally  map[string]int
	sides  [2]func(user string) view // the reference, and the store under test
	tables *sql.DB
	before snapshot
	texts  map[string]bool // that a match brought

	hands [agents][]claim
	late  []claim // ended, or of an agent that crashed: their owners may still act on them
	known []known
}

// A claim is one job as each of the stores answered it.
type claim struct {
	user   string
	leases [2]store.Lease
}

// A known is a job that a Sync answered, with its id in each of the stores.
type known struct {
	user string
	ids  [2]int64
}

// A step says what the tables may show of it.
type step struct {
	name, user string
	rejection  bool
	readOnly   bool
	refused    bool // set by the machine: both stores returned an error
}

// do takes a step on both stores, compares the answers and checks the tables.
func (m *machine) do(
	t *rapid.T, s step, call func(v view, side int) (answer any, err error),
) (answers [2]any, err error) {
	var errs [2]error
	for side, as := range m.sides {
		answers[side], errs[side] = call(as(s.user), side)
	}
	for _, sentinel := range []error{store.ErrLeaseLost, store.ErrNotFound, store.ErrInvalid} {
		require.Equal(t, errors.Is(errs[0], sentinel), errors.Is(errs[1], sentinel),
			"%s: memory says %v, the store says %v", s.name, errs[0], errs[1])
		if errors.Is(errs[0], sentinel) {
			s.refused = true
		}
	}
	if !s.refused {
		require.NoError(t, errs[0], s.name)
		require.NoError(t, errs[1], s.name)
	}
	m.tally[s.name]++
	m.check(t, s)
	return answers, errs[0]
}

func user() *rapid.Generator[string] { return rapid.SampledFrom([]string{"ada", "bob", "cyd"}) }

func lease() *rapid.Generator[time.Duration] {
	return rapid.SampledFrom([]time.Duration{time.Second, time.Minute, time.Hour})
}

// leads are of few jobs, so that agents and users meet on them.
func leads() *rapid.Generator[[]lead.Lead] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) lead.Lead {
		n := rapid.IntRange(1, 6).Draw(t, "n")
		return lead.Lead{
			Source: rapid.SampledFrom([]string{"example", "other"}).
				Draw(t, "source"),
			ExternalID: fmt.Sprint(n),
			Title: rapid.SampledFrom([]string{"Engineer", "Cook"}).
				Draw(t, "title"),
			URL: fmt.Sprintf("https://jobs.example.com/%d", n),
		}
	}), 0, 6)
}

// decision draws a match with text, one without, a rejection, or what is neither.
func decision(t *rapid.T) enrich.Decision {
	by := rapid.SampledFrom([]string{"lexical/1", "lexical/2", "ollama/1"}).Draw(t, "by")
	match := enrich.Assessment{
		Score: rapid.IntRange(30, 101).Draw(t, "score"), Reasoning: "Fits.", By: by,
		Unverified: rapid.IntRange(0, 4).Draw(t, "unverified") == 0,
	}
	switch rapid.SampledFrom([]string{"match", "match", "text kept", "rejection", "rejection"}).
		Draw(t, "decision") {
	case "match":
		d := &enrich.Data{
			Description: rapid.SampledFrom(
				[]string{"Text one.", "Text two.", "Text three.", "Text four.", "Text five.", " "},
			).
				Draw(t, "text"),
		}
		d.Requirements = rapid.SampledFrom([]string{"", "Go", "Rust"}).Draw(t, "requirements")
		if rapid.Bool().Draw(t, "page says") {
			easy := rapid.Bool().Draw(t, "easy apply")
			d.IsEasyApply = &easy
		}
		if rapid.Bool().Draw(t, "attributes") {
			d.Attributes = map[string]string{
				enrich.AttrSalary: rapid.SampledFrom([]string{"1", "2"}).Draw(t, "salary"),
			}
		}
		match.MissingSkills = []string{"Rust"}
		return enrich.Decision{Assessment: match, Status: lead.Matched, Data: d}
	case "text kept":
		return enrich.Decision{Assessment: match, Status: lead.Matched}
	default:
		match.Score = rapid.IntRange(-1, 29).Draw(t, "score")
		return enrich.Decision{Assessment: match, Status: lead.AutoRejected}
	}
}

func outcome(t *rapid.T) store.Outcome {
	o := store.Outcome{
		Status: rapid.SampledFrom([]lead.Status{"", "", lead.Failed, lead.Closed}).Draw(t, "status"),
		Counts: rapid.Bool().Draw(t, "counts"), Cause: "a reason",
	}
	if o.Status == "" {
		o.After = rapid.SampledFrom([]time.Duration{0, 0, time.Minute, -1}).Draw(t, "after")
	}
	return o
}

// compareListings reads everything that the users can see, page by page.
func (m *machine) compareListings(t *rapid.T) {
	for _, user := range []string{"ada", "bob", "cyd"} {
		for _, f := range []store.Filter{
			{},
			{Limit: 3, Statuses: []lead.Status{
				lead.Discovered, lead.Matched, lead.AutoRejected, lead.Failed, lead.Closed, lead.Applied,
				lead.Saved,
				lead.Dismissed,
			}},
			{Text: "cook", MinScore: 40},
		} {
			for {
				answers, err := m.do(t, step{name: "list", user: user, readOnly: true},
					func(v view, _ int) (any, error) {
						entries, next, err := v.List(m.ctx, f)
						return page{entries, next}, err
					})
				require.NoError(t, err)
				want, got := answers[0].(page), answers[1].(page)
				require.Equal(t, show(want.entries), show(got.entries), "listing of %s", user)
				require.Equal(t, want.next != "", got.next != "")
				if want.next == "" {
					break
				}
				require.Equal(t, want.next, got.next, "ids are given in one order, so cursors agree")
				f.Cursor = want.next
			}
		}
		answers, err := m.do(t, step{name: "stats", user: user, readOnly: true},
			func(v view, _ int) (any, error) { return v.Stats(m.ctx) })
		require.NoError(t, err)
		require.Equal(t, answers[0], answers[1])
	}
}

type page struct {
	entries []store.Entry
	next    string
}

// show writes entries out without their ids, which may differ, and with what their pointers point
// to.
func show(entries []store.Entry) string {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "%v %s closed=%v at %v", e.Lead, e.Status, e.Closed, e.UpdatedAt)
		if e.Assessment != nil {
			fmt.Fprintf(&b, " %+v", *e.Assessment)
		}
		b.WriteString(showData(e.Data) + "\n")
	}
	return b.String()
}

func showData(d *enrich.Data) string {
	if d == nil {
		return " no text"
	}
	easy := "unsaid"
	if d.IsEasyApply != nil {
		easy = fmt.Sprint(*d.IsEasyApply)
	}
	return fmt.Sprintf(" %q %q %s %v", d.Description, d.Requirements, easy, d.Attributes)
}
