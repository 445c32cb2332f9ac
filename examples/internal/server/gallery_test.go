package server

import (
	"fmt"
	"os"
	"testing"

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
	require.NoError(t, s.fresh("one"))
	b := newBrowser(t)
	pages := []struct{ name, path string }{
		{"matches", "/"},
		{"list", "/?list=1&place=e&remote=1"},
		{"rejected", "/?view=rejected"},
		{"interview", "/?view=INTERVIEW"},
		{"waiting", "/?view=waiting"},
		{"failed", "/?view=failed"},
		{"applied", "/?view=applied"},
		{"none", "/?q=nothing"},
		{"gate", "/gate"},
	}
	b.signIn(s, adaToken)
	for _, width := range []int64{390, 820, 1440} {
		for _, scheme := range []string{"light", "dark"} {
			b.looks(width, 900, scheme)
			for _, page := range pages {
				b.leads(chromedp.Navigate(s.URL + page.path))
				name := fmt.Sprintf("%s-%d-%s", page.name, width, scheme)
				b.shoot(name)
				t.Logf("%s is %d px high", name, eval[int](b, "document.documentElement.scrollHeight"))
			}
		}
	}
}
