package scorertest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/agent-forge/forge/enrich"
)

func contextCases() []testCase {
	return []testCase{
		{"a cancelled context is its error, never an assessment", func(k *kit) {
			ctx, cancel := context.WithCancel(k.Context())
			cancel()
			k.ends(ctx, context.Canceled)
		}},
		{"a deadline that has passed is its error, never an assessment", func(k *kit) {
			ctx, cancel := context.WithDeadline(k.Context(), time.Unix(0, 0))
			defer cancel()
			k.ends(ctx, context.DeadlineExceeded)
		}},
		{"a context that is cancelled while it scores gives a valid assessment or its error", func(k *kit) {
			ctx, cancel := context.WithCancel(k.Context())
			defer cancel()
			var wg sync.WaitGroup
			for i := range 8 {
				k.Go(&wg, func() {
					if i == 4 {
						cancel()
					}
					_, err := k.ask(ctx, resumeText, ordinary())
					if err != nil && !errors.Is(err, context.Canceled) {
						k.Errorf("got error %v, want one that wraps %v", err, context.Canceled)
					}
				})
			}
			wg.Wait()
		}},
		{"a scorer works on after a cancelled call", func(k *kit) {
			ctx, cancel := context.WithCancel(k.Context())
			cancel()
			k.ends(ctx, context.Canceled)
			k.assess(resumeText, ordinary())
		}},
	}
}

func (k *kit) ends(ctx context.Context, want error) {
	k.Helper()
	_, err := k.ask(ctx, resumeText, ordinary())
	switch {
	case err == nil:
		k.Errorf("scored under a context that had ended")
	case !errors.Is(err, want):
		k.Errorf("got error %v, want one that wraps %q", err, want)
	}
}

func callCases() []testCase {
	return []testCase{
		{"the score depends on the résumé and on the posting", func(k *kit) {
			chef := "Pastry chef with ten years of laminated dough and sugar work, and a HACCP certificate."
			own, other := k.assess(resumeText, ordinary()).Score, k.assess(resumeText, otherTrade()).Score
			chefOwn, chefOther := k.assess(chef, otherTrade()).Score, k.assess(chef, ordinary()).Score
			if own == chefOther && other == chefOwn {
				k.Errorf("two résumés score the same, %d and %d: the résumé is not read", own, other)
			}
			if own == other && chefOwn == chefOther {
				k.Errorf("two postings score the same, %d and %d: the posting is not read", own, chefOwn)
			}
		}},
		{"the score does not depend on what was scored before", func(k *kit) {
			first := k.assess(resumeText, ordinary())
			k.assess(resumeText, otherTrade())
			k.assessOrRefuse("Pastry chef with ten years of laminated dough.", otherTrade())
			if again := k.assess(resumeText, ordinary()); again.Score != first.Score {
				k.Errorf("the same posting scored %d and then %d", first.Score, again.Score)
			}
		}},
		{"nothing of one posting shows in the assessment of the next", func(k *kit) {
			p := ordinary()
			p.Lead.Title = postingMark + " Engineer"
			p.Data.Requirements = "- Ten years of " + postingMark + " programming\n- " +
				postingMark + " certificate"
			p.Data.Description += "\n" + p.Data.Requirements
			k.assess(resumeText, p)
			if strings.Contains(strings.Join(said(k.assess(resumeText, otherTrade())), " "), postingMark) {
				k.Errorf("the assessment names a skill of the posting before")
			}
		}},
		{"what a caller does to an assessment does not change the next one", func(k *kit) {
			a := k.assess(resumeText, otherTrade())
			for _, list := range [][]string{a.MissingSkills, a.SkillGapRecommendations} {
				for i := range list {
					list[i] = "overwritten"
				}
			}
			if again := k.assess(resumeText, otherTrade()); slices.Contains(said(again), "overwritten") {
				k.Errorf("the scorer hands out its own memory")
			}
		}},
	}
}

func concurrencyCases() []testCase {
	return []testCase{
		{"sixteen goroutines get what one gets", func(k *kit) {
			nurse := "Registered nurse with ten years in intensive care and a certificate in wound care."
			pairs := []struct {
				resume string
				p      enrich.Posting
			}{
				{resumeText, ordinary()},
				{resumeText, otherTrade()},
				{nurse, ordinary()},
				{nurse, saying("Registered nurse for our intensive care unit, experienced in wound care.")},
			}
			want := make([]int, len(pairs))
			for i, pair := range pairs {
				want[i] = k.assess(pair.resume, pair.p).Score
			}
			var wg sync.WaitGroup
			for g := range 16 {
				k.Go(&wg, func() {
					i := g % len(pairs)
					a, err := k.ask(k.Context(), pairs[i].resume, pairs[i].p)
					if err != nil {
						k.Errorf("score: %v", err)
					} else if a.Score != want[i] {
						k.Errorf("pair %d scored %d alone and %d in company", i, want[i], a.Score)
					}
				})
			}
			wg.Wait()
		}},
	}
}
