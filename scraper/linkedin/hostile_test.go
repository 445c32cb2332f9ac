package linkedin_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/measure"
	"github.com/agent-forge/forge/scraper/linkedin"
)

const megabyte = 1 << 20

func fill(s string) string { return strings.Repeat(s, megabyte/len(s)) }

// hostilePages are a megabyte of what breaks parsers, around the marks that this one looks for.
func hostilePages() map[string]string {
	formatting := "<div>" + strings.Repeat("<b x=1><i y=2><u z=3>", 60) + "</div>"
	card := func(inside string) string {
		return `<li><div class="base-card base-search-card job-search-card" ` +
			`data-entity-urn="urn:li:jobPosting:400000001">` + inside + `</div></li>`
	}
	text := func(inside string) string {
		return `<section class="top-card-layout"></section><div class="show-more-less-html__markup">` +
			inside + `</div>`
	}
	pages := map[string]string{
		"100,000 nested tags": strings.Repeat("<div>", 100_000) + fill("</div>"),
		"repeated formatting": formatting + fill("<div>x</div>"),
		"cards within cards":  fill(`<div class="job-search-card">`),
		"cards without end":   fill(`<li class="job-search-card">`),
		"tiny cards":          fill(`<p class=job-search-card>`),
		"items of a list":     `<ul class="jobs-search__results-list">` + fill("<li>"),
		"items with jobs":     fill(`<li><a href="/jobs/view/1">`),
		"lists within lists":  fill("<ul><li>"),
		"a card of nested tags": card(
			strings.Repeat("<div>", megabyte/11) + strings.Repeat("</div>", megabyte/11),
		),
		"a title of a megabyte": card(`<h3 class="base-search-card__title">` + fill("x ") + `</h3>`),
		"titles":                card(fill(`<h3 class="base-search-card__title">x</h3>`)),
		"classes":               card(`<p class="` + fill("a ") + `">x</p>`),
		"apply buttons": text("x") +
			fill(`<a data-tracking-control-name="apply-link-onsite">`),
		"notices": text("x") + fill(`<figure class="closed-job">`),
		"criteria": text("x") +
			fill(`<li class="description__job-criteria-item"><b>a</b>`),
		"salaries":                     text("x") + fill(`<b class="compensation__salary">1</b>`),
		"a text of nested tags":        text(fill("<b><p>x")),
		"a text of nested lists":       text(fill("<ul><li>x")),
		"a text of words":              text(fill("lorem ipsum. ")),
		"a text of headings":           text(fill("Requirements:<br>x<br>")),
		"the longest text of headings": text(fill("Requirements:<br>x<br>")[:300<<10]) + fill(" "),
		"a text of entities":           text(fill("&amp;lt;")),
		"descriptions":                 fill(`<div class="show-more-less-html__markup">x</div>`),
		"an id of a megabyte": `<code id="decoratedJobPostingId"><!--"` + fill("1") + `"--></code>` + text(
			"x",
		),
		"an attribute of a megabyte": `<a href="/jobs/view/` + fill("1") + `">` + text("x"),
		"bytes":                      fill("\x00\xff<\x01"),
		"half a tag":                 "<div " + fill("a=b "),
	}
	return pages
}

// TestHostilePagesCostTimeAndMemoryInProportion measures, and so it runs alone.
//
//nolint:paralleltest // what runs beside it would be counted
func TestHostilePagesCostTimeAndMemoryInProportion(t *testing.T) {
	if measure.RaceDetector {
		t.Skip("the race detector's own cost would be measured")
	}
	for name, page := range hostilePages() {
		body := []byte(page)
		for _, c := range []struct {
			what  string
			parse func()
		}{
			{"search", func() { linkedin.ParseSearch(body) }},
			{"posting", func() { _, _, _, _ = linkedin.ParsePosting(body) }},
		} {
			t.Run(name+" as a "+c.what, func(t *testing.T) {
				took, allocated := measure.Cost(c.parse)
				factor := float64(allocated) / float64(len(body))
				t.Logf(
					"%-26s %-8s %6v, %5.1f bytes allocated for each byte", name, c.what,
					took.Round(time.Millisecond), factor,
				)
				require.Less(t, took, 2*time.Second, "%s as a %s", name, c.what)
				require.Less(t, factor, 100.0, "%s as a %s", name, c.what)
			})
		}
	}
}

// TestGoodPagesOfAMegabyteAreReadQuickly repeats pages, because no real one is that long.
//
//nolint:paralleltest // what runs beside it would be measured
func TestGoodPagesOfAMegabyteAreReadQuickly(t *testing.T) {
	if measure.RaceDetector {
		t.Skip("the race detector's own cost would be measured")
	}
	searches := append(ownPages(t, "search-"), savedPages(t, "li-search")...)
	postings := append(ownPages(t, "posting-"), savedPages(t, "li-detail")...)
	for i, p := range append(searches, postings...) {
		body := bytes.Repeat(p.body, megabyte/len(p.body)+1)
		parse := func() { linkedin.ParseSearch(body) }
		if i >= len(searches) {
			parse = func() { _, _, _, _ = linkedin.ParsePosting(body) }
		}
		took, _ := measure.Cost(parse)
		took = took * megabyte / time.Duration(len(body))
		t.Logf("%-60s %v for a megabyte", p.name, took.Round(100*time.Microsecond))
		require.Less(t, took, 150*time.Millisecond, p.name)
	}
}
