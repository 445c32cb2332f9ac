package ats_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/ats"
)

func numbers(from, to int) (out []int) {
	for n := from; n <= to; n++ {
		out = append(out, n)
	}
	return out
}

// What a board of 500 jobs costs, where a search that asks for each job would send 501 requests.
func TestListIsReadOnceForAllItsJobs(t *testing.T) {
	t.Parallel()
	s, c := &site{}, newClock()
	board := open(t, s, c, acme)
	run := func() (found int) {
		leads, errs := search(t, board, lead.Query{})
		require.Empty(t, errs)
		for _, l := range leads {
			data, err := board.Detail(t.Context(), l)
			require.NoError(t, err)
			require.Contains(t, data.Description, "You splice the ropes of ferry number")
			require.Equal(t, "What you bring\n- Sea legs", data.Requirements)
		}
		return len(leads)
	}
	t.Log("run, requests, of a search that asks for each job of its list that is new to it")
	count := func(name string, instead int) {
		asked := len(s.requests())
		t.Logf("%-22s %2d %5d", name, asked, instead)
		require.Equal(t, 1, asked, name)
	}
	s.set(leverAcme, answer{body: leverList(numbers(1, 500)...), etag: `W/"one"`})
	require.Equal(t, 500, run())
	count("first", 501)

	c.anHourLater()
	require.Equal(t, 500, run())
	count("unchanged, without body", 1)

	s.set(leverAcme, answer{body: leverList(numbers(3, 503)...), etag: `W/"two"`})
	c.anHourLater()
	require.Equal(t, 501, run())
	count("3 new, 2 gone", 1+3)

	require.Equal(t, 501, run())
	require.Empty(t, s.requests(), "the next query of the same run")
}

func TestDetailAfterARestartReadsTheListOnce(t *testing.T) {
	t.Parallel()
	s, c := &site{}, newClock()
	s.set(leverAcme, answer{body: leverList(numbers(1, 50)...)})
	leads, _ := search(t, open(t, s, c, acme), lead.Query{})
	s.requests()
	restarted := open(t, s, c, ats.Board{Provider: "lever", Company: "borealis"}, acme)
	for _, l := range leads {
		_, err := restarted.Detail(t.Context(), l)
		require.NoError(t, err)
	}
	require.Equal(t, []string{leverAcme}, s.requests(), "the list of the lead's own company alone")
}

func TestJobThatItsListNoLongerHasIsAskedForItself(t *testing.T) {
	t.Parallel()
	s, c := &site{}, newClock()
	s.set(leverAcme, answer{body: leverList(1, 2, 3)})
	s.set(leverAcme+"/job-009",
		answer{body: `{"id":"job-009","text":"Rigger 9","description":"<p>Not listed.</p>"}`})
	board := open(t, s, c, acme)
	unlisted := lead.Lead{
		Source: "lever", ExternalID: "job-009", Title: "Rigger 9",
		URL: "https://jobs.lever.co/acme/job-009",
	}
	data, err := board.Detail(t.Context(), unlisted)
	require.NoError(t, err)
	require.Equal(t, "Not listed.", data.Description)

	gone := lead.Lead{
		Source: "lever", ExternalID: "job-008", Title: "Rigger 8",
		URL: "https://jobs.lever.co/acme/job-008",
	}
	_, err = board.Detail(t.Context(), gone)
	require.ErrorIs(t, err, scraper.ErrGone)
}

func TestJobIsNotGoneWhileItsListFails(t *testing.T) {
	t.Parallel()
	job := lead.Lead{
		Source: "lever", ExternalID: "job-001", Title: "Rigger 1",
		URL: "https://jobs.lever.co/acme/job-001",
	}
	for _, a := range []answer{
		{status: 500}, {status: 503}, {status: 429}, {status: 403}, {status: 401},
	} {
		t.Run(fmt.Sprint(a.status), func(t *testing.T) {
			t.Parallel()
			s := &site{}
			s.set(leverAcme, a)
			_, err := open(t, s, newClock(), acme).Detail(t.Context(), job)
			require.Error(t, err)
			require.NotErrorIs(t, err, scraper.ErrGone)
		})
	}
}

func TestTextsThatDoNotFitAreRequestedAgain(t *testing.T) {
	t.Parallel()
	s := &site{}
	s.set(leverAcme, answer{body: leverList(numbers(1, 100)...), etag: `"one"`})
	for n := range 100 {
		s.set(fmt.Sprintf("%s/job-%03d", leverAcme, n+1), answer{body: fmt.Sprintf(
			`{"id":"job-%03d","text":"Rigger","description":"<p>From its own address.</p>"}`, n+1)})
	}
	c := newClock()
	scrapers, err := ats.New(&ats.Options{
		Boards: []ats.Board{acme}, Client: &http.Client{Transport: s}, CacheBytes: 2000, Now: c.Now,
	})
	require.NoError(t, err)
	board := scrapers[0]
	leads, errs := search(t, board, lead.Query{Keywords: "ferry"})
	require.Empty(t, errs)
	require.Len(t, leads, 100, "the query saw every text before it was dropped")
	for _, l := range leads {
		_, err := board.Detail(t.Context(), l)
		require.NoError(t, err)
	}
	asked := len(s.requests())
	require.Greater(t, asked, 50)
	require.Less(t, asked, 100)
	c.anHourLater()
	leads, errs = search(t, board, lead.Query{Keywords: "ferry"})
	require.Empty(t, errs)
	require.Len(t, leads, 100,
		"a list that is not kept whole is read again, and not asked for by its validator")
}

func TestListThatSaysToHaveMoreIsNotTakenForComplete(t *testing.T) {
	t.Parallel()
	s, c := &site{}, newClock()
	const at = "boards-api.greenhouse.io/v1/boards/acme/jobs"
	s.set(at, answer{body: `{"jobs":[{"id":1,"title":"Rigger","content":"Ropes."}],"meta":{"total":3}}`})
	board := open(t, s, c, ats.Board{Provider: "greenhouse", Company: "acme"})
	leads, errs := search(t, board, lead.Query{})
	require.Equal(t, []string{"1"}, ids(leads))
	require.Len(t, errs, 1)
	require.ErrorIs(t, errs[0], scraper.ErrCapped)
	_, err := board.Detail(t.Context(), leads[0])
	require.NoError(t, err)
	require.Len(t, s.requests(), 1)
}

func TestListThatBreaksOffKeepsWhatWasRead(t *testing.T) {
	t.Parallel()
	s := &site{}
	whole := leverList(1, 2, 3)
	s.set(leverAcme, answer{body: whole[:len(whole)-200]})
	leads, errs := search(t, open(t, s, newClock(), acme), lead.Query{})
	require.Equal(t, []string{"job-001", "job-002"}, ids(leads))
	require.Len(t, errs, 1)
	require.False(t, errors.Is(errs[0], scraper.ErrMarkup), "it is the network's failure")
}
