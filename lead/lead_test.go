package lead_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agent-forge/forge/lead"
)

func valid() lead.Lead {
	return lead.Lead{
		Source: "linkedin", ExternalID: "123", Title: "Baker", Company: "Acme", Location: "Ulm",
		URL: "https://acme.example/123", PostedAt: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
	}
}

func TestValidateNamesTheFieldThatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		field   string
		breakIt func(*lead.Lead)
	}{
		{"no source", "source", func(l *lead.Lead) { l.Source = "" }},
		{"capitals in a source", "source", func(l *lead.Lead) { l.Source = "LinkedIn" }},
		{"colon in a source", "source", func(l *lead.Lead) { l.Source = "a:b" }},
		{"dot first in a source", "source", func(l *lead.Lead) { l.Source = ".a" }},
		{"accent in a source", "source", func(l *lead.Lead) { l.Source = "é" }},
		{
			"long source", "source", func(l *lead.Lead) {
				l.Source = strings.Repeat("a", lead.MaxSourceBytes+1)
			},
		},
		{"no id", "external_id", func(l *lead.Lead) { l.ExternalID = "" }},
		{
			"long id", "external_id",
			func(l *lead.Lead) { l.ExternalID = strings.Repeat("1", lead.MaxExternalIDBytes+1) },
		},
		{"NUL in an id", "external_id", func(l *lead.Lead) { l.ExternalID = "1\x002" }},
		{"spaces around an id", "external_id", func(l *lead.Lead) { l.ExternalID = " 1" }},
		{"an id that is no text", "external_id", func(l *lead.Lead) { l.ExternalID = "\xff" }},
		{"no title", "title", func(l *lead.Lead) { l.Title = "" }},
		{"10 MB of title", "title", func(l *lead.Lead) { l.Title = strings.Repeat("x", 10<<20) }},
		{"line end in a title", "title", func(l *lead.Lead) { l.Title = "a\nb" }},
		{
			"long company", "company", func(l *lead.Lead) {
				l.Company = strings.Repeat("é", lead.MaxCompanyRunes+1)
			},
		},
		{"NUL in a company", "company", func(l *lead.Lead) { l.Company = "\x00" }},
		{
			"long location", "location",
			func(l *lead.Lead) { l.Location = strings.Repeat("é", lead.MaxLocationRunes+1) },
		},
		{"location is no text", "location", func(l *lead.Lead) { l.Location = "\xff" }},
		{"no URL", "url", func(l *lead.Lead) { l.URL = "" }},
		{
			"long URL", "url",
			func(l *lead.Lead) { l.URL = "https://a.example/" + strings.Repeat("x", lead.MaxURLBytes) },
		},
		{"a path only", "url", func(l *lead.Lead) { l.URL = "/jobs/1" }},
		{"another scheme", "url", func(l *lead.Lead) { l.URL = "javascript:alert(1)" }},
		{"no host", "url", func(l *lead.Lead) { l.URL = "https:///jobs" }},
		{"no URL at all", "url", func(l *lead.Lead) { l.URL = "https://a b/%zz" }},
		{
			"posted before 1970", "posted_at",
			func(l *lead.Lead) { l.PostedAt = time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC) },
		},
		{
			"posted after 9999", "posted_at",
			func(l *lead.Lead) { l.PostedAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := valid()
			c.breakIt(&l)
			var wrong *lead.FieldError
			require.ErrorAs(t, l.Validate(), &wrong)
			require.Equal(t, c.field, wrong.Field)
			require.Less(t, len(wrong.Error()), 200, "the value is not in the error")
		})
	}

	l := valid()
	require.NoError(t, l.Validate())
	l.Company, l.Location, l.PostedAt = "", "", time.Time{}
	l.Title, l.Source, l.ExternalID = strings.Repeat("é", lead.MaxTitleRunes), "0.a_b-c", strings.Repeat(
		"1", lead.MaxExternalIDBytes,
	)
	require.NoError(t, l.Validate(), "what a board does not say may be blank, and limits are inclusive")
}

func TestCleanRepairsALead(t *testing.T) {
	t.Parallel()
	posted := time.Date(2026, 3, 1, 1, 0, 0, 1999, time.FixedZone("", 3600))
	l := lead.Lead{
		Source: " linkedin\n", ExternalID: "\x00123\xff", Title: "\u00a0Head\t of\r\n  bread\x1b ",
		Company: "Ac\u200dme", Location: "\u2028Ulm\u3000", URL: " https://acme.example/1\n",
		PostedAt: posted,
	}
	require.Equal(t, lead.Lead{
		Source: "linkedin", ExternalID: "123", Title: "Head of bread", Company: "Ac\u200dme", Location: "Ulm",
		URL: "https://acme.example/1", PostedAt: time.Date(2026, 3, 1, 0, 0, 0, 1000, time.UTC),
	}, l.Clean())
	long := lead.Lead{Title: strings.Repeat("x", 10<<20)}
	require.Equal(t, long, long.Clean(), "nothing is cut short")
}

func TestCleanLineRemovesWhatNoReaderSees(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"zero-width space", "Ba\u200bker", "Baker"},
		{"soft hyphen", "Head\u00ad of bread", "Head of bread"},
		{"word joiner and byte order mark", "\ufeffHead\u2060 of bread", "Head of bread"},
		{"tag block", "Baker\U000e0073\U000e0063", "Baker"},
		{"controls of the writing direction", "\u202erekaB\u202c \u2067x\u2069", "rekaB x"},
		{"joiners stay", "می\u200cخواهم 👩\u200d🍳", "می\u200cخواهم 👩\u200d🍳"},
		{"nothing else", "\u200b\ufeff \u00ad", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, lead.CleanLine(c.in))
		})
	}
}

func drawLead(t *rapid.T) lead.Lead {
	raw := rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })
	text := rapid.OneOf(
		rapid.String(), raw, rapid.SampledFrom([]string{"linkedin", "1", "https://acme.example/1"}),
	)
	return lead.Lead{
		Source:     text.Draw(t, "source"),
		ExternalID: text.Draw(t, "id"),
		Title:      text.Draw(t, "title"),
		Company:    text.Draw(t, "company"),
		Location:   text.Draw(t, "location"),
		URL:        text.Draw(t, "url"),
		PostedAt:   time.UnixMicro(rapid.Int64Range(-1<<53, 1<<53).Draw(t, "posted")),
	}
}

func TestCleanTwiceIsCleanOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		once := drawLead(t).Clean()
		require.Equal(t, once, once.Clean())
		var wrong *lead.FieldError
		if err := once.Validate(); errors.As(err, &wrong) {
			require.NotContains(t, wrong.Problem, "Clean", "nothing is left for Clean to repair")
		} else {
			require.NoError(t, err, "every refusal is a FieldError")
		}
	})
}

func TestALeadThatIsValidSurvivesJSON(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(valid())
	require.NoError(t, err)
	require.JSONEq(
		t,
		`{"source":"linkedin","external_id":"123","title":"Baker","company":"Acme","location":"Ulm",
		"url":"https://acme.example/123","posted_at":"2026-03-01T00:00:00Z"}`,
		string(b),
	)
	rapid.Check(t, func(t *rapid.T) {
		l := drawLead(t).Clean()
		l.PostedAt = time.Time{}
		b, err := json.Marshal(l)
		require.NoError(t, err)
		require.NotContains(t, string(b), "posted_at", "a date that nobody knows is left out")
		var back lead.Lead
		require.NoError(t, json.Unmarshal(b, &back))
		require.Equal(t, l, back)
	})
}

func FuzzCleanLine(f *testing.F) {
	for _, s := range []string{"", " a  b ", "a\x00b", "\xffa", "a\u2028b", "a \x1b b", "\u200d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := lead.CleanLine(s)
		require.Equal(t, once, lead.CleanLine(once))
		require.True(t, utf8.ValidString(once))
		require.Equal(t, strings.TrimSpace(once), once)
		require.NotContains(t, once, "  ")
		require.False(t, strings.ContainsAny(once, "\x00\n\r\t"))
	})
}
