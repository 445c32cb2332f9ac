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
		{"a cancelled context is its error, never a match", func(k *kit) {
			ctx, cancel := context.WithCancel(k.Context())
			cancel()
			k.ends(ctx, context.Canceled)
		}},
		{"a deadline that has passed is its error, never a match", func(k *kit) {
			ctx, cancel := context.WithDeadline(k.Context(), time.Unix(0, 0))
			defer cancel()
			k.ends(ctx, context.DeadlineExceeded)
		}},
		{"a context that is cancelled while it scores gives a valid match or its error", func(k *kit) {
			ctx, cancel := context.WithCancel(k.Context())
			defer cancel()
			var wg sync.WaitGroup
			for i := range 8 {
				wg.Go(func() {
					if i == 4 {
						cancel()
					}
					if _, err := k.ask(ctx, resumeText, ordinary()); err != nil && !errors.Is(err, context.Canceled) {
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
			k.match(resumeText, ordinary())
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
		{"the score does not depend on what was scored before", func(k *kit) {
			first := k.match(resumeText, ordinary())
			k.match(resumeText, otherTrade())
			k.matchOrRefusal("Pastry chef with ten years of laminated dough.", otherTrade())
			if again := k.match(resumeText, ordinary()); again.Score != first.Score {
				k.Errorf("the same posting scored %d and then %d", first.Score, again.Score)
			}
		}},
		{"nothing of one posting shows in the judgement of the next", func(k *kit) {
			p := ordinary()
			p.Lead.Title = postingMark + " Engineer"
			p.Data.Requirements = "- Ten years of " + postingMark + " programming\n- " + postingMark + " certificate"
			p.Data.Description += "\n" + p.Data.Requirements
			k.match(resumeText, p)
			if m := k.match(resumeText, otherTrade()); strings.Contains(strings.Join(said(m), " "), postingMark) {
				k.Errorf("the judgement names a skill of the posting before")
			}
		}},
		{"what a caller does to a match does not change the next one", func(k *kit) {
			m := k.match(resumeText, otherTrade())
			for _, list := range [][]string{m.MissingSkills, m.SkillGapRecommendations} {
				for i := range list {
					list[i] = "overwritten"
				}
			}
			if again := k.match(resumeText, otherTrade()); slices.Contains(said(again), "overwritten") {
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
				{nurse, saying("Registered nurse for our intensive care unit, with experience in wound care.")},
			}
			want := make([]int, len(pairs))
			for i, pair := range pairs {
				want[i] = k.match(pair.resume, pair.p).Score
			}
			var wg sync.WaitGroup
			for g := range 16 {
				wg.Go(func() {
					i := g % len(pairs)
					m, err := k.ask(k.Context(), pairs[i].resume, pairs[i].p)
					if err != nil {
						k.Errorf("score: %v", err)
					} else if m.Score != want[i] {
						k.Errorf("pair %d scored %d alone and %d in company", i, want[i], m.Score)
					}
				})
			}
			wg.Wait()
		}},
	}
}
