package jsonld_test

import (
	"testing"
	"time"

	"github.com/agent-forge/forge/internal/captures"
	"github.com/agent-forge/forge/scraper/jsonld"
)

func FuzzParse(f *testing.F) {
	f.Add(testdata(f, "posting.html"), "https://board.example/a")
	f.Add(testdata(f, "list.html"), "")
	f.Add([]byte(`{"@type":"JobPosting","title":"T","description":["a",{"@value":"b"}],"url":["%zz"]}`), "::")
	f.Add([]byte(`<script type=application/ld+json>/*<![CDATA[*/{"@graph":[{"@id":"#a"},{"@type":"ItemList","itemListElement":{"item":{"@id":"#a"}}}],}//]]></script>`), "https://board.example")
	if captures.Dir(f) != "" {
		for _, kind := range []string{"jsonld", "nk-search", "li-detail"} {
			for _, p := range captures.Pages(f, kind, "") {
				f.Add(p.Body(f), "https://board.example/"+p.File)
			}
		}
	}
	f.Fuzz(func(t *testing.T, page []byte, pageURL string) {
		ps, err := jsonld.Parse(page, pageURL)
		if (err == nil) == (len(ps) == 0) {
			t.Fatalf("%d postings and error %v", len(ps), err)
		}
		for _, p := range ps {
			if again := p.Data().Clean(); again.TextBytes() != p.Data().TextBytes() {
				t.Fatal("data is not clean")
			}
			if l := p.Lead("x"); l != l.Clean() {
				t.Fatal("lead is not clean")
			}
			p.Closed(time.Now())
		}
		items, err := jsonld.ParseItems(page, pageURL)
		for _, it := range items {
			if it.URL == "" || err != nil {
				t.Fatalf("item %+v, error %v", it, err)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	page := testdata(b, "posting.html")
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := jsonld.Parse(page, "https://board.example/"); err != nil {
			b.Fatal(err)
		}
	}
}
