package linkedin_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/agent-forge/forge/internal/captures"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/linkedin"
)

type namedPage struct {
	name string
	body []byte
}

// ownPages returns the pages of testdata whose names begin with prefix.
func ownPages(tb testing.TB, prefix string) []namedPage {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", prefix+"*.html"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no pages %s*.html in testdata: %v", prefix, err)
	}
	var pages []namedPage
	for _, f := range files {
		body, err := os.ReadFile(f)
		if err != nil {
			tb.Fatal(err)
		}
		pages = append(pages, namedPage{path.Base(f), body})
	}
	return pages
}

// savedPages returns real pages where there are any.
func savedPages(tb testing.TB, kind string) []namedPage {
	tb.Helper()
	if captures.Dir(tb) == "" {
		return nil
	}
	var pages []namedPage
	for _, p := range captures.Pages(tb, kind, "linkedin/") {
		pages = append(pages, namedPage{path.Base(p.File), p.Body(tb)})
	}
	return pages
}

// benchmarkPages measures a parser, and html.Parse alone on the same bytes to hold it against.
func benchmarkPages(b *testing.B, pages []namedPage, parse func([]byte)) {
	b.Helper()
	for _, p := range pages {
		for _, c := range []struct {
			name string
			run  func()
		}{
			{"forge", func() { parse(p.body) }},
			{"html.Parse", func() { _, _ = html.Parse(bytes.NewReader(p.body)) }},
		} {
			b.Run(p.name+"/"+c.name, func(b *testing.B) {
				b.SetBytes(int64(len(p.body)))
				b.ReportAllocs()
				for b.Loop() {
					c.run()
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/op")
			})
		}
	}
}

// BenchmarkSearch measures a whole search of one page, and html.Parse alone on the same page in
// turn with it, so that a busy machine slows both. Its metric x/parse is the ratio of the two.
func BenchmarkSearch(b *testing.B) {
	for _, p := range append(ownPages(b, "search-"), savedPages(b, "li-search")...) {
		b.Run(p.name, func(b *testing.B) {
			first := true
			board, err := linkedin.New(
				&linkedin.Options{
					Client: &http.Client{Transport: answering(func(r *http.Request) *http.Response {
						body := p.body
						if !first {
							body = nil // the list ends
						}
						first = false
						return &http.Response{
							StatusCode: http.StatusOK, Header: http.Header{},
							Body: io.NopCloser(bytes.NewReader(body)), Request: r,
						}
					})},
				},
			)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(p.body)))
			b.ReportAllocs()
			var searching, parsing time.Duration
			for b.Loop() {
				first = true
				began := time.Now()
				for l, err := range board.Search(b.Context(), lead.Query{}) {
					_, _ = l, err
				}
				searched := time.Now()
				searching += searched.Sub(began)
				b.StopTimer()
				_, _ = html.Parse(bytes.NewReader(p.body))
				parsing += time.Since(searched)
				b.StartTimer()
			}
			b.ReportMetric(float64(searching)/float64(parsing), "x/parse")
		})
	}
}

func BenchmarkSearchPage(b *testing.B) {
	pages := append(ownPages(b, "search-"), savedPages(b, "li-search")...)
	benchmarkPages(b, pages, func(body []byte) { linkedin.ParseSearch(body) })
}

func BenchmarkPosting(b *testing.B) {
	pages := append(ownPages(b, "posting-"), savedPages(b, "li-detail")...)
	benchmarkPages(b, pages, func(body []byte) { _, _, _, _ = linkedin.ParsePosting(body) })
}
