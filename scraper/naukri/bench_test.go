package naukri_test

import (
	"bytes"
	"testing"

	"golang.org/x/net/html"
)

// benchmarkPages measures a parser, and for HTML html.Parse alone on the same bytes to hold it
// against.
func benchmarkPages(b *testing.B, pages map[string][]byte, parse func([]byte)) {
	b.Helper()
	for name, page := range pages {
		run := func(what string, f func()) {
			b.Run(name+"/"+what, func(b *testing.B) {
				b.SetBytes(int64(len(page)))
				b.ReportAllocs()
				for b.Loop() {
					f()
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/op")
			})
		}
		run("forge", func() { parse(page) })
		if bytes.IndexByte(page, '<') >= 0 && page[0] != '{' {
			run("html.Parse", func() { _, _ = html.Parse(bytes.NewReader(page)) })
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	benchmarkPages(b, allPages(b, "search*", "nk-search"), parsers()["search"])
}

func BenchmarkPosting(b *testing.B) {
	benchmarkPages(b, allPages(b, "posting*", "nk-detail"), parsers()["posting"])
}
