package server

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
)

// Jobs are marked together, and the marks are taken back together, with forms alone.
func TestTickedJobsAreMarkedTogetherAndTakenBack(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	b := newBrowser(t)
	b.withoutScripts()
	b.looks(1280, 900, "light")
	b.leads(chromedp.Navigate(s.URL))
	b.leads(chromedp.SendKeys(chromedp.CSS("#token"), adaToken+"\r"))
	b.leads(chromedp.Navigate(s.URL + "/?list=1"))
	for _, n := range []int{1, 3} {
		b.do(chromedp.Click(chromedp.CSS(fmt.Sprintf(".lines li:nth-child(%d) .tick", n))))
	}
	b.leads(chromedp.Click(chromedp.CSS(".bulk button")))
	require.Contains(t, b.html(), "Dismissed: 2 jobs") // what is done most often is chosen
	require.Equal(t, 3, s.stats("ada").ByStatus[lead.Dismissed])
	b.leads(chromedp.Click(chromedp.CSS(".notice .button")))
	require.Contains(t, b.html(), "Back where it was: 2 jobs")
	require.Equal(t, 7, s.stats("ada").ByStatus[lead.Matched])
	b.quiet()

	surfer := s.surfer(adaToken)
	for _, c := range []struct {
		name, says string
		form       url.Values
	}{
		{"all", "Saved for later: 2 jobs", url.Values{"all": {"1"}, "shown": {"1", "2"}, "do": {"SAVED"}}},
		{"of another user", "1 other changed", url.Values{"id": {"1", "999"}, "do": {"SAVED"}}},
		{"none", "Nothing is ticked", url.Values{"do": {"SAVED"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, _, _ := surfer.post("/jobs/bulk", c.form)
			require.Equal(t, http.StatusSeeOther, status)
			_, _, text := surfer.get("/")
			require.Contains(t, text, c.says)
		})
	}
	status, _, _ := surfer.post("/jobs/bulk", url.Values{"id": {"1"}, "do": {"FAILED"}})
	require.Equal(t, http.StatusUnprocessableEntity, status)
	status, _, _ = s.surfer(adaLooks).post("/jobs/bulk", url.Values{"id": {"1"}, "do": {"SAVED"}})
	require.Equal(t, http.StatusForbidden, status)
	require.Empty(t, s.stats("bob").ByStatus, "another user's jobs")
}

// Rejected jobs are reopened together, and get their rejections back together.
func TestTickedJobsAreReopenedTogetherAndRestored(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	surfer := s.surfer(adaToken)
	for _, do := range []string{"keep", "reopen"} {
		t.Run(do, func(t *testing.T) {
			before := s.stats("ada").ByStatus
			form := url.Values{"id": {"12", "13"}, "do": {do}, "from": {"AUTO_REJECTED"}}
			status, _, _ := surfer.post("/jobs/bulk", form)
			require.Equal(t, http.StatusSeeOther, status)
			require.Equal(t, before[lead.AutoRejected]-2, s.stats("ada").ByStatus[lead.AutoRejected])
			_, _, text := surfer.get("/?view=rejected")
			require.Contains(t, text, `name="do" value="restore"`)
			form.Set("do", "restore")
			_, _, _ = surfer.post("/jobs/bulk", form)
			require.Equal(t, before, s.stats("ada").ByStatus)
		})
	}
}

// A mark keeps the day of its step, taking it back forgets it, and a note stays with the job.
func TestStepsHaveDatesAndNotes(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	surfer := s.surfer(adaToken)
	mark := func(from, to string) {
		status, _, _ := surfer.post("/jobs/1/mark", url.Values{"status": {to}, "from": {from}})
		require.Equal(t, http.StatusSeeOther, status)
	}
	mark("MATCHED", "APPLIED")
	mark("APPLIED", "INTERVIEW")
	day := func(name, date, words string) string {
		return fmt.Sprintf(`<strong>%s</strong> <time datetime="%s">%s</time>`, name, date, words)
	}
	_, _, text := surfer.get("/?view=INTERVIEW")
	require.Contains(t, text, day("Applied", "2026-11-24", "24 November 2026"))
	require.Contains(t, text, day("Interview", "2026-11-24", "24 November 2026"))
	form := url.Values{
		"APPLIED": {"2026-11-20"}, "INTERVIEW": {"2026-12-03"}, "note": {"Ask for <Kim>."},
	}
	status, _, _ := surfer.post("/jobs/1/note", form)
	require.Equal(t, http.StatusSeeOther, status)
	_, _, text = surfer.get("/?view=INTERVIEW")
	require.Contains(t, text, day("Interview", "2026-12-03", "3 December 2026"))
	require.Contains(t, text, `<p class="note">Ask for &lt;Kim&gt;.</p>`)
	mark("INTERVIEW", "APPLIED")
	_, _, text = surfer.get("/?view=applied")
	require.Contains(t, text, day("Applied", "2026-11-20", "20 November 2026"))
	require.NotContains(t, text, "3 December")
	_, _, text = surfer.get("/export.json?view=applied")
	require.Contains(t, text, `"note":"Ask for \u003cKim\u003e."`)

	status, _, _ = surfer.post("/jobs/1/note", url.Values{"APPLIED": {"soon"}})
	require.Equal(t, http.StatusUnprocessableEntity, status)
	status, _, _ = s.surfer(bobToken).post("/jobs/1/note", form)
	require.Equal(t, http.StatusNotFound, status)
	status, _, _ = s.surfer(adaLooks).post("/jobs/1/note", form)
	require.Equal(t, http.StatusForbidden, status)
}
