package naukri

import (
	"bytes"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"github.com/agent-forge/forge/internal/htmltree"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/jsonld"
)

// A parser holds the compiled selectors. It is safe for concurrent use.
type parser struct {
	list struct {
		wrapped, old, bare, linked                             cascadia.Selector
		title, company, experience, location, age              cascadia.Selector
		none, count, next, pages, jsonLD, shimmer, head, inner cascadia.Selector
	}
	job struct {
		title, company, canonical, description          cascadia.Selector
		experience, salary, location, stat, details     cascadia.Selector
		education, skill, walkIn, onSite, onTheirs, any cascadia.Selector
	}
}

// newParser compiles the selectors. Classes that the board's build hashes, such as styles_jd-header-title__rZwM1, are
// matched by their stable part.
func newParser() *parser {
	var p parser
	l, j, css := &p.list, &p.job, cascadia.MustCompile
	l.wrapped = css(".srp-jobtuple-wrapper[data-job-id]") // the results; decoys of the same looks stand outside of it
	l.old = css("article.jobTuple[data-job-id]")          // until 2023
	l.bare = css(".cust-job-tuple.sjw__tuple")            // results without their wrapper
	l.linked = css(".cust-job-tuple")
	l.title = css("a.title")
	l.company = css(".comp-name, a.subTitle")
	l.experience = css(".exp-wrap .expwdth, .experience span")
	l.location = css(".loc-wrap .locWdth, .location span")
	l.age = css(".job-post-day, .jobTupleFooter .type span")
	l.none = css(`[class*="styles_no-result"], .noResult, .no-result, .noResultsFound`)
	l.count = css(`[class*="styles_count-string"]`)
	l.next = css(`link[rel="next"], [class*="styles_pagination"] a[href]`)
	l.pages = css(`[class*="styles_pages"]`)
	l.jsonLD = css(`script[type="application/ld+json"]`)
	l.shimmer = css(`[class*="shimmer"]`)
	l.head, l.inner = css("title"), css("body")

	j.title = css(`h1[class*="jd-header-title"]`)
	j.company = css(`[class*="jd-header-comp-name"] a`)
	j.canonical = css(`link[rel="canonical"], meta[property="og:url"]`)
	j.description = css(`[class*="dang-inner-html"]`)
	j.experience = css(`[class*="jhc__exp__"], .jd-header .exp`)
	j.salary = css(`[class*="jhc__salary__"], .jd-header .salary`)
	j.location = css(`[class*="jhc__loc__"], .jd-header .loc`)
	j.stat = css(`[class*="jhc__stat__"], .jd-stats .stat`)
	j.details = css(`[class*="other-details"] [class*="details"]`)
	j.education = css(`[class*="education"] [class*="details"]`)
	j.skill = css(`[class*="key-skill"] a[class*="chip"], [class*="key-skill"] span[class*="chip"]`)
	j.walkIn = css(`div[class*="walkin"], section[class*="walkin"]`)
	j.onSite = css("#login-apply-button, #reg-apply-button, #apply-button")
	j.onTheirs = css("#company-site-button")
	j.any = css(`#login-apply-button, #reg-apply-button, #apply-button, #company-site-button, #walkin-button, button[class*="apply-button"]`)
	return &p
}

// listHTML reads a search page.
func (p *parser) listHTML(body []byte, base *url.URL, now time.Time) (listing, error) {
	tree := htmltree.Parse(body)
	doc := goquery.NewDocumentFromNode(tree.Root).Selection
	nodes := p.cards(doc)
	if len(nodes) > maxCards {
		return listing{}, &refusal{scraper.ErrMarkup, "a page with more than 1,000 cards"}
	}
	var l listing
	for _, n := range nodes {
		l.cards = append(l.cards, p.card(n, base, now))
	}
	l.none = len(l.cards) == 0 && doc.FindMatcher(p.list.none).Length() > 0
	if l.none {
		return l, nil
	}
	if len(l.cards) == 0 {
		return listing{}, p.explain(doc, body)
	}
	l.cut = tree.Partial || tree.Cut(nodes[len(nodes)-1])
	if b := doc.FindMatcher(p.list.inner); b.Length() > 0 {
		l.cut = l.cut || tree.Cut(b.Nodes[0])
	}
	l.total, l.last = p.paging(doc)
	l.cards = append(l.cards, p.unseen(doc, base, l.cards)...)
	return l, nil
}

// cards returns the results, outermost ones only, in the newest markup that the page has.
func (p *parser) cards(doc *goquery.Selection) []*html.Node {
	for _, markup := range []cascadia.Selector{p.list.wrapped, p.list.old, p.list.bare} {
		if found := outermost(doc.FindMatcher(markup).Nodes); len(found) > 0 {
			return found
		}
	}
	var found []*html.Node
	for _, n := range outermost(doc.FindMatcher(p.list.linked).Nodes) {
		title := goquery.NewDocumentFromNode(n).FindMatcher(p.list.title)
		if href, _ := title.Attr("href"); strings.Contains(href, "job-listings") {
			found = append(found, n)
		}
	}
	return found
}

// outermost drops nodes within others of the list, which is in the order of the page.
func outermost(nodes []*html.Node) []*html.Node {
	inside := make(map[*html.Node]bool, len(nodes))
	var out []*html.Node
	for _, n := range nodes {
		within := false
		for a := n.Parent; a != nil && !within; a = a.Parent {
			within = inside[a]
		}
		if !within {
			inside[n] = true
			out = append(out, n)
		}
	}
	return out
}

// card reads one result. The title attribute holds the whole of what the text may cut short.
func (p *parser) card(n *html.Node, base *url.URL, now time.Time) card {
	s := goquery.NewDocumentFromNode(n).Selection
	text := func(what cascadia.Selector) string {
		found := s.FindMatcher(what).First()
		if t := lead.CleanLine(found.AttrOr("title", "")); t != "" {
			return t
		}
		return lead.CleanLine(found.Text())
	}
	c := card{experience: text(p.list.experience)}
	var posted time.Time
	for _, age := range s.FindMatcher(p.list.age).EachIter() { // after labels such as "HOT JOB"
		if t := postedAt(age.Text(), now); !t.IsZero() {
			posted = t
		}
	}
	title := s.FindMatcher(p.list.title).First()
	c.lead, c.reason = newLead(s.AttrOr("data-job-id", ""), text(p.list.title), text(p.list.company), text(p.list.location), title.AttrOr("href", ""), posted, base)
	return c
}

// countPattern reads "1 - 20 of 2,624".
var countPattern = regexp.MustCompile(`of\s+([\d,]+)`)

// paging returns how many jobs the page says there are, and whether it shows that it is the last one.
func (p *parser) paging(doc *goquery.Selection) (total int, last bool) {
	count := doc.FindMatcher(p.list.count).First()
	if m := countPattern.FindStringSubmatch(count.AttrOr("title", count.Text())); m != nil {
		total, _ = strconv.Atoi(strings.ReplaceAll(m[1], ",", ""))
	}
	more, paged := false, doc.FindMatcher(p.list.pages).Length() > 0
	for _, a := range doc.FindMatcher(p.list.next).EachIter() {
		more = more || a.Is("link") || strings.EqualFold(strings.TrimSpace(a.Text()), "next")
	}
	return total, paged && !more
}

// unseen returns what the page's ItemList names and no card shows: cards that this parser does not recognise.
func (p *parser) unseen(doc *goquery.Selection, base *url.URL, cards []card) []card {
	seen := make(map[string]bool, len(cards))
	for _, c := range cards {
		if c.reason != "" { // it is reported already
			return nil
		}
		seen[c.lead.ExternalID] = true
	}
	var out []card
	for _, it := range itemList(doc, p.list.jsonLD, base) {
		if id := idIn(it.URL); id != "" && !seen[id] {
			seen[id] = true
			out = append(out, card{reason: "the page's own list names a job that no card shows"})
		}
	}
	return out
}

func itemList(doc *goquery.Selection, scripts cascadia.Selector, base *url.URL) (items []jsonld.Item) {
	for _, script := range doc.FindMatcher(scripts).EachIter() {
		text := script.Text()
		if !strings.Contains(text, "ItemList") {
			continue
		}
		if found, err := jsonld.ParseItems([]byte(text), base.String()); err == nil && len(found) <= maxCards {
			return found
		}
	}
	return nil
}

// explain says why a page without cards is no empty result. A page that was saved too early names its jobs and their
// addresses, but neither company nor place: a lead without them would escape every blacklist, and stand so for good, because
// stores keep the first title and company that they see.
func (p *parser) explain(doc *goquery.Selection, body []byte) error {
	switch {
	case asksForCaptcha(doc.FindMatcher(p.list.head).First().Text()), bytes.Contains(bytes.ToLower(body), []byte("recaptcha required")):
		return &refusal{scraper.ErrBlocked, wantsRecaptcha}
	case doc.FindMatcher(p.list.shimmer).Length() > 0:
		return &refusal{scraper.ErrMarkup, skeleton}
	case bytes.Contains(body, []byte("preloadState")), bytes.Contains(body, []byte("__next_f")):
		return &refusal{scraper.ErrMarkup, emptyShell}
	default:
		return &refusal{scraper.ErrMarkup, unknownPage}
	}
}
