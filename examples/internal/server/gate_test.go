package server

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

func (s *site) stats(user string) store.Stats {
	s.Helper()
	stats, err := s.forUser(user).(forge.Counter).Stats(s.Context())
	require.NoError(s, err)
	return stats
}

// judgeSome calls n rejected jobs rightly rejected.
func (s *site) judgeSome(user string, n int) {
	s.Helper()
	auditor := s.forUser(user).(forge.Auditor)
	entries, err := auditor.Audit(s.Context(), n)
	require.NoError(s, err)
	for _, e := range entries {
		require.NoError(s, auditor.Judge(s.Context(), e.ID, store.NotWorth))
	}
}

// The gate's page works with forms alone: it asks about three jobs, and says what an answer did.
func TestTheGatePageAsksAndSaysWhatTheAnswerDid(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	b := s.surfer(adaToken)
	_, _, text := b.get("/gate")
	require.Contains(t, text, "Not enough yet: 0 of ")
	require.Contains(t, text, "asked for in 1 of your 7 matches")
	ids := regexp.MustCompile(`/jobs/(\d+)/judge`).FindAllStringSubmatch(text, -1)
	require.Len(t, ids, 9, "three buttons for each of three jobs")
	path := "/jobs/" + ids[0][1] + "/judge"
	for _, c := range []struct{ verdict, says, labels string }{
		{"NOT_WORTH", "Rightly rejected", "1 rejected job judged"},
		{"WORTH", "Have it read again", "1 rejected job judged"},
		{"UNSURE", "Left out of the figure", "0 rejected jobs judged"},
		{"", "Taken back", "0 rejected jobs judged"},
	} {
		t.Run(c.says, func(t *testing.T) {
			status, header,
				_ := b.post(path,
				url.Values{"verdict": {c.verdict}, "title": {"Nurse"}, "back": {"page=gate"}})
			require.Equal(t, http.StatusSeeOther, status)
			require.Equal(t, "/gate", header.Get("Location"))
			_, _, text := b.get("/gate")
			require.Contains(t, text, c.says)
			require.Contains(t, text, c.labels)
		})
	}
	status, _, _ := b.post(path, url.Values{"verdict": {"MAYBE"}})
	require.Equal(t, http.StatusUnprocessableEntity, status)
	status, _, _ = s.surfer(bobToken).post(path, url.Values{"verdict": {"WORTH"}})
	require.Equal(t, http.StatusNotFound, status)
	looks := s.surfer(adaLooks)
	status, _, _ = looks.post(path, url.Values{"verdict": {"WORTH"}})
	require.Equal(t, http.StatusForbidden, status)
	_, _, text = looks.get("/gate")
	require.NotContains(t, text, "/judge", "there is no button that would not work")

	s.judgeSome("ada", 36)
	_, _, text = b.get("/gate")
	require.Regexp(t,
		`At 30 the gate loses at most \d+\x{a0}% of the jobs worth a look \(95\x{a0}% confidence\)`, text)
}

func TestTheGatePageNamesScorersThatItDoesNotPool(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	require.NoError(t, seedHostile(t.Context(), s.forUser("ada")))
	_, _, text := s.surfer(adaToken).get("/gate")
	require.Contains(t, text, "ollama/qwen2.5:7b/1")
	require.Contains(t, text, "&lt;script&gt;alert(1)")
	require.NotContains(t, text, "<script>alert")
}

func TestRejectedJobsAreFilteredByReasonAndScore(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	b := s.surfer(adaToken)
	scores := regexp.MustCompile(`Score (\d+) of 100`)
	for _, c := range []struct {
		query string
		none  bool
	}{{"max=10", false}, {"max=10&why=ANOTHER", false}, {"why=salary", true}, {"min=20&max=10", true}} {
		t.Run(c.query, func(t *testing.T) {
			status, _, text := b.get("/?view=rejected&" + c.query)
			require.Equal(t, http.StatusOK, status)
			found := scores.FindAllStringSubmatch(text, -1)
			require.Equal(t, c.none, len(found) == 0)
			for _, f := range found {
				var score int
				_, err := fmt.Sscan(f[1], &score)
				require.NoError(t, err)
				require.LessOrEqual(t, score, 10)
			}
		})
	}
}

// A job that was reopened by mistake gets its rejection back, with the reason.
func TestReopenCanBeUndone(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	rejected := store.Filter{Statuses: []lead.Status{lead.AutoRejected}, Limit: 100}
	list := func() []store.Entry {
		entries, _, err := s.forUser("ada").(forge.Lister).List(t.Context(), rejected)
		require.NoError(t, err)
		return entries
	}
	before := list()
	b := newBrowser(t)
	b.signIn(s, adaToken)
	b.leads(chromedp.Navigate(s.URL + "/?view=rejected"))
	b.leads(chromedp.Click(chromedp.CSS(".card .actions .button")))
	require.Len(t, list(), len(before)-1)
	b.leads(chromedp.Click(chromedp.CSS(".notice .button")))
	require.Contains(t, b.text(".notice p"), "Back where it was")
	after := list()
	require.Len(t, after, len(before))
	require.Equal(t, before[0].ID, after[0].ID)
	require.Equal(t, before[0].Assessment, after[0].Assessment)

	status, _, _ := s.surfer(adaToken).post(fmt.Sprintf("/jobs/%d/restore", before[0].ID), url.Values{})
	require.Equal(t, http.StatusUnprocessableEntity, status, "nothing is left to take back")
}

func TestRejectedJobIsKeptAnyway(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	rejected := store.Filter{Statuses: []lead.Status{lead.AutoRejected}, Limit: 1}
	entries, _, err := s.forUser("ada").(forge.Lister).List(t.Context(), rejected)
	require.NoError(t, err)
	surfer := s.surfer(adaToken)
	status, _, _ := surfer.post(fmt.Sprintf("/jobs/%d/keep", entries[0].ID), url.Values{"next": {"7"}})
	require.Equal(t, http.StatusSeeOther, status)
	jobs, err := s.forUser("ada").Claim(t.Context(), 100, time.Minute)
	require.NoError(t, err)
	var kept []int64
	for _, j := range jobs {
		if j.Keep {
			kept = append(kept, j.ID)
		}
	}
	require.Equal(t, []int64{entries[0].ID}, kept)
}

func TestAnotherGateIsCountedAndApplied(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	stats, err := s.forUser("ada").(forge.Counter).Stats(t.Context())
	require.NoError(t, err)
	g, err := gate.New(60)
	require.NoError(t, err)
	want := stats.Regating(g)
	require.Positive(t, want.Hidden)
	surfer := s.surfer(adaToken)
	_, _, text := surfer.get("/gate?threshold=60")
	require.Contains(t, text, fmt.Sprintf("would hide %d and bring back %d", want.Hidden, want.Reopened))
	status, _, _ := surfer.post("/regate", url.Values{"threshold": {"60"}})
	require.Equal(t, http.StatusSeeOther, status)
	after, err := s.forUser("ada").(forge.Counter).Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, stats.ByStatus[lead.Matched]-want.Hidden, after.ByStatus[lead.Matched])
}

func TestScoresOfAnotherResumeAreSaid(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	ada := s.forUser("ada")
	for n, resume := range []string{"a nurse", "a chef"} {
		refs, err := ada.Sync(t.Context(), []lead.Lead{{
			Source: "a", ExternalID: fmt.Sprint(n), Title: "Job", URL: "https://a.example/",
		}})
		require.NoError(t, err)
		d := enrich.Decision{
			Assessment: enrich.Assessment{Score: 80, By: "script"}, Status: lead.Matched,
			Data: &enrich.Data{Description: "Text."}, Basis: enrich.NewBasis(resume, "script", 30),
		}
		if n == 1 { // a new résumé can have no match yet
			d.Assessment.Score, d.Status, d.Data = 5, lead.AutoRejected, nil
		}
		require.NoError(t, ada.Decide(t.Context(), store.Lease{ID: refs[0].ID}, d))
		s.now.advance(time.Minute)
	}
	surfer := s.surfer(adaToken)
	_, _, text := surfer.get("/")
	require.Contains(t, text, "1 score is of another résumé")
	status, _, _ := surfer.post("/rescore", url.Values{})
	require.Equal(t, http.StatusSeeOther, status)
	jobs, err := ada.Claim(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, jobs, 1)
	require.Equal(t, "0", jobs[0].Lead.ExternalID)
}

func TestListsOutOfSightSayWhyAndWhatToDo(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	b := s.surfer(adaToken)
	for _, c := range []struct{ view, says string }{
		{"rejected", "less than 30"},
		{"waiting", "when it runs next"},
		{"failed", "several times"},
		{"closed", "took these down"},
	} {
		_, _, text := b.get("/?view=" + c.view)
		require.Contains(t, text, c.says, c.view)
	}
}

func TestKeysMoveSaveAndDismiss(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	b := newBrowser(t)
	b.signIn(s, adaToken)
	focused := func() string {
		return eval[string](b, "document.activeElement.getAttribute('aria-labelledby') ?? ''")
	}
	b.do(chromedp.KeyEvent("j"))
	first := focused()
	require.NotEmpty(t, first)
	b.do(chromedp.KeyEvent("j"))
	require.NotEqual(t, first, focused())
	b.do(chromedp.KeyEvent("k"))
	require.Equal(t, first, focused())
	b.do(chromedp.KeyEvent("?"))
	require.True(t, eval[bool](b, "document.getElementById('keys').open"))
	b.shoot("keys-light")
	b.do(chromedp.KeyEvent("?"))
	require.False(t, eval[bool](b, "document.getElementById('keys').open"))
	b.do(chromedp.KeyEvent("x"))
	require.True(t, eval[bool](b, "document.querySelector('.tick').checked"))
	b.leads(chromedp.KeyEvent("s"))
	require.Contains(t, b.text(".notice p"), "Saved for later")
	b.do(chromedp.KeyEvent("j"))
	b.leads(chromedp.KeyEvent("d"))
	require.Contains(t, b.text(".notice p"), "Dismissed")
	require.Equal(t, 2, s.stats("ada").ByStatus[lead.Saved])
	b.do(chromedp.Focus(chromedp.CSS("#q")), chromedp.KeyEvent("s"))
	require.Equal(t, "s", eval[string](b, "document.getElementById('q').value"), "typing is typing")
	b.quiet()
}

func TestTheGatePageFitsAPhoneAndTheDark(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	require.NoError(t, seed(t.Context(), s.forUser("ada"), s.now.Now()))
	b := newBrowser(t)
	b.signIn(s, adaToken)
	b.leads(chromedp.Navigate(s.URL + "/gate"))
	b.shoot("gate-first-light")
	s.judgeSome("ada", 34)
	for _, look := range []struct {
		name          string
		width, height int64
		scheme        string
	}{
		{"desktop", 1280, 900, "light"},
		{"desktop", 1280, 900, "dark"},
		{"phone", 390, 844, "light"},
		{"small-phone", 320, 640, "dark"},
	} {
		b.looks(look.width, look.height, look.scheme)
		b.leads(chromedp.Navigate(s.URL + "/gate"))
		require.Equal(t, 3, b.count(".card"))
		require.LessOrEqual(t, eval[int](b, "document.documentElement.scrollWidth"), int(look.width),
			look.name)
		b.shoot("gate-" + look.name + "-" + look.scheme)
	}
	b.looks(1280, 900, "light")
	b.leads(chromedp.Click(chromedp.CSS(".card form:nth-of-type(1) button")))
	require.Contains(t, b.text(".notice p"), "Worth a look")
	b.shoot("gate-answered-light")
	b.leads(chromedp.Navigate(s.URL + "/?view=rejected"))
	b.shoot("rejected-filter-light")
	b.quiet()
}
