package linkedin

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/agent-forge/forge/internal/htmltree"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/fetch"
)

// A parser reads the board's pages. It has no network and no state but its compiled selectors. Classes and attributes are
// what stays the same over the years and in every language; tags, labels and texts do not.
type parser struct {
	// of a search page
	card, cardLink, cardTitle, cardHiddenTitle, cardCompany, cardLocation, cardDate goquery.Matcher
	jobLink, resultList, noResults                                                  goquery.Matcher
	// of a posting
	topCard, title, description, jobID, pageURL       goquery.Matcher
	section, criterion, criterionName, criterionText  goquery.Matcher
	details, salary                                   goquery.Matcher
	headMark, closedNotice, applyHere, applyElsewhere goquery.Matcher
}

func newParser() *parser {
	all := func(selectors ...string) goquery.Matcher {
		return cascadia.MustCompile(strings.Join(selectors, ", "))
	}
	one := func(selectors ...string) goquery.Matcher { return goquery.SingleMatcher(all(selectors...)) }
	// The substring says no faster than the class does, and most elements are a no.
	class := func(name string) string { return "[class*='" + name + "']." + name }
	here := []string{"[data-tracking-control-name*='apply-link-onsite']", "[data-tracking-control-name*='apply-link-simple_onsite']"}
	elsewhere := []string{
		"[data-tracking-control-name*='apply-link-offsite']", "[data-impression-id*='apply-link-offsite']",
		"[data-svg-class-name='apply-button__offsite-apply-icon-svg']", "code#applyUrl",
	}
	control := []string{class("apply-button"), "button.top-card-layout__cta--primary", "[data-modal='job-details-topcard-apply-modal']"}
	closed := []string{class("closed-job__flavor--closed"), "figure.closed-job"}
	return &parser{
		card:            all(class("job-search-card"), class("base-search-card")),
		cardLink:        one("a.base-card__full-link[href]", "a[href*='/jobs/view/']"),
		cardTitle:       one(class("base-search-card__title")),
		cardHiddenTitle: one(class("sr-only"), class("screen-reader-text")),
		cardCompany:     one(class("base-search-card__subtitle")),
		cardLocation:    one(class("job-search-card__location")),
		cardDate:        one("time[datetime]"),
		jobLink:         one("a[href*='/jobs/view/']", "[data-entity-urn^='urn:li:jobPosting:']"),
		resultList:      all(class("jobs-search__results-list")),
		noResults:       one("section.no-results", class("no-results__main-title")),

		topCard:        one(class("top-card-layout")),
		title:          one(class("topcard__title")),
		description:    one(class("show-more-less-html__markup")),
		jobID:          all("code#decoratedJobPostingId"),
		pageURL:        all("link[rel='canonical'][href*='/jobs/view/']", "meta[property='og:url'][content*='/jobs/view/']", "a.topcard__link[href*='/jobs/view/']"),
		section:        all(class("description")),
		criterion:      all(class("description__job-criteria-item")),
		criterionName:  one(class("description__job-criteria-subheader")),
		criterionText:  one(class("description__job-criteria-text")),
		details:        all(class("decorated-job-posting__details")),
		salary:         all(class("compensation__salary")),
		headMark:       all(slices.Concat(here, elsewhere, control, closed)...),
		closedNotice:   all(closed...),
		applyHere:      all(here...),
		applyElsewhere: all(elsewhere...),
	}
}

// A listing is what one page of a search holds.
type listing struct {
	cards []card
	none  bool // it says that nothing was found
	blank bool // it holds nothing at all
	cut   bool // it ended within the last card, or within a tag
}

// A card is one job as it is listed, or why it could not be read. A card with both was cut off after what a lead must have.
type card struct {
	lead   lead.Lead
	reason string // "": the card is good
}

// listing reads a page of a search: a fragment of the guest API, or a whole page.
func (p *parser) listing(pageURL string, body []byte) listing {
	tree := htmltree.Parse(body)
	base, err := url.Parse(pageURL)
	if err != nil {
		base = &url.URL{}
	}
	list := listing{cut: tree.Partial}
	for _, n := range p.cards(tree.Root, nil) {
		c := p.readCard(base, n)
		if tree.Cut(n) {
			list.cut = true
			c.reason = "the page ends within the card, so that some of it is missing"
		}
		list.cards = append(list.cards, c)
	}
	if len(list.cards) == 0 {
		list.none = len(p.noResults.MatchAll(tree.Root)) > 0
		list.blank = blank(tree.Root)
	}
	return list
}

// cards collects the cards in the page's order, and those items of the list that hold a job in a form that is not known.
// The board also puts cards of other jobs around a list; they have other classes.
func (p *parser) cards(n *html.Node, found []*html.Node) []*html.Node {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		if p.card.Match(c) {
			found = append(found, c)
			continue
		}
		before := len(found)
		found = p.cards(c, found)
		listed := c.DataAtom == atom.Li && (n.Type == html.DocumentNode || p.resultList.Match(n))
		if listed && len(found) == before && len(p.jobLink.MatchAll(c)) > 0 {
			found = append(found, c)
		}
	}
	return found
}

func (p *parser) readCard(base *url.URL, n *html.Node) card {
	if !p.card.Match(n) {
		return card{reason: "a job in a form that is not known"}
	}
	sel := goquery.NewDocumentFromNode(n).Selection
	href := attr(n, "href")
	if n.DataAtom != atom.A || href == "" {
		href, _ = sel.FindMatcher(p.cardLink).Attr("href")
	}
	address, addressID := jobURL(base, href)
	id := digits(strings.TrimPrefix(attr(n, "data-entity-urn"), "urn:li:jobPosting:"))
	switch {
	case id == "":
		id = addressID
	case addressID != "" && addressID != id:
		return card{reason: "its address names another job"}
	}
	if id == "" {
		return card{reason: "no job id"}
	}
	if address == "" {
		address = DefaultBaseURL + "/jobs/view/" + id
	}
	title := text(sel, p.cardTitle)
	if title == "" {
		title = text(sel, p.cardHiddenTitle)
	}
	l := lead.Lead{
		Source:     Source,
		ExternalID: id,
		Title:      title,
		Company:    text(sel, p.cardCompany),
		Location:   text(sel, p.cardLocation),
		URL:        address,
	}
	if day, ok := sel.FindMatcher(p.cardDate).Attr("datetime"); ok {
		l.PostedAt = date(day)
	}
	l = l.Clean()
	if err := l.Validate(); err != nil {
		return card{reason: err.Error()}
	}
	return card{lead: l}
}

// jobURL returns the address of a job without what tracks the reader, and the id at its end; blanks if href is no job's.
func jobURL(base *url.URL, href string) (address, id string) {
	u, err := base.Parse(strings.TrimSpace(href))
	if err != nil || href == "" || u.Scheme != "https" && u.Scheme != "http" || !strings.Contains(u.Path, "/jobs/view/") {
		return "", ""
	}
	if !fetch.Allowed(boardHosts, u) && u.Host != base.Host {
		return "", ""
	}
	if id = digits(tail.FindString(strings.TrimRight(u.Path, "/"))); id == "" {
		return "", ""
	}
	u.User, u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = nil, "", false, "", ""
	return u.String(), id
}

var boardHosts = []string{"linkedin.com"}

var tail = regexp.MustCompile(`\d+$`)

const maxIDDigits = 20

// digits returns s if it can be an id, else "".
func digits(s string) string {
	if s == "" || len(s) > maxIDDigits || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}

// date reads a day or a moment; the zero time if it is neither, or no year of this board.
func date(s string) time.Time {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 2000 && t.Year() <= 9999 {
			return t.UTC()
		}
	}
	return time.Time{}
}

func text(sel *goquery.Selection, m goquery.Matcher) string {
	return lead.CleanLine(sel.FindMatcher(m).Text())
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// blank reports whether a page has no element and no word.
func blank(root *html.Node) bool {
	for c := root.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode || c.Type == html.TextNode && strings.TrimSpace(c.Data) != "" {
			return false
		}
	}
	return true
}
