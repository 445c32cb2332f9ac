package scrapertest_test

import (
	"context"
	"iter"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/suite"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/scrapertest"
)

// A hostileBoard answers in a way that no board should.
type hostileBoard struct {
	forge.Scraper

	way string
}

func (b hostileBoard) Source() string {
	switch b.way {
	case "a name that panics":
		panic("hostile")
	case "no name":
		return ""
	}
	return b.Scraper.Source()
}

func (b hostileBoard) Search(ctx context.Context, q lead.Query) iter.Seq2[lead.Lead, error] {
	found := b.Scraper.Search(ctx, q)
	var refused *scraper.PageError
	return map[string]iter.Seq2[lead.Lead, error]{
		"no sequence":          nil,
		"a search that panics": func(func(lead.Lead, error) bool) { panic("hostile") },
		"a panic in mid-search": func(yield func(lead.Lead, error) bool) {
			for l, err := range found {
				yield(l, err)
				panic("hostile")
			}
		},
		"nothing": func(func(lead.Lead, error) bool) { found(func(lead.Lead, error) bool { return true }) },
		"blank leads": func(yield func(lead.Lead, error) bool) {
			for _, err := range found {
				if !yield(lead.Lead{}, err) {
					return
				}
			}
		},
		"a nil of a type": func(yield func(lead.Lead, error) bool) {
			for l, err := range found {
				if err == nil && !yield(l, refused) {
					return
				}
			}
		},
		"errors beside leads": func(yield func(lead.Lead, error) bool) {
			for l, err := range found {
				if err == nil && !yield(l, scraper.ErrCard) {
					return
				}
			}
		},
		"no end": func(yield func(lead.Lead, error) bool) {
			for l, err := range found {
				for range 2000 {
					yield(l, err)
				}
			}
		},
		"a wait without end": func(func(lead.Lead, error) bool) { select {} },
	}[b.way]
}

func (b hostileBoard) Detail(ctx context.Context, l lead.Lead) (enrich.Data, error) {
	d, err := b.Scraper.Detail(ctx, l)
	var refused *scraper.PageError
	switch b.way {
	case "an advert that panics":
		panic("hostile")
	case "a nil of a type":
		return d, refused
	case "nothing":
		return enrich.Data{}, nil
	}
	return d, err
}

// A board that answers with nonsense fails cases, and no case reads what is not there.
func TestHostileBoardsFailCasesAndNothingElse(t *testing.T) {
	t.Parallel()
	ways := []string{
		"no sequence", "nothing", "a nil of a type", "a wait without end", "a search that panics",
		"a panic in mid-search", "an advert that panics", "blank leads", "errors beside leads", "no end",
		"a name that panics", "no name",
	}
	if os.Getenv("FORGE_SOAK") != "1" {
		ways = ways[:4]
	}
	for _, way := range ways {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			open := func(tb testing.TB, env scrapertest.Env) (forge.Scraper, scrapertest.Site) {
				board, site := openJSON("")(tb, env)
				h := hostileBoard{board, way}
				if h.Search(tb.Context(), lead.Query{}) == nil && way != "no sequence" {
					return searching{h}, site
				}
				return h, site
			}
			quick := func(name string) bool { return !strings.HasPrefix(name, "Hostile/") }
			failures := scrapertest.Failures(t, open, quick)
			require.NotEmpty(t, failures)
			for name, said := range failures {
				require.NotContains(t, said, suite.Misread, name)
				require.NotContains(t, said, "has not ended", name)
			}
		})
	}
}

// searching is a hostile board whose searches are good.
type searching struct{ hostileBoard }

func (b searching) Search(ctx context.Context, q lead.Query) iter.Seq2[lead.Lead, error] {
	return b.Scraper.Search(ctx, q)
}
