package naukri_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/captures"
	"github.com/agent-forge/forge/internal/measure"
	"github.com/agent-forge/forge/scraper/naukri"
)

const megabyte = 1 << 20

func fill(s string) string { return strings.Repeat(s, megabyte/len(s)) }

// hostilePages are a megabyte of what breaks parsers, around the marks that this one looks for.
func hostilePages() map[string]string {
	wrapper := `<div class="srp-jobtuple-wrapper" data-job-id="300526000001">`
	text := func(s string) string { return `<div class="dang-inner-html">` + s + `</div>` }
	list := func(item string) string {
		return `{"noOfJobs":9,"jobDetails":[` + strings.TrimSuffix(fill(item+","), ",") + `]}`
	}
	return map[string]string{
		"nested tags":        fill("<div>"),
		"cards within cards": fill(wrapper),
		"cards":              fill(wrapper + "</div>"),
		"old cards":          fill(`<article class="jobTuple" data-job-id="1">`),
		"bare cards":         fill(`<div class="cust-job-tuple sjw__tuple">`),
		"linked cards": fill(
			`<div class="cust-job-tuple"><a class="title" href="/job-listings-1234">`),
		"decoys":                fill(`<div class="cust-job-tuple">x</div>`),
		"a card of nested tags": wrapper + fill("<i><p>"),
		"titles":                wrapper + fill(`<a class="title">x</a>`),
		"ages":                  wrapper + fill(`<i class="job-post-day">1 day ago</i>`),
		"a title of a megabyte": wrapper + `<a class="title" href="/job-listings-1">` + fill("x ") +
			`</a>`,
		"an id of a megabyte":      `<div class="srp-jobtuple-wrapper" data-job-id="` + fill("1") + `">`,
		"an address of a megabyte": wrapper + `<a class="title" href="/job-listings-` + fill("1") + `">x</a>`,
		"next links":               wrapper + "</div>" + fill(`<link rel="next">`),
		"pagination":               wrapper + "</div>" + fill(`<i class="styles_pagination"><a href=x>`),
		"lists of items": wrapper + "</div>" + fill(
			`<script type="application/ld+json">{"@type":"ItemList"}</script>`,
		),
		"a list of items": wrapper +
			`</div><script type="application/ld+json">{"@type":"ItemList","itemListElement":[` + fill(
			`"/job-listings-1234",`,
		) + `1]}</script>`,
		"a text of nested tags":    text(fill("<b><p>x")),
		"a text of words":          text(fill("lorem ipsum. ")),
		"a text of headings":       text(fill("Requirements:<br>x<br>")),
		"the longest text allowed": text(fill("Requirements:<br>x<br>")[:250<<10]) + fill(" "),
		"texts":                    fill(text("x")),
		"texts within texts":       fill(`<div class="dang-inner-html">`),
		"details": text("x") + `<div class="other-details">` +
			fill(`<p class="details"><label>Role`),
		"details within details": text("x") + fill(`<div class="other-details details">`),
		"skills":                 text("x") + `<div class="key-skill">` + fill(`<a class="chip">x`),
		"buttons":                text("x") + fill(`<button id="apply-button">x</button>`),
		"notices":                fill(`<p>this job is not the one</p>`),
		"nearly notices":         fill("job job job job job job job "),
		"JSON objects":           list("{}"),
		"JSON numbers":           list("1"),
		"JSON jobs": list(
			`{"title":"x","jobId":"300526000001","jdURL":"/job-listings-300526000001"}`),
		"nested JSON": `{"jobDetails":` + fill("["),
		"nested JSON, closed": `{"jobDetails":` + strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat(
			"}", 9000,
		) + fill(" ") + "}",
		"a JSON job of skills": `{"jobDetails":{"description":"x","keySkills":{"other":[` + fill(
			`{"label":"x"},`,
		) + `{}]}}}`,
		"a JSON job of education": `{"jobDetails":{"description":"x","education":{"ug":[` + fill(
			`"x",`,
		) + `""]}}}`,
		"a JSON walk-in": `{"jobDetails":{"description":"x","walkIn":{` + fill(
			`"date":"x",`,
		) + `"venue":"y"}}}`,
		"a JSON text of tags":       `{"jobDetails":{"description":"` + fill("<b><p>") + `"}}`,
		"JSON in a page":            "<pre>{" + fill("&quot;") + "}</pre>",
		"JSON in a page, many tags": "<pre>" + fill("<b>{"),
		"bytes":                     fill("\x00\xff<\x01"),
		"half a tag":                "<div " + fill("a=b "),
	}
}

// cost returns the processor time, and the bytes allocated for each byte of the page.
func cost(body []byte, parse func([]byte)) (time.Duration, float64) {
	took, allocated := measure.Cost(func() { parse(body) })
	return took, float64(allocated) / float64(len(body))
}

func parsers() map[string]func([]byte) {
	return map[string]func([]byte){
		"search":  func(b []byte) { _, _ = naukri.ParseSearch(b, now) },
		"posting": func(b []byte) { _, _ = naukri.ParsePosting(b, now) },
	}
}

//nolint:paralleltest // what runs beside it would be counted
func TestHostilePagesCostTimeAndMemoryInProportion(t *testing.T) {
	if measure.RaceDetector {
		t.Skip("the race detector's own cost would be measured")
	}
	for name, page := range hostilePages() {
		for what, parse := range parsers() {
			took, factor := cost([]byte(page), parse)
			t.Logf(
				"%-26s %-8s %6v, %5.1f bytes allocated for each byte", name, what,
				took.Round(time.Millisecond), factor,
			)
			require.Less(t, took, 2*time.Second, "%s as a %s", name, what)
			require.Less(t, factor, 100.0, "%s as a %s", name, what)
		}
	}
}

// ownPages returns the pages of testdata whose names begin with prefix.
func ownPages(tb testing.TB, prefix string) map[string][]byte {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", prefix))
	require.NoError(tb, err)
	require.NotEmpty(tb, files)
	pages := map[string][]byte{}
	for _, f := range files {
		pages[filepath.Base(f)] = testdata(tb, filepath.Base(f))
	}
	return pages
}

// allPages adds real pages where there are any.
func allPages(tb testing.TB, prefix, kind string) map[string][]byte {
	tb.Helper()
	pages := ownPages(tb, prefix)
	if captures.Dir(tb) != "" {
		for _, p := range captures.Pages(tb, kind, "") {
			pages[p.File] = p.Body(tb)
		}
	}
	return pages
}

// repeated makes a megabyte of a page.
func repeated(page []byte) []byte {
	if trimmed := bytes.TrimSpace(page); trimmed[0] == '{' ||
		trimmed[0] == '[' && trimmed[1] != '<' { // a list of JSON jobs stays JSON
		if trimmed[0] == '{' {
			return append(bytes.TrimSuffix(trimmed, []byte("}")), []byte(`,"more":"`+fill("x")+`"}`)...)
		}
		inner := trimmed[1 : len(trimmed)-1]
		all := bytes.Repeat(append(inner, ','), megabyte/len(inner)+1)
		return append(append([]byte("["), bytes.TrimSuffix(all, []byte(","))...), ']')
	}
	return bytes.Repeat(page, megabyte/len(page)+1)
}

//nolint:paralleltest // what runs beside it would be measured
func TestGoodPagesOfAMegabyteAreReadQuickly(t *testing.T) {
	if measure.RaceDetector {
		t.Skip("the race detector's own cost would be measured")
	}
	for _, c := range []struct {
		what  string
		pages map[string][]byte
	}{
		{"search", allPages(t, "search*", "nk-search")}, {"posting", allPages(t, "posting*", "nk-detail")},
	} {
		t.Run(c.what, func(t *testing.T) {
			for name, page := range c.pages {
				body := repeated(page)
				const most = 150 * time.Millisecond
				best := time.Hour
				// what else the machine does can only make it slower
				for try := 0; best > most && try < 5; try++ {
					took, _ := cost(body, parsers()[c.what])
					best = min(best, took*megabyte/time.Duration(len(body)))
				}
				t.Logf("%-60s %v for a megabyte", name, best.Round(100*time.Microsecond))
				require.Less(t, best, most, name)
			}
		})
	}
}
