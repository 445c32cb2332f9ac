package jobposting_test

import (
	"slices"
	"testing"
	"time"

	"github.com/agent-forge/forge/internal/captures"
	"github.com/agent-forge/forge/internal/jobposting"
	"github.com/agent-forge/forge/lead"
)

func FuzzParse(f *testing.F) {
	f.Add(testdata(f, "posting.html"), "https://board.example/a")
	f.Add(testdata(f, "list.html"), "")
	f.Add([]byte(`{"@type":"JobPosting","title":"T","description":["a",{"@value":"b"}],"url":["%zz"]}`), "::")
	f.Add(
		[]byte(
			`<script type=application/ld+json>/*<![CDATA[*/{"@graph":[{"@id":"#a"},{"@type":"ItemList",`+
				`"itemListElement":{"item":{"@id":"#a"}}}],}//]]></script>`,
		),
		"https://board.example",
	)
	if captures.Dir(f) != "" {
		for _, kind := range []string{"jsonld", "nk-search", "li-detail"} {
			for _, p := range captures.Pages(f, kind, "") {
				f.Add(p.Body(f), "https://board.example/"+p.File)
			}
		}
	}
	f.Fuzz(func(t *testing.T, page []byte, pageURL string) {
		read := jobposting.ReadWithLinks(page, pageURL)
		for _, p := range read.Postings {
			if again := p.Data().Clean(); again.TextBytes() != p.Data().TextBytes() {
				t.Fatal("data is not clean")
			}
			for _, line := range []string{p.Title, p.Company, p.Location} {
				if line != lead.CleanLine(line) {
					t.Fatalf("%q is not clean", line)
				}
			}
			p.Job()
			p.Closed(time.Now())
		}
		for _, it := range read.Items {
			if it.URL == "" {
				t.Fatalf("item %+v", it)
			}
		}
		if slices.Contains(read.Links, "") || read.Broken < 0 || len(read.Items) > 0 && read.Lists == 0 {
			t.Fatalf("%+v", read)
		}
	})
}

// BenchmarkPosting reads an advert's page as Detail does.
func BenchmarkPosting(b *testing.B) {
	page := testdata(b, "posting.html")
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		for _, p := range jobposting.Read(page, "https://board.example/").Postings {
			p.Data()
		}
	}
}
