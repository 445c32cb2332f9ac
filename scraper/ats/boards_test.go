package ats_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/ats"
)

func TestUnknownCompanyIsAnErrorThatNamesIt(t *testing.T) {
	t.Parallel()
	companies := map[string]string{"workday": "acne.wd5/Careers"}
	for _, provider := range ats.Providers() {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			company := companies[provider]
			if company == "" {
				company = "acne"
			}
			_, errs := search(t,
				open(t, &site{}, newClock(), ats.Board{Provider: provider, Company: company}), lead.Query{})
			require.Len(t, errs, 1)
			require.ErrorIs(t, errs[0], ats.ErrCompany)
			require.ErrorContains(t, errs[0], company)
			require.NotErrorIs(t, errs[0], scraper.ErrGone)
		})
	}
}

func TestEmptyBoardIsNoError(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		provider, at, body string
	}{
		{"greenhouse", "boards-api.greenhouse.io/v1/boards/acme/jobs", `{"jobs":[],"meta":{"total":0}}`},
		{"lever", leverAcme, `[]`},
		{"ashby", "api.ashbyhq.com/posting-api/job-board/acme", `{"jobs":[],"apiVersion":"1"}`},
		{"workable", "apply.workable.com/api/v1/widget/accounts/acme", `{"name":"Acme","jobs":[]}`},
		{"recruitee", "acme.recruitee.com/api/offers/", `{"offers":[]}`},
		{"personio", "acme.jobs.personio.de/xml", `<?xml version="1.0"?><workzag-jobs></workzag-jobs>`},
		{"teamtailor", "acme.teamtailor.com/jobs.json", `{"title":"Acme","items":[]}`},
		{"pinpoint", "acme.pinpointhq.com/postings.json", `{"data":[]}`},
		{"bamboohr", "acme.bamboohr.com/careers/list", `{"meta":{"totalCount":0},"result":[]}`},
		{"rippling", "api.rippling.com/platform/api/ats/v1/board/acme/jobs", `[]`},
		{"workday", "acme.wd5.myworkdayjobs.com/wday/cxs/acme/Careers/jobs", `{"total":0,"jobPostings":[]}`},
	} {
		t.Run(c.provider, func(t *testing.T) {
			t.Parallel()
			s := &site{}
			s.set(c.at, answer{body: c.body})
			company := "acme"
			if c.provider == "workday" {
				company = "acme.wd5/Careers"
			}
			board := open(t, s, newClock(), ats.Board{Provider: c.provider, Company: company})
			leads, errs := search(t, board, lead.Query{})
			require.Empty(t, leads)
			require.Empty(t, errs)
		})
	}
}

// SmartRecruiters answers an empty list for every company that it does not know.
func TestEmptyListThatCanMeanNoCompanyIsSaidAndIsNoFailure(t *testing.T) {
	t.Parallel()
	s := &site{}
	s.set("api.smartrecruiters.com/v1/companies/acme/postings", answer{body: `{"totalFound":0,"content":[]}`})
	leads, errs := search(t, open(t, s, newClock(), ats.Board{Provider: "smartrecruiters", Company: "acme"}),
		lead.Query{})
	require.Empty(t, leads)
	require.Len(t, errs, 1)
	require.ErrorIs(t, errs[0], scraper.ErrCapped)
	require.ErrorContains(t, errs[0], `"acme"`)
}

func TestOneCompanysFailureHidesNoOtherCompanysJobs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		a    answer
		is   error
	}{
		{"unknown", answer{status: 404}, ats.ErrCompany},
		{"another form", answer{body: `{"jobs":3}`}, nil},
		{"down", answer{status: 503}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &site{}
			s.set("api.lever.co/v0/postings/broken", c.a)
			s.set(leverAcme, answer{body: leverList(1, 2)})
			board := open(t, s, newClock(), ats.Board{Provider: "lever", Company: "broken"}, acme)
			leads, errs := search(t, board, lead.Query{})
			require.Equal(t, []string{"job-001", "job-002"}, ids(leads))
			require.Len(t, errs, 1)
			require.ErrorContains(t, errs[0], "/broken")
			if c.is != nil {
				require.ErrorIs(t, errs[0], c.is)
			}
			for _, pauses := range []error{scraper.ErrMarkup, scraper.ErrBlocked} {
				require.NotErrorIs(t, errs[0], pauses, "it would pause the provider")
			}
		})
	}
}

func TestRefusalByASharedHostEndsTheSearchOfTheProvider(t *testing.T) {
	t.Parallel()
	s := &site{}
	s.set(leverAcme, answer{body: leverList(1)})
	s.set("api.lever.co/v0/postings/second", answer{status: http.StatusForbidden})
	board := open(t, s, newClock(), acme, ats.Board{Provider: "lever", Company: "second"},
		ats.Board{Provider: "lever", Company: "third"})
	leads, errs := search(t, board, lead.Query{})
	require.Len(t, leads, 1)
	require.Len(t, errs, 1)
	require.ErrorIs(t, errs[0], scraper.ErrBlocked)
	require.Equal(t, []string{leverAcme, "api.lever.co/v0/postings/second"}, s.requests())
}

func TestTooManyRequestsSaysHowLongToWait(t *testing.T) {
	t.Parallel()
	s := &site{}
	s.set(leverAcme, answer{status: http.StatusTooManyRequests, header: http.Header{"Retry-After": {"90"}}})
	_, errs := search(t, open(t, s, newClock(), acme), lead.Query{})
	require.Len(t, errs, 1)
	var wait interface{ RetryAfter() time.Duration }
	require.ErrorAs(t, errs[0], &wait)
	require.Equal(t, 90*time.Second, wait.RetryAfter())
}

func TestJobsThatCountPerCompanyHaveKeysWithTheCompany(t *testing.T) {
	t.Parallel()
	s := &site{}
	for _, company := range []string{"acme", "borealis"} {
		s.set(company+".bamboohr.com/careers/list",
			answer{body: `{"meta":{"totalCount":1},"result":[{"id":"39","jobOpeningName":"Rigger"}]}`})
		s.set(company+".bamboohr.com/careers/39/detail", answer{body: fmt.Sprintf(
			`{"result":{"jobOpening":{"jobOpeningName":"Rigger","description":"<p>Rigs for %s.</p>"}}}`,
			company)})
	}
	board := open(t, s, newClock(), ats.Board{Provider: "bamboohr", Company: "acme"},
		ats.Board{Provider: "bamboohr", Company: "Borealis"})
	leads, errs := search(t, board, lead.Query{})
	require.Empty(t, errs)
	require.Equal(t, []string{"acme/39", "borealis/39"}, ids(leads))
	for i, want := range []string{"Rigs for acme.", "Rigs for borealis."} {
		data, err := board.Detail(t.Context(), leads[i])
		require.NoError(t, err)
		require.Equal(t, want, data.Description)
	}
}

func TestEuropeanBoardIsFound(t *testing.T) {
	t.Parallel()
	s := &site{}
	s.set("api.eu.lever.co/v0/postings/acme", answer{body: leverList(1)})
	c := newClock()
	board := open(t, s, c, acme)
	leads, errs := search(t, board, lead.Query{})
	require.Empty(t, errs)
	require.Len(t, leads, 1)
	require.Len(t, s.requests(), 2)
	c.anHourLater()
	_, errs = search(t, board, lead.Query{})
	require.Empty(t, errs)
	require.Equal(t, []string{"api.eu.lever.co/v0/postings/acme"}, s.requests(), "it is remembered")
}

func TestQueryIsFilteredAndUnknownExcludesNothing(t *testing.T) {
	t.Parallel()
	s := &site{}
	s.set(leverAcme, answer{body: `[
		{"id":"a","text":"Rigger","categories":{"location":"Bergen, Norway","commitment":"Full-time"},
		"workplaceType":"onsite","createdAt":1803800000000,"description":"<p>Ropes and sails.</p>"},
		{"id":"b","text":"Rigger","categories":{"location":"Lyon, France","commitment":"Part-time"},
		"workplaceType":"remote","createdAt":1700000000000,"description":"<p>Ropes.</p>"},
		{"id":"c","text":"Rigger"}]`})
	for _, c := range []struct {
		name string
		q    lead.Query
		want []string
	}{
		{"all", lead.Query{}, []string{"a", "b", "c"}},
		// b is remote, and names no other country's applicants
		{"place", lead.Query{Location: "Norway"}, []string{"a", "b", "c"}},
		{"keywords", lead.Query{Keywords: "sails"}, []string{"a", "c"}},
		{"type", lead.Query{JobTypes: []string{lead.FullTime}}, []string{"a", "c"}},
		{"remote", lead.Query{Remote: true}, []string{"b", "c"}},
		{"age", lead.Query{PostedWithin: 30 * 24 * time.Hour}, []string{"a", "c"}},
		{"limit", lead.Query{Limit: 1}, []string{"a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			leads, errs := search(t, open(t, s, newClock(), acme), c.q)
			require.Empty(t, errs)
			require.Equal(t, c.want, ids(leads))
		})
	}
}

func TestInvalidQueryIsAnError(t *testing.T) {
	t.Parallel()
	_, errs := search(t, open(t, &site{}, newClock(), acme), lead.Query{Limit: -1})
	require.Len(t, errs, 1)
	var field *lead.FieldError
	require.True(t, errors.As(errs[0], &field))
}
