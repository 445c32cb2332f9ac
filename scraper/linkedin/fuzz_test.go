package linkedin_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/agent-forge/forge/scraper/linkedin"
)

// seed adds own and saved pages. A fuzzer needs what is short, so of a long page it gets the parts
// that are read.
func seed(f *testing.F, own, kind string) {
	f.Helper()
	const piece = 6 << 10
	for _, p := range append(ownPages(f, own), savedPages(f, kind)...) {
		if len(p.body) <= piece {
			f.Add(p.body)
			continue
		}
		for _, mark := range []string{
			`class="no-results`, "job-search-card", "top-card-layout ",
			"top-card-layout__cta-container", "show-more-less-html__markup", "decoratedJobPostingId",
		} {
			if at := bytes.Index(p.body, []byte(mark)); at >= 0 {
				at = max(0, bytes.LastIndexByte(p.body[:at], '<'))
				f.Add(p.body[at:min(at+piece, len(p.body))])
			}
		}
	}
	for _, page := range hostilePages() {
		f.Add([]byte(page[:min(len(page), 1000)]))
	}
}

func FuzzSearchPage(f *testing.F) {
	seed(f, "search-", "li-search")
	f.Fuzz(func(t *testing.T, body []byte) {
		leads, reasons, none, blank := linkedin.ParseSearch(body)
		for _, l := range leads {
			if err := l.Validate(); err != nil {
				t.Errorf("%v", err)
			}
			if l.Source != linkedin.Source || strings.ContainsAny(l.URL, "?#") {
				t.Errorf("lead %+v", l)
			}
		}
		if len(leads)+len(reasons) > 0 && (none || blank) {
			t.Error("cards on a page without any")
		}
	})
}

func FuzzPosting(f *testing.F) {
	seed(f, "posting-", "li-detail")
	f.Fuzz(func(t *testing.T, body []byte) {
		id, closed, data, err := linkedin.ParsePosting(body)
		if err != nil {
			return
		}
		if err := data.Validate(); err != nil {
			t.Errorf("%v", err)
		}
		if strings.Trim(id, "0123456789") != "" {
			t.Errorf("id %q", id)
		}
		if closed && data.IsEasyApply != nil {
			t.Error("closed, and one can apply")
		}
	})
}
