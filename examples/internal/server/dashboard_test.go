package server

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
)

// signIn types a token into the sign-in form.
func (t *tab) signIn(s *site, token string) {
	t.Helper()
	t.leads(chromedp.Navigate(s.URL + "/sign-in"))
	if eval[bool](t, "document.querySelector('#token') === null") {
		t.leads(chromedp.Click(chromedp.CSS(".bar .button"))) // someone is signed in
	}
	t.leads(chromedp.SendKeys(chromedp.CSS("#token"), token+"\r"))
}

// A user signs in, filters, marks a job, takes the mark back, and reopens a rejected job.
func TestAPersonWalksThroughThePage(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	b := newBrowser(t)
	b.looks(1280, 900, "light")

	b.leads(chromedp.Navigate(s.URL))
	require.Contains(t, b.html(), "Paste your token", "a stranger is asked to sign in")
	b.shoot("sign-in-light")
	b.quiet()
	require.Equal(
		t, "token", eval[string](b, "document.activeElement.id"), "the keyboard goes to the one field",
	)
	b.leads(chromedp.KeyEvent("forge_WRONG\r"))
	require.Contains(t, b.text(".alert"), "does not know this token")
	b.heard() // Chromium notes the 401
	b.signIn(s, adaToken)
	require.Equal(t, "Matches", b.text("h1"))
	require.Equal(t, 7, b.count(".card"))
	require.Equal(t, "Senior Go Engineer, Routing (opens linkedin.com in a new tab)", b.text(".card h2"),
		"the best comes first")
	require.Contains(t, b.text(".hidden-lists"), "Rejected 38", "junk is out of sight, behind a count")
	b.shoot("matches-light")
	b.quiet()

	b.leads(chromedp.SendKeys(chromedp.CSS("#q"), "platform"), chromedp.Click(chromedp.CSS(".filter button")))
	require.Equal(t, 1, b.count(".card"))
	require.Contains(t, b.text(".card h2"), "Platform Engineer")
	b.leads(chromedp.SetValue(chromedp.CSS("#min"), "90"), chromedp.Click(chromedp.CSS(".filter button")))
	require.Contains(t, b.text(".empty"), "Nothing fits the filter")
	b.shoot("empty-light")
	b.leads(chromedp.Click(chromedp.CSS(".empty .button")))
	require.Equal(t, 7, b.count(".card"))

	b.leads(chromedp.Click(chromedp.CSS(".card .button.primary")))
	require.Equal(t, "Marked as applied Senior Go Engineer, Routing", b.text(".notice p"))
	require.Equal(t, 6, b.count(".card"))
	b.shoot("applied-light")
	b.leads(chromedp.Click(chromedp.CSS(".notice .button")))
	require.Contains(t, b.text(".notice p"), "Back where it was")
	require.Equal(t, 7, b.count(".card"))

	b.leads(chromedp.Click(chromedp.CSS(".hidden-lists a")))
	require.Equal(t, "Rejected", b.text("h1"))
	require.Equal(t, 25, b.count(".card"))
	b.shoot("rejected-light")
	b.leads(chromedp.Click(chromedp.CSS(".card .actions .button")))
	require.Contains(t, b.text(".notice p"), "Kept whatever it scores")
	require.Contains(t, b.text(".hidden-lists"), "Rejected 37")
	require.Contains(t, b.text(".hidden-lists"), "Waiting 6")

	b.do(chromedp.EmulateViewport(1280, 900))
	b.leads(chromedp.Click(chromedp.CSS(".bar .button")))
	require.Contains(t, b.html(), "Paste your token", "signed out")
	b.leads(chromedp.Navigate(s.URL))
	require.Contains(t, b.html(), "Paste your token", "and it stays so")
	b.quiet()
}

// The page has a dark form, and on a phone it does not scroll sideways.
func TestThePageFitsAPhoneAndTheDark(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	b := newBrowser(t)
	b.signIn(s, adaToken)
	s.now.advance(2 * 24 * time.Hour) // the next visit
	require.NoError(t, s.fresh("ada"))
	for _, look := range []struct {
		name          string
		width, height int64
	}{{"desktop", 1280, 900}, {"phone", 390, 844}, {"small-phone", 320, 640}} {
		for _, scheme := range []string{"light", "dark"} {
			b.looks(look.width, look.height, scheme)
			pages := []struct{ name, path string }{
				{
					"matches", "/",
				}, {"rejected", "/?view=rejected"}, {"none", "/?q=nothing"}, {
					"applied", "/?view=applied",
				}, {"list", "/?list=1"},
			}
			if screenshots() == "" && (scheme != "light" || look.width >= 1000) {
				pages = pages[:1]
			}
			for _, page := range pages {
				b.leads(chromedp.Navigate(s.URL + page.path))
				require.LessOrEqual(t, eval[int](b, "document.documentElement.scrollWidth"), int(look.width),
					"%s %s", look.name, page.path)
				b.shoot(page.name + "-" + look.name + "-" + scheme)
			}
		}
	}
	light, dark := "rgb(246, 244, 240)", "rgb(19, 17, 15)"
	require.Equal(t, dark, eval[string](b, "getComputedStyle(document.body).backgroundColor"))
	b.looks(1280, 900, "light")
	require.Equal(t, light, eval[string](b, "getComputedStyle(document.body).backgroundColor"))
	b.leads(chromedp.Navigate(s.URL))
	require.Contains(t, b.text(".since"), "1 new since your visit on Tuesday")
	require.Equal(t, 1, b.count(".card.new"))
	b.leads(chromedp.Click(chromedp.CSS(".since a")))
	require.Equal(t, 1, b.count(".card"))
	b.signIn(s, newestToken)
	b.shoot("first-day-desktop-light")
	b.quiet()
}

// Nothing on the page needs JavaScript.
func TestThePageWorksWithoutJavaScript(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	b := newBrowser(t)
	b.withoutScripts()
	b.leads(chromedp.Navigate(s.URL))
	b.leads(chromedp.SendKeys(chromedp.CSS("#token"), adaToken+"\r"))
	require.Contains(t, b.html(), "Senior Go Engineer, Routing")
	// skip link, brand, sign out, six tabs and what leads past the cards, the form of the list, four of the
	// filter, the box to tick, title, posting, and the first button
	for range 19 {
		b.do(chromedp.KeyEvent("\t"))
	}
	b.leads(chromedp.KeyEvent("\r"))
	require.Contains(t, b.html(), "Marked as applied")
	stats, err := s.forUser("ada").(forge.Counter).Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, stats.ByStatus[lead.Applied])
	b.leads(chromedp.Navigate(s.URL + "/?view=rejected"))
	require.Contains(t, b.html(), "Account Manager")
	b.shoot("without-javascript")
	b.quiet()
}

// Text of a board is shown as text, also if it is HTML or script.
func TestHostileTextIsShownAsText(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seedHostile(t.Context(), s.forUser("ada")))
	b := newBrowser(t)
	b.signIn(s, adaToken)
	require.Equal(t, 1, b.count(".card"))
	require.Equal(t, hostile+" (opens jobs.example.com in a new tab)", b.text(".card h2"))
	require.Contains(t, b.text(".reasoning"), hostile)
	require.Equal(t, hostile, b.text(".missing li"))
	require.Zero(t, b.count("main script, main img, main iframe, main style, [onerror], [onload]"))
	require.Equal(t, "noopener noreferrer", eval[string](b, "document.querySelector('.card h2 a').rel"))
	b.leads(chromedp.Click(chromedp.CSS(".card .button.primary")))
	require.Contains(t, b.text(".notice p"), hostile)
	b.quiet()
}

// axe-core finds nothing serious: https://github.com/dequelabs/axe-core
func TestThePageIsAccessible(t *testing.T) {
	t.Parallel()
	const installed = "../../server/accessibility/node_modules/axe-core/axe.min.js"
	axe, err := os.ReadFile(installed)
	if err != nil {
		t.Skip("axe-core is not here; npm ci --prefix examples/server/accessibility brings it")
	}
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	b := newBrowser(t)
	b.withoutPolicy() // for axe alone: it is a script
	checked := 0
	check := func(what string) {
		t.Helper()
		checked++
		b.do(chromedp.Evaluate[chromedp.Void](string(axe)))
		found, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`
			axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations
				.filter(v => v.impact === "serious" || v.impact === "critical")
				.map(v => v.id + ": " +
					v.nodes.map(n => n.target.join(" ") + " " + n.failureSummary).join("; "))
				.join("\n"))`, chromedp.EvalAwaitPromise))
		require.NoError(t, err)
		require.Empty(t, found, what)
	}
	require.NoError(t, s.odd("ada"))
	paths := []string{"/", "/?list=1&pay=1", "/?view=rejected", "/?q=nothing", "/gate"}
	widths := []int64{1280}
	if os.Getenv("FORGE_MEASURE") == "1" { // every page in every state
		widths = []int64{390, 820, 1440}
		paths = append(paths, "/?view=waiting", "/?view=failed", "/?view=applied", "/?view=INTERVIEW",
			"/?view=dismissed", "/?view=saved&list=1", "/?view=rejected&list=1&max=20", "/nowhere")
	}
	for _, width := range widths {
		for _, scheme := range []string{"light", "dark"} {
			b.looks(width, 900, scheme)
			b.leads(chromedp.Navigate(s.URL + "/sign-in"))
			check(fmt.Sprintf("sign-in %d %s", width, scheme))
			b.signIn(s, adaToken)
			for _, path := range paths {
				b.leads(chromedp.Navigate(s.URL + path))
				b.do(
					chromedp.Evaluate[chromedp.Void](
						"document.querySelectorAll('main details').forEach(d => d.open = true)",
					),
				)
				check(fmt.Sprintf("%s %d %s", path, width, scheme))
			}
			b.leads(chromedp.Navigate(s.URL))
			b.leads(chromedp.Click(chromedp.CSS(".card .actions .button")))
			check(fmt.Sprintf("after a mark %d %s", width, scheme))
			b.do(chromedp.KeyEvent("?"))
			check(fmt.Sprintf("the keys %d %s", width, scheme))
			b.do(chromedp.KeyEvent("?"))
			if width < 900 {
				b.do(chromedp.Click(chromedp.CSS(".narrow summary")))
				check(fmt.Sprintf("more %d %s", width, scheme))
				b.leads(chromedp.Navigate(s.URL))
			}
			b.leads(chromedp.Click(chromedp.CSS(".bar .button")))
		}
	}
	b.looks(390, 844, "light")
	b.signIn(s, newestToken)
	check("the first day on a phone")
	t.Logf("%d states were checked", checked)
}

// fresh adds one more match.
func (s *site) fresh(user string) error {
	return decide(s.Context(), s.forUser(user), lead.Lead{
		Source: "linkedin", ExternalID: "5000", Title: "Go Engineer, Timetables", Company: "Bergbahn Wengen",
		Location: "Wengen, Switzerland",
		URL:      "https://www.linkedin.com/jobs/view/5000", PostedAt: s.now.Now().AddDate(0, 0, -1),
	}, 81)
}
