package dashboard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/gate/promise"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

const (
	gatePath   = "/gate"
	asked      = 3   // rejected jobs that the page asks about at once
	mostGaps   = 8   // skills that are listed
	mostOwners = 3   // scorers that have a promise of their own on the page
	gapSample  = 500 // matches, the best ones, whose missing skills are counted
)

// A gatePage is the data of the template gate.html.
type gatePage struct {
	User     string
	ViewOnly bool
	Notice   *notice
	Back     string
	Tabs     []tab

	Gate      int
	Try       int // the threshold of the slider
	Regating  store.Regating
	Promises  []promised
	Asked     []card
	Histogram histogram
	Gaps      []skillGap
	Matches   int // in which the gaps were counted
}

// A promised is the promise of one scorer.
type promised struct {
	By                     string // empty if there is one scorer only
	Sentence, Pass, Behind string
	Enough                 bool
	Low, Width, Point      float64 // of 100, for the bar
	Label                  string
	Judged, Needed         int
}

// A skillGap is a skill that matches ask for and the résumé does not show.
type skillGap struct {
	Skill string
	N     int
	W     float64 // of 100
}

// gate shows how good the gate is, and asks about rejected jobs.
func (d *dashboard) gate(w http.ResponseWriter, r *http.Request, v visit) {
	leave, err := d.cfg.Enter(r.Context(), v.session.token)
	if err != nil {
		d.failed(w, r, err)
		return
	}
	defer leave()
	p := gatePage{
		User: v.who.User, ViewOnly: v.who.ViewOnly, Back: "page=gate", Gate: d.cfg.Gate.Threshold(),
	}
	p.Try = p.Gate
	if n, err := strconv.Atoi(r.URL.Query().Get("threshold")); err == nil && n >= 0 && n <= 100 {
		p.Try = n
	}
	if err := d.fillGate(r.Context(), &p); err != nil {
		d.failed(w, r, err)
		return
	}
	p.Notice = d.sessions.take(v.session)
	d.render(w, http.StatusOK, "gate.html", p)
}

func (d *dashboard) fillGate(ctx context.Context, p *gatePage) error {
	s, ok := d.cfg.ForUser(p.User).(interface {
		forge.Auditor
		forge.Counter
		forge.Lister
	})
	if !ok {
		return errors.ErrUnsupported
	}
	stats, err := s.Stats(ctx)
	if err != nil {
		return err
	}
	try, err := gate.New(p.Try)
	if err != nil {
		return err
	}
	p.Regating = stats.Regating(try)
	ev, err := s.Evidence(ctx)
	if err != nil {
		return err
	}
	if p.Promises, err = promises(ev, p.Gate); err != nil {
		return err
	}
	p.Tabs, _ = tabs(filter{view: view{name: "gate"}}, stats)
	p.Histogram = newHistogram(stats.Scores, p.Gate)
	p.Histogram.mark(ev.Labels)
	if !p.ViewOnly {
		entries, err := s.Audit(ctx, asked)
		if err != nil {
			return err
		}
		for _, e := range entries {
			p.Asked = append(p.Asked, newCard(e, d.cfg.Now(), d.cfg.Now(), p.Gate, true))
		}
	}
	matches, _, err := s.List(ctx, store.Filter{
		Statuses: []lead.Status{lead.Matched}, Limit: gapSample, WithoutText: true,
	})
	p.Gaps, p.Matches = gapsOf(matches), len(matches)
	return err
}

func promises(ev gate.Evidence, threshold int) ([]promised, error) {
	parts := ev.ByScorer()
	var all []promised
	for _, part := range parts[:min(len(parts), mostOwners)] {
		e, err := promise.Of(part, threshold)
		if err != nil {
			return nil, err
		}
		p := promised{
			Sentence: unbroken(e.String()), Enough: e.Enough(), Judged: e.Judged, Needed: e.Needed,
			Low: 100 * e.Lost.Low, Width: max(1, 100*e.Lost.Width()), Point: 100 * e.Lost.Point,
			Label: fmt.Sprintf("Between %.0f and %.0f of 100", 100*e.Lost.Low, 100*e.Lost.High),
			Behind: fmt.Sprintf("From %s judged out of %d, and %s marked as worth a look.",
				count(e.Judged, "rejected job"), e.Rejected, matchCount(e.Good)),
		}
		if e.Enough() {
			p.Pass = fmt.Sprintf("Of the other jobs, %.0f to %.0f %% pass it.", 100*e.Passed.Low,
				100*e.Passed.High)
		}
		if len(parts) > 1 {
			p.By = cmp.Or(e.By, "an unnamed scorer")
		}
		all = append(all, p)
	}
	return all, nil
}

func matchCount(n int) string {
	if n == 1 {
		return "1 match"
	}
	return fmt.Sprintf("%d matches", n)
}

// gapsOf counts the missing skills of the matches, whatever their case, the most frequent first.
func gapsOf(matches []store.Entry) []skillGap {
	byName := map[string]*skillGap{}
	for _, e := range matches {
		if e.Assessment == nil {
			continue
		}
		seen := map[string]bool{}
		for _, skill := range e.Assessment.MissingSkills {
			name := strings.ToLower(skill)
			if seen[name] {
				continue
			}
			seen[name] = true
			if byName[name] == nil {
				byName[name] = &skillGap{Skill: skill}
			}
			byName[name].N++
		}
	}
	var all []skillGap
	for _, g := range byName {
		g.W = 100 * float64(g.N) / float64(len(matches))
		all = append(all, *g)
	}
	slices.SortFunc(all, func(a, b skillGap) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Skill, b.Skill))
	})
	return all[:min(len(all), mostGaps)]
}

// mark adds the jobs that the user marked or judged to the bars.
func (h *histogram) mark(labels []gate.Label) {
	for _, l := range labels {
		b := &h.Bars[min(l.Score*bins/100, bins-1)]
		if l.Worth {
			b.Good++
		} else {
			b.Other++
		}
	}
	for i := range h.Bars {
		b := &h.Bars[i]
		if n := b.Good + b.Other; n > 0 {
			b.Label += fmt.Sprintf(", %d worth a look and %d not", b.Good, b.Other)
			h.Labelled += n
			b.GoodH = b.H * min(1, float64(b.Good)/float64(max(1, b.N)))
			b.OtherH = b.H * min(1, float64(b.Other)/float64(max(1, b.N)))
			b.GoodY = chartHeight - b.GoodH
			b.OtherY = b.GoodY - b.OtherH
		}
	}
}

// regate applies another gate to what is decided.
func (d *dashboard) regate(w http.ResponseWriter, r *http.Request, v visit) {
	d.change(w, r, v, func(s forge.Store) (string, error) {
		regater, ok := s.(forge.Regater)
		if !ok {
			return "", errors.ErrUnsupported
		}
		threshold, err := strconv.Atoi(r.PostFormValue("threshold"))
		if err != nil {
			return "", store.ErrInvalid
		}
		g, err := gate.New(threshold)
		if err != nil {
			return "", store.ErrInvalid
		}
		done, err := regater.Regate(r.Context(), g)
		const text = "Hidden: %d. Brought back, to be read again: %d. Give your agent -threshold %d, too."
		return fmt.Sprintf(text, done.Hidden, done.Reopened, threshold), err
	})
}

// judge records what the user says of a job that an audit drew.
func (d *dashboard) judge(w http.ResponseWriter, r *http.Request, v visit) {
	d.act(w, r, v, func(id int64) (*notice, error) {
		s, ok := d.cfg.ForUser(v.who.User).(forge.Auditor)
		if !ok {
			return nil, errors.ErrUnsupported
		}
		verdict := store.Verdict(r.PostFormValue("verdict"))
		before, err := d.figure(r.Context(), s)
		if err != nil {
			return nil, err
		}
		if err := s.Judge(r.Context(), id, verdict); err != nil {
			return nil, err
		}
		after, err := d.figure(r.Context(), s)
		if err != nil {
			return nil, err
		}
		n := &notice{Text: judged(verdict), Effect: "The figure stays: " + after}
		if before != after {
			n.Effect = "Before: " + before + " Now: " + after
		}
		title := r.PostFormValue("title")
		if verdict == "" {
			return n, nil
		}
		n.Forms = []noticeForm{{
			Path: fmt.Sprintf("/jobs/%d/judge", id), Label: "Undo",
			Fields: []field{{"verdict", ""}, {"title", title}},
		}}
		if verdict == store.Worth {
			n.Forms = append(n.Forms, noticeForm{
				Path: fmt.Sprintf("/jobs/%d/reopen", id), Label: "Have it read again",
				Fields: []field{{"title", title}},
			})
		}
		return n, nil
	})
}

// figure returns the promise of the scorer of most jobs.
func (d *dashboard) figure(ctx context.Context, s forge.Auditor) (string, error) {
	ev, err := s.Evidence(ctx)
	if err != nil {
		return "", err
	}
	all, err := promises(ev, d.cfg.Gate.Threshold())
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[0].Sentence, nil
}

func judged(v store.Verdict) string {
	switch v {
	case store.Worth:
		return "Worth a look"
	case store.NotWorth:
		return "Rightly rejected"
	case store.Unsure:
		return "Left out of the figure"
	}
	return "Taken back"
}

// unbroken keeps each number and its percent sign on one line.
func unbroken(text string) string { return strings.ReplaceAll(text, " %", "\u00a0%") }
