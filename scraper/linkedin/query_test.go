package linkedin_test

import (
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/linkedin"
)

func TestEveryFieldOfAQueryBecomesTheBoardsFilter(t *testing.T) {
	t.Parallel()
	all := lead.Query{
		Keywords:     " c++ & go ",
		Location:     "Köln, Germany",
		Remote:       true,
		PostedWithin: 24*time.Hour + time.Millisecond,
		EasyApply:    true,
		Limit:        5,
		JobTypes: []string{
			lead.FullTime, lead.PartTime, lead.Contract, lead.Temporary, lead.Internship, lead.Volunteer,
		},
		Experience: []string{
			lead.ExperienceIntern, lead.ExperienceEntry, lead.ExperienceAssociate, lead.ExperienceMidSenior,
			lead.ExperienceDirector, lead.ExperienceExecutive,
		},
	}
	for _, c := range []struct {
		name  string
		query lead.Query
		want  url.Values
	}{
		{"nothing asked", lead.Query{}, url.Values{"start": {"0"}}},
		{"everything asked", all, url.Values{
			"start": {"0"}, "keywords": {"c++ & go"}, "location": {"Köln, Germany"}, "f_WT": {"2"},
			"f_TPR": {"r86401"}, "f_AL": {"true"},
			"f_JT": {"F,P,C,T,I,V"}, "f_E": {"1,2,3,4,5,6"},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var asked url.Values
			s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = r.URL.Query()
				_, _ = io.WriteString(w, noResultsHTML)
			}))
			_, _, end := collect(s.Search(t.Context(), c.query))
			require.NoError(t, end)
			require.Equal(t, c.want, asked)
		})
	}
}

func TestQueryThatIsNotValidAsksForNothing(t *testing.T) {
	t.Parallel()
	s := serve(
		t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") }),
	)
	_, _, end := collect(s.Search(t.Context(), lead.Query{Limit: -1}))
	var wrong *lead.FieldError
	require.ErrorAs(t, end, &wrong)
}

func TestNewNamesABaseURLThatIsNone(t *testing.T) {
	t.Parallel()
	for _, base := range []string{
		"linkedin.com", "ftp://linkedin.com", "https://",
		"https://www.linkedin.com/?x=1", "https://u:p@linkedin.com", "://",
	} {
		_, err := linkedin.New(&linkedin.Options{BaseURL: base})
		var wrong *lead.FieldError
		require.ErrorAs(t, err, &wrong, base)
		require.Equal(t, "Options.BaseURL", wrong.Field)
	}
	s, err := linkedin.New(nil)
	require.NoError(t, err)
	require.Equal(t, "linkedin", s.Source())
}

func TestDetailRefusesWhatIsNotTheBoards(t *testing.T) {
	t.Parallel()
	s := serve(
		t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") }),
	)
	for _, c := range []struct {
		field string
		l     lead.Lead
	}{
		{"source", lead.Lead{Source: "naukri", ExternalID: "400000001"}},
		{"external_id", lead.Lead{Source: linkedin.Source, ExternalID: "../../login"}},
	} {
		t.Run(c.field, func(t *testing.T) {
			_, err := s.Detail(t.Context(), c.l)
			var wrong *lead.FieldError
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, c.field, wrong.Field)
		})
	}
}
