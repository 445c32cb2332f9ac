package server

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// The pictures of every page, for a person to look at: FORGE_SCREENSHOTS names their folder, and
// FORGE_MEASURE=1 asks for them.
func TestMeasureTheGallery(t *testing.T) {
	if os.Getenv("FORGE_MEASURE") != "1" || screenshots() == "" {
		t.Skip("set FORGE_MEASURE=1 and FORGE_SCREENSHOTS to a folder, to have every page's picture taken")
	}
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	require.NoError(t, s.odd("ada"))
	plain := strings.NewReplacer("/", "", "?", "", "=", "-", "&", "-")
	shoot := func(kind, token string, paths ...string) {
		t.Helper()
		b := newBrowser(t)
		if token != "" {
			b.signIn(s, token)
		}
		for _, width := range []int64{390, 820, 1440} {
			for _, scheme := range []string{"light", "dark"} {
				b.looks(width, 900, scheme)
				for _, path := range paths {
					b.leads(chromedp.Navigate(s.URL + path))
					name := cmp.Or(plain.Replace(path), "matches")
					b.shoot(fmt.Sprintf("%s-%s-%d-%s", kind, name, width, scheme))
					needs := eval[int64](b, "document.documentElement.scrollWidth")
					require.LessOrEqual(t, needs, width, path)
				}
			}
		}
	}
	shoot("out", "", "/sign-in")
	shoot("empty", newestToken, "/")
	require.NoError(t, s.fresh("bob"))
	shoot("one", bobToken, "/", "/?list=1")
	shoot("some", adaToken, "/", "/?list=1&place=e&remote=1", "/?view=rejected", "/?view=waiting")
	shoot("some", adaToken, "/?view=failed", "/?view=INTERVIEW", "/?q=nothing", "/gate")
	s.history("bob", 20_000)
	shoot("many", bobToken, "/", "/?list=1")
}

// How long the lists of a user with 20,000 matches take, each the first time: FORGE_MEASURE=1 asks for it.
func TestMeasureNarrowedListsOfALongHistory(t *testing.T) {
	if os.Getenv("FORGE_MEASURE") != "1" {
		t.Skip("set FORGE_MEASURE=1 to measure")
	}
	s := newSite(t, nil)
	s.history("ada", 20_000)
	b := s.surfer(adaToken)
	for _, query := range []string{
		"", "list=1", "sort=posted", "sort=pay", "place=a", "board=example", "days=7", "pay=50000", "easy=1",
		"remote=1", "q=engineer", "q=kubernetes", "q=not+there",
	} {
		var took []time.Duration
		for range 5 {
			s.now.advance(time.Minute) // forgets what is remembered
			start := time.Now()
			status, _, _ := b.get("/?" + query)
			require.Equal(t, http.StatusOK, status)
			took = append(took, time.Since(start))
		}
		slices.Sort(took)
		t.Logf("/?%s: %v", query, took[2])
	}
}
