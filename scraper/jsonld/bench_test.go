package jsonld_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/jsonld"
)

// onePage answers every request with one page.
type onePage string

func (p onePage) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(p))),
		Request: r,
	}, nil
}

// BenchmarkSearch reads a list of 200 postings with texts of 3 kB, as a career page of some size
// has.
func BenchmarkSearch(b *testing.B) {
	paragraph := "<p>We build ferries, splice ropes and keep &amp; mend nets. You know steel, tides and " +
		"people, and like the sea.</p>"
	var page strings.Builder
	for i := range 200 {
		fmt.Fprintf(
			&page,
			`<script type="application/ld+json">{"@context":"https://schema.org","@type":"JobPosting",`+
				`"title":"Rigger %d","datePosted":"2026-05-04",`+
				`"description":"%s<ul><li>Five years</li></ul>","identifier":{"@type":"PropertyValue",`+
				`"name":"Brackwater","value":%d},"url":"/jobs/%d",`+
				`"employmentType":"FULL_TIME","hiringOrganization":{"@type":"Organization",`+
				`"name":"Brackwater"},`+
				`"jobLocation":{"@type":"Place","address":{"@type":"PostalAddress",`+
				`"addressLocality":"Leith","addressCountry":"GB"}}}</script>`,
			i,
			strings.Repeat(paragraph, 28),
			i,
			i,
		)
	}
	s, err := jsonld.New(&jsonld.Options{
		Pages: []string{
			"https://careers.example/",
		},
		Client: &http.Client{Transport: onePage(page.String())},
	})
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		q    lead.Query
	}{
		{"all", lead.Query{}},
		{
			"filtered", lead.Query{
				Keywords: "rigger steel", Location: "Leith",
				JobTypes: []string{lead.FullTime},
			},
		},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(page.Len()))
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				for _, err := range s.Search(b.Context(), c.q) {
					if err != nil {
						b.Fatal(err)
					}
					n++
				}
				if n != 200 {
					b.Fatal(n)
				}
			}
		})
	}
}
