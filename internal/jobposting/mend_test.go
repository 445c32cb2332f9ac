package jobposting_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agent-forge/forge/internal/jobposting"
)

// TestMistakeInJSONIsNeverReadAsSomethingElse leaves out or adds characters of JSON's structure,
// and quotes anywhere. What is read then is what the posting said, or nothing.
func TestMistakeInJSONIsNeverReadAsSomethingElse(t *testing.T) {
	t.Parallel()
	const sample = `[
  {"@context":"https://schema.org","@type":"JobPosting","title":"Rigger",
  "hiringOrganization":{"@type":"Organization","name":"Saltmarsh"},
   "description":"Splice ropes, mend nets: all of them.","jobLocation":{"@type":"Place",
   "address":{"addressLocality":"Leith","addressCountry":"GB"}},
   "employmentType":["FULL_TIME","TEMPORARY"],"url":"https://a.example/jobs/1","totalJobOpenings":2},
  {"@context":"https://schema.org","@type":"JobPosting","title":"Cook",
  "hiringOrganization":{"name":"Brackwater"},
   "description":"Boil beef.","url":"https://a.example/jobs/2","directApply":true}
]`
	want := map[string][3]string{
		"Rigger": {"Saltmarsh", "Splice ropes, mend nets: all of them.", "https://a.example/jobs/1"},
		"Cook":   {"Brackwater", "Boil beef.", "https://a.example/jobs/2"},
	}
	inText := make([]bool, len(sample)) // what is inserted there is
	for i, text := 0, false; i < len(sample); i++ {
		inText[i] = text
		text = text != (sample[i] == '"')
	}
	mended, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		script := sample
		for range rapid.IntRange(1, 2).Draw(t, "mistakes") {
			at := rapid.IntRange(0, len(sample)-1).Draw(t, "at")
			sign := rapid.SampledFrom([]string{"", "{", "}", "[", "]", ",", ":", `"`}).Draw(t, "sign")
			switch {
			case len(script) != len(sample): // only the first mistake knows where it is
			case sign == "" && (!inText[at] || sample[at] == '"'):
				script = sample[:at] + sample[at+1:]
			case sign == `"` || sign != "" && !inText[at]:
				script = sample[:at] + sign + sample[at:]
			}
		}
		page := jobposting.Read(
			[]byte(`<script type="application/ld+json">`+script+`</script>`), "https://a.example/jobs",
		)
		for i := range page.Postings {
			p := &page.Postings[i]
			is, known := want[p.Title]
			if !known {
				require.Empty(t, p.Title, "a title that nobody wrote")
				continue
			}
			for k, got := range []string{p.Company, p.Description(), strings.Join(p.URLs, " ")} {
				if got != "" {
					require.Equal(t, is[k], got)
				}
			}
		}
		if page.Broken > 0 {
			refused++
		} else {
			mended++
		}
	})
	t.Logf("%d mended or unchanged, %d refused in part", mended, refused)
}

func TestPostingsBesideABrokenOneAreRead(t *testing.T) {
	t.Parallel()
	var script strings.Builder
	for i := range 50 {
		text := "Text"
		if i%10 == 3 {
			text = `A "quote" that is not escaped`
		}
		fmt.Fprintf(&script, `{"@type":"JobPosting","title":"Job %d","description":"%s"},`, i, text)
	}
	page := jobposting.Read([]byte(`<script type="application/ld+json">[`+script.String()+`]</script>`), "")
	require.Len(t, page.Postings, 45)
	require.Equal(t, 1, page.Broken)
	require.False(t, page.Cut)
}
