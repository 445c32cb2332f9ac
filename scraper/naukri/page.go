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
	"golang.org/x/net/html/atom"

	"github.com/agent-forge/forge/internal/htmltree"
	"github.com/agent-forge/forge/internal/jobposting"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

// A parser holds the compiled selectors. It is safe for concurrent use.
type parser struct {
	list struct {
		wrapped, old, bare, linked                cascadia.Selector
		title, company, experience, location, age cascadia.Selector
		none, count, pages, next                  cascadia.Selector
	}
	job struct {
		title, company, description        cascadia.Selector
		experience, salary, location, stat cascadia.Selector
		details, education, skill, walkIn  cascadia.Selector
		onSite, onTheirs, otherwise        cascadia.Selector
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
	l.experience = css(".expwdth, li.experience > span")
	l.location = css(".locWdth, li.location > span")
	l.age = css(".job-post-day, .type > span")
	l.none = css(`[class*="styles_no-result"], .noResult, .no-result, .noResultsFound`)
	l.count = css(`[class*="styles_count-string"]`)
	l.pages = css(`[class*="styles_pages"]`)
	l.next = css(`[class*="styles_pagination"] a[class*="styles_btn-secondary"][href]`)

	j.title = css(`h1[class*="jd-header-title"]`)
	j.company = css(`[class*="jd-header-comp-name"] a`)
	j.description = css(`[class*="dang-inner-html"]`)
	j.experience = css(`[class*="jhc__exp__"], .jd-header .exp`)
	j.salary = css(`[class*="jhc__salary__"], .jd-header .salary`)
	j.location = css(`[class*="jhc__loc__"], .jd-header .loc`)
	j.stat = css(`[class*="jhc__stat__"], .jd-stats .stat`)
	j.details = css(`[class*="other-details"] [class*="details"]`)
	j.education = css(`[class*="education"] [class*="details"]`)
	j.skill = css(`[class*="key-skill"] [class*="chip"]`)
	j.walkIn = css(`div[class*="walkin"], section[class*="walkin"]`)
	j.onSite = css("#login-apply-button, #reg-apply-button, #apply-button")
	j.onTheirs = css("#company-site-button")
	j.otherwise = css(`#walkin-button, button[class*="apply-button"]`)
	return &p
}

// A sheet is what stands on a search page.
type sheet struct {
	wrapped, old, bare, linked []*html.Node // cards by their markup, outermost ones only
	none, more, paged, shimmer bool
	count, title, body         *html.Node
	scripts                    []*html.Node // JSON-LD
}

// sift notes what a search page has, in one pass that stays out of cards. Selectors are slow beside a look at the class, so
// they decide only where it looks right.
func (p *parser) sift(n *html.Node, s *sheet) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		switch c.DataAtom {
		case atom.Script:
			if attr(c, "type") == "application/ld+json" {
				s.scripts = append(s.scripts, c)
			}
			continue
		case atom.Style:
			continue
		case atom.Title:
			s.title = c
		case atom.Body:
			s.body = c
		case atom.Link:
			s.more = s.more || attr(c, "rel") == "next"
		case atom.A:
			s.more = s.more || strings.Contains(attr(c, "class"), "styles_btn") && p.list.next.Match(c) && strings.EqualFold(text(selection(c)), "next")
		}
		if class := attr(c, "class"); class != "" {
			if strings.Contains(class, "uple") && p.siftCard(c, s) {
				continue
			}
			s.none = s.none || strings.Contains(class, "no") && p.list.none.Match(c)
			s.shimmer = s.shimmer || strings.Contains(class, "shimmer")
			s.paged = s.paged || strings.Contains(class, "styles_pages") && p.list.pages.Match(c)
			if s.count == nil && strings.Contains(class, "styles_count") && p.list.count.Match(c) {
				s.count = c
			}
		}
		p.sift(c, s)
	}
}

func (p *parser) siftCard(n *html.Node, s *sheet) bool {
	switch {
	case p.list.wrapped.Match(n):
		s.wrapped = append(s.wrapped, n)
	case p.list.old.Match(n):
		s.old = append(s.old, n)
	case p.list.bare.Match(n):
		s.bare = append(s.bare, n)
	case p.list.linked.Match(n):
		s.linked = append(s.linked, n)
	default:
		return false
	}
	return true
}

// cards returns the results in the newest markup that the page has.
func (p *parser) cards(s *sheet) []*html.Node {
	for _, found := range [][]*html.Node{s.wrapped, s.old, s.bare} {
		if len(found) > 0 {
			return found
		}
	}
	var found []*html.Node
	for _, n := range s.linked {
		if href, _ := selection(n).FindMatcher(p.list.title).Attr("href"); strings.Contains(href, "job-listings") {
			found = append(found, n)
		}
	}
	return found
}

// listHTML reads a search page.
func (p *parser) listHTML(body []byte, base *url.URL, now time.Time) (listing, error) {
	tree := htmltree.Parse(body)
	var s sheet
	p.sift(tree.Root, &s)
	nodes := p.cards(&s)
	if len(nodes) > maxCards {
		return listing{}, &refusal{scraper.ErrMarkup, "a page with more than 1,000 cards"}
	}
	if len(nodes) == 0 {
		if s.none {
			return listing{none: true}, nil
		}
		return listing{}, explain(&s, body)
	}
	var l listing
	for _, n := range nodes {
		l.cards = append(l.cards, p.card(n, base, now))
	}
	l.cut = tree.Partial || tree.Cut(nodes[len(nodes)-1]) || s.body != nil && tree.Cut(s.body)
	l.total, l.last = count(s.count), s.paged && !s.more
	l.cards = append(l.cards, unseen(s.scripts, base, l.cards)...)
	return l, nil
}

func selection(n *html.Node) *goquery.Selection { return goquery.NewDocumentFromNode(n).Selection }

func attr(n *html.Node, key string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return n.Attr[i].Val
		}
	}
	return ""
}

// card reads one result. The title attribute holds the whole of what the text may cut short.
func (p *parser) card(root *html.Node, base *url.URL, now time.Time) card {
	var c card
	var title, company, place, address string
	var posted time.Time
	for n := range root.Descendants() {
		if n.DataAtom != atom.A && n.DataAtom != atom.Span {
			continue
		}
		switch {
		case title == "" && p.list.title.Match(n):
			title, address = shown(n), attr(n, "href")
		case company == "" && p.list.company.Match(n):
			company = shown(n)
		case c.experience == "" && p.list.experience.Match(n):
			c.experience = shown(n)
		case place == "" && p.list.location.Match(n):
			place = shown(n)
		case p.list.age.Match(n):
			if t := postedAt(text(selection(n)), now); !t.IsZero() { // after labels such as "HOT JOB"
				posted = t
			}
		}
	}
	c.lead, c.reason = newLead(attr(root, "data-job-id"), title, company, place, address, posted, base)
	return c
}

func shown(n *html.Node) string {
	if t := lead.CleanLine(attr(n, "title")); t != "" {
		return t
	}
	return text(selection(n))
}

// countPattern reads "1 - 20 of 2,624".
var countPattern = regexp.MustCompile(`of\s+([\d,]+)`)

// count reads how many jobs a page says there are; 0: it does not.
func count(n *html.Node) int {
	if n == nil {
		return 0
	}
	m := countPattern.FindStringSubmatch(shown(n))
	if m == nil {
		return 0
	}
	total, err := strconv.Atoi(strings.ReplaceAll(m[1], ",", ""))
	if err != nil {
		return 0
	}
	return total
}

// unseen returns what the page's ItemList names and no card shows: cards that this parser does not recognise.
func unseen(scripts []*html.Node, base *url.URL, cards []card) []card {
	seen := make(map[string]bool, len(cards))
	for _, c := range cards {
		if c.reason != "" { // it is reported already
			return nil
		}
		seen[c.lead.ExternalID] = true
	}
	var out []card
	for _, it := range itemList(scripts, base) {
		if id := idIn(it.URL); id != "" && !seen[id] {
			seen[id] = true
			out = append(out, card{reason: "the page's own list names a job that no card shows"})
		}
	}
	return out
}

func itemList(scripts []*html.Node, base *url.URL) []jobposting.Item {
	for _, script := range scripts {
		if script.FirstChild == nil || !strings.Contains(script.FirstChild.Data, `"ItemList"`) {
			continue
		}
		if found := jobposting.Read([]byte(script.FirstChild.Data), base.String()); found.Lists > 0 && len(found.Items) <= maxCards {
			return found.Items
		}
	}
	return nil
}

// explain says why a page without cards is no empty result. A page that was saved too early names its jobs and their
// addresses, but neither company nor place: a lead without them would escape every blacklist, and stand so for good, because
// stores keep the first title and company that they see.
func explain(s *sheet, body []byte) *refusal {
	switch {
	case s.title != nil && asksForCaptcha(text(selection(s.title))), bytes.Contains(bytes.ToLower(body), []byte("recaptcha required")):
		return &refusal{scraper.ErrBlocked, wantsRecaptcha}
	case s.shimmer:
		return &refusal{scraper.ErrMarkup, skeleton}
	case bytes.Contains(body, []byte("preloadState")), bytes.Contains(body, []byte("__next_f")):
		return &refusal{scraper.ErrMarkup, emptyShell}
	default:
		return &refusal{scraper.ErrMarkup, unknownPage}
	}
}
