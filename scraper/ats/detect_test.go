package ats_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/ats"
)

func TestDetectReadsTheBoardFromAURL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ url, provider, company string }{
		{"https://boards.greenhouse.io/acme", "greenhouse", "acme"},
		{"https://job-boards.greenhouse.io/acme/jobs/4000123", "greenhouse", "acme"},
		{"https://job-boards.eu.greenhouse.io/acme", "greenhouse", "acme"},
		{"https://boards.greenhouse.io/embed/job_board?for=acme&b=1", "greenhouse", "acme"},
		{"https://boards-api.greenhouse.io/v1/boards/acme/jobs?content=true", "greenhouse", "acme"},
		{"https://jobs.lever.co/AcmeCorp/5f0c1b1e-1", "lever", "AcmeCorp"},
		{"jobs.eu.lever.co/acme", "lever", "acme"},
		{"https://api.lever.co/v0/postings/acme?mode=json", "lever", "acme"},
		{"https://jobs.ashbyhq.com/Acme%20Labs", "ashby", "Acme Labs"},
		{"https://api.ashbyhq.com/posting-api/job-board/acme", "ashby", "acme"},
		{"https://careers.smartrecruiters.com/AcmeInc1", "smartrecruiters", "AcmeInc1"},
		{"https://jobs.smartrecruiters.com/AcmeInc1/7440000-rigger", "smartrecruiters", "AcmeInc1"},
		{"https://apply.workable.com/acme/", "workable", "acme"},
		{"https://apply.workable.com/acme/j/ABCDEF0123/", "workable", "acme"},
		{"https://acme.workable.com", "workable", "acme"},
		{"https://acme.recruitee.com/o/rigger", "recruitee", "acme"},
		{"https://acme.jobs.personio.de/job/1?language=en", "personio", "acme"},
		{"https://acme.jobs.personio.com", "personio", "acme"},
		{"https://acme.teamtailor.com/jobs", "teamtailor", "acme"},
		{"https://acme.pinpointhq.com/en/postings/1", "pinpoint", "acme"},
		{"https://acme.bamboohr.com/careers/12", "bamboohr", "acme"},
		{"https://ats.rippling.com/acme-ltd/jobs", "rippling", "acme-ltd"},
		{"https://ats.rippling.com/en-GB/acme-ltd/jobs", "rippling", "acme-ltd"},
		{
			"https://acme.wd5.myworkdayjobs.com/en-US/Careers/job/Oslo/Rigger_R1", "workday",
			"acme.wd5/Careers",
		},
		{"https://acme.wd5.myworkdayjobs.com/wday/cxs/acme/Careers/jobs", "workday", "acme.wd5/Careers"},
		{" HTTPS://Jobs.Lever.co/Acme ", "lever", "Acme"},
	} {
		t.Run(c.url, func(t *testing.T) {
			t.Parallel()
			b, err := ats.Detect(c.url)
			require.NoError(t, err)
			require.Equal(t, ats.Board{Provider: c.provider, Company: c.company}, b)
			_, err = ats.New(&ats.Options{Boards: []ats.Board{b}})
			require.NoError(t, err)
		})
	}
}

func TestDetectSaysWhyAURLNamesNoBoard(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ url, says string }{
		{"", "want an http or https URL"},
		{"ftp://jobs.lever.co/acme", "want an http or https URL"},
		{"https://careers.acme.example/jobs", "careers.acme.example belongs to no provider"},
		{"https://jobs.lever.co.evil.example/acme", "belongs to no provider"},
		{"https://jobs.lever.co/", "names no company of lever"},
		{"https://apply.workable.com/j/ABCDEF0123", "names no company of workable"},
		{"https://www.bamboohr.com/careers", "names no company of bamboohr"},
		{"https://acme.wd5.myworkdayjobs.com/", "names no company of workday"},
		{"https://boards.greenhouse.io/embed/job_board", "names no company of greenhouse"},
		{"https://jobs.ashbyhq.com/..", "names no company of ashby"},
	} {
		t.Run(c.url, func(t *testing.T) {
			t.Parallel()
			_, err := ats.Detect(c.url)
			var field *lead.FieldError
			require.ErrorAs(t, err, &field)
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	_, err := ats.New(nil)
	require.ErrorContains(t, err, "Options.Boards: empty")
	_, err = ats.New(&ats.Options{
		Boards: []ats.Board{
			{"lever", "acme"},
			{"monster", "acme"},
			{"lever", ""},
			{"recruitee", "a/b"},
			{"workday", "acme"},
		},
		BaseURL: "localhost", CacheBytes: -1, ReuseFor: -1,
	})
	for _, says := range []string{
		"Options.Boards[1].Provider: want one of greenhouse, lever", "Options.Boards[2].Company",
		"Options.Boards[3].Company", "Options.Boards[4].Company", "Options.BaseURL",
		"Options.CacheBytes: negative",
		"Options.ReuseFor: negative",
	} {
		require.ErrorContains(t, err, says)
	}
	require.NotContains(t, err.Error(), "Boards[0]")
}

func TestOneScraperReadsAllBoardsOfItsProvider(t *testing.T) {
	t.Parallel()
	scrapers, err := ats.New(&ats.Options{Boards: []ats.Board{
		{"lever", "acme"}, {"ashby", "acme"}, {"lever", "Acme"}, {"lever", "acme"},
	}})
	require.NoError(t, err)
	var sources []string
	for _, s := range scrapers {
		sources = append(sources, s.Source())
	}
	require.Equal(t, []string{"lever", "ashby"}, sources)
	require.Len(t, ats.Providers(), 12)
}

// A board that is read from any URL can be opened, and its company's addresses stay on the hosts of
// its provider.
func FuzzDetect(f *testing.F) {
	for _, s := range []string{
		"https://boards.greenhouse.io/embed/job_board?for=acme&b=1", "jobs.eu.lever.co/acme",
		"https://jobs.ashbyhq.com/Acme%20Labs", "https://jobs.ashbyhq.com/..",
		"https://apply.workable.com/acme/j/ABCDEF0123/", "https://acme.jobs.personio.com",
		"https://acme.wd5.myworkdayjobs.com/en-US/Careers/job/Oslo/Rigger_R1", "ftp://jobs.lever.co/acme",
		"https://ats.rippling.com/en-GB/acme-ltd/jobs", "acme.bamboohr.com:443/careers",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, careersURL string) {
		b, err := ats.Detect(careersURL)
		if err != nil {
			var field *lead.FieldError
			require.ErrorAs(t, err, &field)
			return
		}
		s := &site{}
		board := open(t, s, newClock(), b)
		_, errs := search(t, board, lead.Query{})
		require.NotEmpty(t, errs, "the site answers 404 for everything")
		for _, asked := range s.requests() {
			host, _, _ := strings.Cut(asked, "/")
			own, err := ats.Detect("https://" + host + "/wday/cxs/acme/Careers/jobs")
			if err == nil {
				require.Equal(t, b.Provider, own.Provider)
			}
			require.NotContains(t, asked, "/../")
		}
	})
}
