package naukri

import (
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/agent-forge/forge/internal/board"
	"github.com/agent-forge/forge/internal/dates"
	"github.com/agent-forge/forge/internal/htmltree"
	"github.com/agent-forge/forge/internal/jobposting"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

// The board's build hashes classes: styles_jd-header-title__rZwM1. A part of a class is its stable
// part, and stands in no other class of the board's.

// partOf reports whether an element's classes hold a part.
func partOf(n *html.Node, part string) bool { return strings.Contains(htmltree.Attr(n, "class"), part) }

// inside reports whether an element stands in one whose classes hold a part.
func inside(n *html.Node, part string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if partOf(p, part) {
			return true
		}
	}
	return false
}

// The markup of cards, the newest first.
const (
	wrapped = iota // the results since 2023; decoys of the same looks stand outside of the wrapper
	old            // until 2023
	bare           // results without their wrapper
	linked         // results, and decoys that link no job
	markups
)

// A sheet is what stands on a search page.
type sheet struct {
	cards                      [markups][]*html.Node // outermost ones only
	none, more, paged, shimmer bool
	count, title, body         *html.Node
	scripts                    []*html.Node // JSON-LD
}

// sift notes what a search page has, in one pass that stays out of cards.
func (s *sheet) sift(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		switch c.DataAtom {
		case atom.Script:
			if htmltree.Attr(c, "type") == "application/ld+json" {
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
			s.more = s.more || htmltree.Attr(c, "rel") == "next"
		}
		if class := htmltree.Attr(c, "class"); class != "" {
			if m := markupOf(class); m >= 0 {
				s.cards[m] = append(s.cards[m], c)
				continue
			}
			s.more = s.more ||
				strings.Contains(class, "styles_btn-secondary") && htmltree.Attr(c, "href") != "" &&
					inside(c, "styles_pagination") && strings.EqualFold(textOf(c), "next")
			s.none = s.none || strings.Contains(class, "styles_no-result") ||
				slices.ContainsFunc(noResults, func(name string) bool {
					return htmltree.Holds(class, name)
				})
			s.shimmer = s.shimmer || strings.Contains(class, "shimmer")
			s.paged = s.paged || strings.Contains(class, "styles_pages")
			if s.count == nil && strings.Contains(class, "styles_count-string") {
				s.count = c
			}
		}
		s.sift(c)
	}
}

var noResults = []string{"noResult", "no-result", "noResultsFound"}

// markupOf returns which markup of a card a class is; -1: it is no card.
func markupOf(class string) int {
	switch {
	case !strings.Contains(class, "uple"):
	case htmltree.Holds(class, "srp-jobtuple-wrapper"):
		return wrapped
	case htmltree.Holds(class, "jobTuple"):
		return old
	case htmltree.Holds(class, "cust-job-tuple") && htmltree.Holds(class, "sjw__tuple"):
		return bare
	case htmltree.Holds(class, "cust-job-tuple"):
		return linked
	}
	return -1
}

// results returns the cards in the newest markup that the page has.
func (s *sheet) results() []*html.Node {
	for _, found := range s.cards[:linked] {
		if len(found) > 0 {
			return found
		}
	}
	return slices.DeleteFunc(s.cards[linked], func(n *html.Node) bool { return !listsJob(n) })
}

func listsJob(n *html.Node) bool {
	for c := range n.Descendants() {
		if isTitle(c) && strings.Contains(htmltree.Attr(c, "href"), jobPath) {
			return true
		}
	}
	return false
}

func isTitle(n *html.Node) bool { return n.DataAtom == atom.A && htmltree.HasClass(n, "title") }

// listHTML reads a search page.
func listHTML(body []byte, base *url.URL, now time.Time) (listing, error) {
	tree := htmltree.Parse(body)
	var s sheet
	s.sift(tree.Root)
	nodes := s.results()
	switch {
	case len(nodes) > maxCards:
		return listing{}, &refusal{scraper.ErrMarkup, "a page with more than 1,000 cards"}
	case len(nodes) == 0 && s.none:
		return listing{none: true}, nil
	case len(nodes) == 0:
		return listing{}, s.explain(body)
	}
	var l listing
	for _, n := range nodes {
		l.cards = append(l.cards, readCard(n, base, now))
	}
	l.cut = tree.Partial || tree.Cut(nodes[len(nodes)-1]) || s.body != nil && tree.Cut(s.body)
	l.total, l.last = count(s.count), s.paged && !s.more
	l.cards = append(l.cards, unseen(s.scripts, base, l.cards)...)
	return l, nil
}

// readCard reads one result.
func readCard(root *html.Node, base *url.URL, now time.Time) board.Card {
	j := listedJob{id: htmltree.Attr(root, "data-job-id")}
	first := func(to *string, n *html.Node, here bool) bool {
		if *to != "" || !here {
			return false
		}
		*to = shown(n)
		return true
	}
	for n := range root.Descendants() {
		if n.DataAtom != atom.A && n.DataAtom != atom.Span {
			continue
		}
		switch {
		case isTitle(n):
			if first(&j.title, n, true) {
				j.addresses = []string{htmltree.Attr(n, "href")}
			}
		case first(&j.company, n, htmltree.HasClass(n, "comp-name") ||
			n.DataAtom == atom.A && htmltree.HasClass(n, "subTitle")):
		case first(&j.experience, n, htmltree.HasClass(n, "expwdth") ||
			n.DataAtom == atom.Span && isItem(n.Parent, "experience")):
		case first(&j.place, n, htmltree.HasClass(n, "locWdth") ||
			n.DataAtom == atom.Span && isItem(n.Parent, "location")):
		case htmltree.HasClass(n, "job-post-day"),
			n.DataAtom == atom.Span && htmltree.HasClass(n.Parent, "type"):
			if age := textOf(n); isAge(age, now) { // after labels such as "HOT JOB"
				j.age = age
			}
		}
	}
	return j.card(base, now)
}

func isItem(n *html.Node, class string) bool {
	return n.DataAtom == atom.Li && htmltree.HasClass(n, class)
}

func isAge(s string, now time.Time) bool {
	_, ok := dates.Ago(s, now)
	return ok
}

// shown returns what an element shows. Its title attribute holds the whole of what the text can cut
// short.
func shown(n *html.Node) string {
	if t := lead.CleanLine(htmltree.Attr(n, "title")); t != "" {
		return t
	}
	return textOf(n)
}

// textOf returns an element's text on one line; nil has none.
func textOf(n *html.Node) string { return lead.CleanLine(htmltree.Text(n)) }

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

// unseen returns what the page's ItemList names and no card shows: cards that this parser does not
// recognise.
func unseen(scripts []*html.Node, base *url.URL, cards []board.Card) []board.Card {
	seen := make(map[string]bool, len(cards))
	for _, c := range cards {
		if c.Reason != "" { // it is reported already
			return nil
		}
		seen[c.Lead.ExternalID] = true
	}
	var out []board.Card
	for _, it := range itemList(scripts, base) {
		if id := idInURL(it.URL); id != "" && !seen[id] {
			seen[id] = true
			out = append(out, board.Card{Reason: "the page's own list names a job that no card shows"})
		}
	}
	return out
}

func itemList(scripts []*html.Node, base *url.URL) []jobposting.Item {
	for _, script := range scripts {
		text := htmltree.Text(script)
		if !strings.Contains(text, `"ItemList"`) {
			continue
		}
		if found := jobposting.Read([]byte(text), base.String()); found.Lists > 0 &&
			len(found.Items) <= maxCards {
			return found.Items
		}
	}
	return nil
}

// explain says why a page without cards is no empty result. A page that was saved too early names
// its jobs and their addresses, but neither company nor place: a lead without them would escape
// every blacklist, and stand so for good, because stores keep the first title and company that they
// see.
func (s *sheet) explain(body []byte) *refusal {
	switch {
	case captchaTitle.MatchString(textOf(s.title)),
		bytes.Contains(bytes.ToLower(body), []byte(captchaPhrase)):
		return &refusal{scraper.ErrBlocked, wantsRecaptcha}
	case s.shimmer:
		return &refusal{scraper.ErrMarkup, skeleton}
	case bytes.Contains(body, []byte("preloadState")), bytes.Contains(body, []byte("__next_f")):
		return &refusal{scraper.ErrMarkup, emptyShell}
	default:
		return &refusal{scraper.ErrMarkup, unknownPage}
	}
}

// captchaTitle is the whole title of a page that asks for a captcha. A job's title can hold the
// word.
var captchaTitle = regexp.MustCompile(`(?i)^(?:re)?captcha(?: required| verification| check)?$`)
