package linkedin_test

import (
	"strings"
	"testing"

	"github.com/agent-forge/forge/scraper/linkedin"
)

// seed adds own and saved pages. A fuzzer works with what is short, so long pages are cut in pieces as well.
func seed(f *testing.F, own, kind string) {
	f.Helper()
	for _, p := range append(ownPages(f, own), savedPages(f, kind)...) {
		f.Add(p.body)
		const piece = 8 << 10
		if at := strings.Index(string(p.body), "job-search-card"); at > 0 && len(p.body) > piece {
			f.Add(p.body[at-at%64 : min(at+piece, len(p.body))])
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
