package forge

import (
	"context"
	"slices"
	"sync"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/enrich/twin"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// maxScored is the number of adverts whose assessment a pipeline remembers, at about 1 kB each.
const maxScored = 4096

// otherPlace is how far below the gate a score must be for the rejection to hold in another place,
// too. The model's rubric gives ten points for the place.
const otherPlace = 20

// scored remembers what the pipeline's scorer said, so that the same advert on another board, in
// another city or under a new id is not scored again. A pipeline has one résumé and one scorer, and
// what it remembers ends with it.
type scored struct {
	mu    sync.Mutex
	byKey map[twin.Key][]*advert
	order []*advert // the oldest first
}

// An advert is a posting that was scored, or is being scored.
type advert struct {
	key        twin.Key
	signature  twin.Signature
	figures    uint64
	lead       lead.Lead
	attributes map[string]string

	jobs []int64       // that were decided by it
	done chan struct{} // closed when the scoring has ended

	// assessment is nil if the scoring failed. It is written before done is closed.
	assessment *enrich.Assessment
}

func newAdvert(j store.Job, d enrich.Data) *advert {
	a := &advert{
		key: twin.KeyOf(j.Lead), lead: j.Lead, attributes: d.Attributes, jobs: []int64{j.ID},
		done: make(chan struct{}),
	}
	if !d.IsTeaser() { // a teaser says too little
		a.signature, a.figures = twin.SignatureOf(d.Description), twin.FiguresOf(d.Description)
	}
	return a
}

// add remembers a and returns its twins that were scored before or are being scored, the nearest
// first. A twin that decided this very job before is forgotten instead: the job was reopened or its
// text is old, so what was said then does not count.
func (s *scored) add(a *advert) (twins []*advert) {
	if a.signature == (twin.Signature{}) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, other := range slices.Clone(s.byKey[a.key]) {
		switch {
		case !twin.SameText(a.signature, other.signature):
		case slices.Contains(other.jobs, a.jobs[0]):
			s.forget(other)
		default:
			twins = append(twins, other)
		}
	}
	slices.SortStableFunc(twins, func(x, y *advert) int {
		return twin.Distance(a.signature, x.signature) - twin.Distance(a.signature, y.signature)
	})
	if s.byKey == nil {
		s.byKey = make(map[twin.Key][]*advert)
	}
	s.byKey[a.key] = append(s.byKey[a.key], a)
	s.order = append(s.order, a)
	if len(s.order) > maxScored {
		s.forget(s.order[0])
	}
	return twins
}

// forget removes an advert.
func (s *scored) forget(a *advert) {
	is := func(other *advert) bool { return other == a }
	s.order = slices.DeleteFunc(s.order, is)
	if left := slices.DeleteFunc(s.byKey[a.key], is); len(left) > 0 {
		s.byKey[a.key] = left
	} else {
		delete(s.byKey, a.key)
	}
}

// end records how the scoring of a ended. If a was not scored itself, its twin stands for it.
func (s *scored) end(a *advert, own *enrich.Assessment, by *advert) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a.assessment = own
	close(a.done)
	if by != nil {
		by.jobs = append(by.jobs, a.jobs...)
	}
	if own == nil {
		s.forget(a)
	}
}

// holdsFor reports whether the assessment of a holds for its twin b. A wrong rejection would hide a job,
// so one holds only if the texts are nearly identical, state the same figures and levels, and the
// boards say the same beside them; in another place only if the score is far below the threshold.
func (a *advert) holdsFor(b *advert, threshold int) bool {
	score := a.assessment.Score
	if score >= threshold || a.assessment.Unverified {
		return true
	}
	for _, stated := range []string{
		enrich.AttrSeniority, enrich.AttrExperience, enrich.AttrWorkplace, enrich.AttrEmploymentType,
	} {
		if a.attributes[stated] != b.attributes[stated] {
			return false
		}
	}
	return twin.Distance(a.signature, b.signature) <= twin.Identical && a.figures == b.figures &&
		(a.lead.Location == b.lead.Location || score < threshold-otherPlace)
}

// assessOnce scores the posting, unless the scorer has said of a twin what holds for it. Twins that are
// claimed at the same time are scored one after the other.
func (t *task) assessOnce(ctx context.Context, d enrich.Data) (a enrich.Assessment, err error) {
	advert := newAdvert(t.Job, d)
	t.fingerprint = uint64(advert.signature.Fingerprint())
	for _, other := range t.seen.add(advert) {
		select {
		case <-other.done:
		case <-t.stopped:
			err = errNotStarted
		case <-ctx.Done():
			err = ctx.Err()
		}
		if err != nil {
			t.seen.end(advert, nil, nil)
			return a, err
		}
		if other.assessment == nil || !other.holdsFor(advert, t.cfg.Gate.Threshold()) {
			continue
		}
		t.seen.end(advert, nil, other)
		t.twin = true
		return sameAs(other, d), nil
	}
	a, err = t.assess(ctx, d)
	if err != nil {
		t.seen.end(advert, nil, nil)
		return a, err
	}
	t.seen.end(advert, &a, nil)
	return a, nil
}

// sameAs returns the assessment of a twin, whose reasoning names it.
func sameAs(a *advert, d enrich.Data) enrich.Assessment {
	same := a.assessment.WithoutQuotes(d)
	same.MissingSkills = slices.Clone(same.MissingSkills)
	same.SkillGapRecommendations = slices.Clone(same.SkillGapRecommendations)
	reasoning := []rune("Same advert as " + a.lead.Key().String() + ". " + same.Reasoning)
	same.Reasoning = string(reasoning[:min(len(reasoning), enrich.MaxReasoningRunes)])
	return same
}
