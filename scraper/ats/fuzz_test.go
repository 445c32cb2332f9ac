package ats_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

func FuzzGreenhouse(f *testing.F)      { fuzz(f, "greenhouse") }
func FuzzLever(f *testing.F)           { fuzz(f, "lever") }
func FuzzAshby(f *testing.F)           { fuzz(f, "ashby") }
func FuzzSmartRecruiters(f *testing.F) { fuzz(f, "smartrecruiters") }
func FuzzWorkable(f *testing.F)        { fuzz(f, "workable") }
func FuzzRecruitee(f *testing.F)       { fuzz(f, "recruitee") }
func FuzzPersonio(f *testing.F)        { fuzz(f, "personio") }
func FuzzTeamtailor(f *testing.F)      { fuzz(f, "teamtailor") }
func FuzzPinpoint(f *testing.F)        { fuzz(f, "pinpoint") }
func FuzzBambooHR(f *testing.F)        { fuzz(f, "bamboohr") }
func FuzzRippling(f *testing.F)        { fuzz(f, "rippling") }
func FuzzWorkday(f *testing.F)         { fuzz(f, "workday") }

// fuzz answers a provider's list and its job with the same bytes. Whatever they are, a lead is valid
// and belongs to the provider, a text is valid, and no list or text ends in silence.
func fuzz(f *testing.F, provider string) {
	f.Helper()
	b, list, advert := brackwater(provider)
	f.Add(pageOf(f, provider+"-list"))
	f.Add(pageOf(f, provider+"-odd"))
	if advert != "" {
		f.Add(pageOf(f, provider+"-advert"))
	}
	f.Fuzz(func(t *testing.T, page []byte) {
		s := &site{}
		s.set(list, answer{body: string(page)})
		s.set(advert, answer{body: string(page)})
		board := open(t, s, newClock(), b)
		seen := map[string]bool{}
		var wrong error
		for l, err := range board.Search(t.Context(), lead.Query{Keywords: "rigger"}) {
			if err != nil {
				wrong = err
				continue
			}
			require.NoError(t, l.Validate())
			require.Equal(t, provider, l.Source)
			require.False(t, seen[l.ExternalID], "a job is listed once")
			seen[l.ExternalID] = true
			data, err := board.Detail(t.Context(), l)
			if err == nil {
				require.NoError(t, data.Clean().Validate())
			} else {
				require.NotErrorIs(t, err, scraper.ErrMarkup)
			}
		}
		if len(page) == 0 {
			require.Error(t, wrong)
		}
	})
}
