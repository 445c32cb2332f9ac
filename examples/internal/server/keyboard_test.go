package server

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
)

// tabTo presses Tab until the focus is on what the selector names, and returns how often.
func (t *tab) tabTo(selector string) (keys int) {
	t.Helper()
	on := fmt.Sprintf("document.activeElement.matches(%q)", selector)
	for keys = range 60 {
		if eval[bool](t, on) {
			return keys
		}
		t.do(chromedp.KeyEvent("\t"))
	}
	page := eval[string](t, "document.title")
	require.Failf(t, "the keyboard does not get there", "%s on %s", selector, page)
	return keys
}

// A user goes from signing in to a note on an interview without a mouse, and each stop of the keyboard
// can be seen.
func TestKeyboardAloneGoesFromSignInToAnInterview(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	b := newBrowser(t)
	b.looks(1280, 900, "light")
	b.leads(chromedp.Navigate(s.URL))
	keys := b.tabTo("#token") // which the page focuses by itself, when it has drawn
	b.leads(chromedp.KeyEvent(adaToken + "\r"))

	keys += b.tabTo("#q")
	b.leads(chromedp.KeyEvent("brno robots\r"))
	require.Equal(t, 1, b.count(".card"))
	keys += b.tabTo(".card .button.primary")
	require.Equal(t, "solid", eval[string](b, "getComputedStyle(document.activeElement).outlineStyle"))
	b.leads(chromedp.KeyEvent("\r"))
	require.Equal(t, "Marked as applied Platform Engineer", b.text(".notice p"))
	require.Equal(t, 2, s.stats("ada").ByStatus[lead.Applied])
	t.Logf("%d times Tab from signing in to applied", keys)

	keys += b.tabTo(".tabs li:nth-child(3) a")
	b.leads(chromedp.KeyEvent("\r"))
	require.Equal(t, 1, b.count(".card"), "the filter stays")
	keys += b.tabTo(".card .actions .button.primary")
	b.leads(chromedp.KeyEvent("\r"))
	require.Contains(t, b.text(".notice p"), "Marked as Interview")
	b.leads(chromedp.Navigate(s.URL + "/?view=INTERVIEW&q=brno"))
	keys += b.tabTo(".card details:has(.noting) summary")
	b.do(chromedp.KeyEvent("\r"))
	keys += b.tabTo("textarea")
	b.do(chromedp.KeyEvent("Bring a robot."))
	keys += b.tabTo(".noting .button")
	b.leads(chromedp.KeyEvent("\r"))
	require.Equal(t, "Bring a robot.", b.text(".card .note"))
	t.Logf("%d times Tab to the note", keys)
	b.quiet()

	b.leads(chromedp.Navigate(s.URL + "/?list=1"))
	b.tabTo(".tick")
	b.do(chromedp.KeyEvent(" "))
	b.tabTo(".bulk .button")
	b.leads(chromedp.KeyEvent("\r"))
	require.Contains(t, b.text(".notice p"), "Dismissed: 1 job")
	b.quiet()
}
