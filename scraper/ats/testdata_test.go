package ats_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/ats"
)

var update = flag.Bool("update", false, "write the golden files anew")

// brackwater is the invented company of the pages in testdata, and where its lists and adverts are.
func brackwater(provider string) (b ats.Board, list, advert string) {
	b = ats.Board{Provider: provider, Company: "brackwater"}
	switch provider {
	case "greenhouse":
		list = "boards-api.greenhouse.io/v1/boards/brackwater/jobs"
		return b, list, list + "/4101001"
	case "lever":
		return b, "api.lever.co/v0/postings/brackwater", ""
	case "ashby":
		return b, "api.ashbyhq.com/posting-api/job-board/brackwater", ""
	case "smartrecruiters":
		b.Company = "Brackwater1"
		list = "api.smartrecruiters.com/v1/companies/Brackwater1/postings"
		return b, list, list + "/744000000000001"
	case "workable":
		return b, "apply.workable.com/api/v1/widget/accounts/brackwater",
			"apply.workable.com/api/v2/accounts/brackwater/jobs/AAAA000002"
	case "recruitee":
		return b, "brackwater.recruitee.com/api/offers/", ""
	case "personio":
		return b, "brackwater.jobs.personio.de/xml", ""
	case "teamtailor":
		return b, "brackwater.teamtailor.com/jobs.json", ""
	case "pinpoint":
		return b, "brackwater.pinpointhq.com/postings.json", ""
	case "bamboohr":
		return b, "brackwater.bamboohr.com/careers/list", "brackwater.bamboohr.com/careers/39/detail"
	case "rippling":
		list = "api.rippling.com/platform/api/ats/v1/board/brackwater/jobs"
		return b, list, list + "/rr-1"
	default:
		b.Company = "brackwater.wd3/Yards"
		const site = "brackwater.wd3.myworkdayjobs.com/wday/cxs/brackwater/Yards/"
		return b, site + "jobs", site + "job/Oban/Deckhand_JR-101-1"
	}
}

// A reading is what was read of one job.
type reading struct {
	Lead lead.Lead
	Data *enrich.Data `json:",omitempty"` // nil: the text has to be requested
}

// readPage reads a page of a list, and the texts that came with it.
func readPage(t *testing.T, provider, list string, page []byte) (out struct {
	Jobs   []reading
	Errors []string `json:",omitempty"`
},
) {
	t.Helper()
	b, _, _ := brackwater(provider)
	s := &site{}
	s.set(list, answer{body: string(page)})
	board := open(t, s, newClock(), b)
	leads, errs := search(t, board, lead.Query{})
	for _, err := range errs {
		out.Errors = append(out.Errors, err.Error())
	}
	for _, l := range leads {
		r := reading{Lead: l}
		if data, err := board.Detail(t.Context(), l); err == nil {
			require.NoError(t, data.Clean().Validate())
			r.Data = &data
		}
		out.Jobs = append(out.Jobs, r)
	}
	return out
}

func golden(t *testing.T, name string, got any) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	require.NoError(t, enc.Encode(got))
	path := filepath.Join("testdata", name+".golden.json")
	if *update {
		require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String())
}

func TestPagesAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	for _, provider := range ats.Providers() {
		_, list, advert := brackwater(provider)
		for _, kind := range []string{"list", "odd"} {
			t.Run(provider+" "+kind, func(t *testing.T) {
				t.Parallel()
				golden(t, provider+"-"+kind, readPage(t, provider, list, pageOf(t, provider+"-"+kind)))
			})
		}
		if advert == "" {
			continue
		}
		t.Run(provider+" advert", func(t *testing.T) {
			t.Parallel()
			b, _, _ := brackwater(provider)
			s := &site{}
			s.set(list, answer{body: string(withoutTexts(t, provider))})
			s.set(advert, answer{body: string(pageOf(t, provider+"-advert"))})
			board := open(t, s, newClock(), b)
			leads, _ := search(t, board, lead.Query{})
			id := advert[strings.LastIndexAny(strings.TrimSuffix(advert, "/detail"), "/_")+1:]
			for _, l := range leads {
				if strings.Contains(id, l.ExternalID[strings.LastIndex(l.ExternalID, "/")+1:]) {
					data, err := board.Detail(t.Context(), l)
					require.NoError(t, err)
					golden(t, provider+"-advert", data)
					return
				}
			}
			t.Fatalf("the list has no job %s", id)
		})
	}
}

func pageOf(tb testing.TB, name string) []byte {
	tb.Helper()
	ext := ".json"
	if strings.HasPrefix(name, "personio") {
		ext = ".xml"
	}
	page, err := os.ReadFile(filepath.Join("testdata", name+ext))
	require.NoError(tb, err)
	return page
}

// withoutTexts is the list of a provider whose texts have to be requested.
func withoutTexts(t *testing.T, provider string) []byte {
	t.Helper()
	field := `"description"`
	if provider == "greenhouse" {
		field = `"content"`
	}
	return bytes.ReplaceAll(pageOf(t, provider+"-list"), []byte(field), []byte(`"unused"`))
}
