package ats_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/captures"
	"github.com/agent-forge/forge/internal/measure"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/ats"
)

// TestCapturesAreReadAsAnIndependentReadingReadsThem compares each field of each job in the saved
// answers with what the readings of this package's other test file say.
func TestCapturesAreReadAsAnIndependentReadingReadsThem(t *testing.T) {
	t.Parallel()
	equal := 0
	for _, a := range captures.Answers(t) {
		if measure.RaceDetector && len(a.Body) > 1<<20 {
			continue // one goroutine reads it as it reads the others
		}
		jobs := independent(t, a)
		company := "acme"
		if a.Provider == "workday" {
			company = "acme.wd5/Careers"
		}
		s, err := ats.New(&ats.Options{
			Boards: []ats.Board{{Provider: a.Provider, Company: company}},
			Client: &http.Client{Transport: saved(a.Body)}, Now: newClock().Now,
		})
		require.NoError(t, err)
		got := readSaved(t, s[0], a, jobs)
		require.Len(t, got, len(jobs), "%s/%s", a.Provider, a.Name)
		for i, want := range jobs {
			for _, f := range want.fields(got[i]) {
				if f.want != f.got {
					t.Errorf("%s/%s: %s: %s:\nwant %q\ngot  %q",
						a.Provider, a.Name, want.id, f.name, f.want, f.got)
					continue
				}
				equal++
			}
		}
	}
	t.Logf("%d fields are equal", equal)
}

// saved answers each request with one page.
type saved []byte

func (b saved) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(string(b))), Request: r,
	}, nil
}

// readSaved returns what a Scraper reads of a saved answer, in the order of jobs. The answers for one job are
// those that name detail.
func readSaved(t *testing.T, s *ats.Scraper, a captures.Answer, jobs []wanted) (out []reading) {
	t.Helper()
	if strings.Contains(a.Name, "detail") {
		for _, w := range jobs {
			l := lead.Lead{Source: a.Provider, ExternalID: w.id, URL: w.url}
			d, err := s.Detail(t.Context(), l)
			require.NoError(t, err, a.Name)
			out = append(out, reading{Data: &d})
		}
		return out
	}
	leads, _ := search(t, s, lead.Query{})
	for _, l := range leads {
		r := reading{Lead: l}
		if d, err := s.Detail(t.Context(), l); err == nil {
			r.Data = &d
		}
		out = append(out, r)
	}
	return out
}

// A wanted job is what an independent reading says. Fields that are nil are not compared.
type wanted struct {
	id, url    string
	title      *string
	company    *string
	location   *string
	posted     *string
	pay        *string // min, max, currency and period, with spaces between
	department *string
	types      *string // the letters of the employment types
	// asked are letters that the requirements hold, and others those that they do not.
	asked, others []string
	mentions      []string // that the description holds
}

type compared struct{ name, want, got string }

func (w wanted) fields(r reading) (out []compared) {
	add := func(name string, want *string, got string) {
		if want != nil {
			out = append(out, compared{name, *want, got})
		}
	}
	if r.Lead.ExternalID != "" {
		add("id", &w.id, r.Lead.ExternalID)
		add("url", &w.url, r.Lead.URL)
		add("title", w.title, r.Lead.Title)
		add("company", w.company, r.Lead.Company)
		add("location", w.location, r.Lead.Location)
		posted := ""
		if !r.Lead.PostedAt.IsZero() {
			posted = fmt.Sprint(r.Lead.PostedAt.Unix())
		}
		add("posted", w.posted, posted)
	}
	if r.Data == nil {
		return out
	}
	at := r.Data.Attributes
	add("pay", w.pay, strings.Join([]string{
		at[enrich.AttrSalaryMin], at[enrich.AttrSalaryMax], at[enrich.AttrSalaryCurrency],
		at[enrich.AttrSalaryPeriod],
	}, " "))
	add("department", w.department, at[enrich.AttrDepartment])
	add("types", w.types, letters(at[enrich.AttrEmploymentType]))
	holds := func(name, text string, want bool, words []string) {
		for _, s := range words {
			if strings.Contains(letters(text), letters(s)) != want {
				out = append(out, compared{name, fmt.Sprint(want), s})
				return
			}
		}
		if words != nil {
			out = append(out, compared{name, "", ""})
		}
	}
	holds("requirements", r.Data.Requirements, true, w.asked)
	holds("no requirements", r.Data.Requirements, false, w.others)
	holds("text", r.Data.Description, true, w.mentions)
	return out
}

// letters returns the letters and digits of a text in lower case, since no two readings agree on
// its spaces and marks of lists.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func ptr(s string) *string { return &s }

var blanks = regexp.MustCompile(`[\s\x{a0}\x{200b}]+`)

func squeeze(s string) string { return strings.TrimSpace(blanks.ReplaceAllString(s, " ")) }

// A node is decoded JSON.
type node struct{ v any }

func decode(t *testing.T, b []byte) node {
	t.Helper()
	var v any
	require.NoError(t, json.Unmarshal(b, &v))
	return node{v}
}

// at walks down by names.
func (n node) at(names ...string) node {
	for _, name := range names {
		m, _ := n.v.(map[string]any)
		n = node{m[name]}
	}
	return n
}

func (n node) each() (out []node) {
	list, _ := n.v.([]any)
	for _, v := range list {
		out = append(out, node{v})
	}
	return out
}

// str returns a text or a number as it is written; empty for everything else.
func (n node) str() string {
	switch v := n.v.(type) {
	case string:
		return v
	case float64:
		return fmt.Sprintf("%.10g", v)
	}
	return ""
}

func (n node) yes() bool { return n.v == true }
