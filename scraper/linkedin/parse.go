package linkedin

import (
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/agent-forge/forge/internal/board"
	"github.com/agent-forge/forge/internal/dates"
	"github.com/agent-forge/forge/internal/facts"
	"github.com/agent-forge/forge/internal/htmltree"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/fetch"
)

// Classes and attributes are what stays the same on the board's pages over the years and in every
// language. Tags, labels and texts do not, so that parsers go by classes and attributes alone.

// A listing is what one page of a search holds.
type listing struct {
	cards []board.Card
	none  bool   // it says that nothing was found
	blank bool   // it holds nothing at all
	cut   bool   // it ended within the last card, or within a tag
	wall  string // what kind of wall it is, if it has no cards; empty: none
}

// readListing reads a page of a search: a fragment of the guest API, or a whole page.
func readListing(pageURL string, body []byte) listing {
	tree := htmltree.Parse(body)
	base, err := url.Parse(pageURL)
	if err != nil {
		base = &url.URL{}
	}
	list := listing{cut: tree.Partial}
	for _, n := range cards(tree.Root, nil) {
		c := readCard(base, n)
		if tree.Cut(n) {
			list.cut = true
			c.Reason = "the page ends within the card, so that some of it is missing"
		}
		list.cards = append(list.cards, c)
	}
	if len(list.cards) == 0 {
		list.none = says(tree.Root, isNoResults)
		list.blank = htmltree.Blank(tree.Root)
		list.wall = wall(tree.Root)
	}
	return list
}

func says(root *html.Node, what func(*html.Node) bool) bool {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && what(n) {
			return true
		}
	}
	return false
}

func isNoResults(n *html.Node) bool {
	return n.DataAtom == atom.Section && htmltree.HasClass(n, "no-results") ||
		htmltree.HasClass(n, "no-results__main-title")
}

func isCard(n *html.Node) bool {
	return htmltree.HasClass(n, "job-search-card") || htmltree.HasClass(n, "base-search-card")
}

// isJob reports whether an element points at a job in a way that every card does.
func isJob(n *html.Node) bool {
	return n.DataAtom == atom.A && strings.Contains(htmltree.Attr(n, "href"), jobPath) ||
		strings.HasPrefix(htmltree.Attr(n, "data-entity-urn"), jobURN)
}

const (
	jobPath = "/jobs/view/"
	jobURN  = "urn:li:jobPosting:"
)

// cards collects the cards in the page's order, and those items of the list that hold a job in an
// unknown form. The board also puts cards of other jobs around a list; they have other classes.
func cards(n *html.Node, found []*html.Node) []*html.Node {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		if isCard(c) {
			found = append(found, c)
			continue
		}
		before := len(found)
		found = cards(c, found)
		listed := c.DataAtom == atom.Li &&
			(n.Type == html.DocumentNode || htmltree.HasClass(n, "jobs-search__results-list"))
		if listed && len(found) == before && says(c, isJob) {
			found = append(found, c)
		}
	}
	return found
}

// The parts of a card.
type cardParts struct {
	link                                     string
	title, hiddenTitle, company, place, date *html.Node
}

func readCard(base *url.URL, n *html.Node) board.Card {
	if !isCard(n) {
		return board.Card{Reason: "a job in a form that is not known"}
	}
	p := partsOf(n)
	href := htmltree.Attr(n, "href")
	if n.DataAtom != atom.A || href == "" {
		href = p.link
	}
	address, addressID := jobURL(base, href)
	id := digits(strings.TrimPrefix(htmltree.Attr(n, "data-entity-urn"), jobURN))
	switch {
	case id == "":
		id = addressID
	case addressID != "" && addressID != id:
		return board.Card{Reason: "its address names another job"}
	}
	if id == "" {
		return board.Card{Reason: "no job id"}
	}
	if address == "" {
		address = standardURL + jobPath + id
	}
	l := lead.Lead{
		Source: Source, ExternalID: id, Title: lead.CleanLine(htmltree.Text(p.title)), URL: address,
		Company: facts.Value(htmltree.Text(p.company)), Location: facts.Place(htmltree.Text(p.place)),
	}
	if l.Title == "" {
		l.Title = lead.CleanLine(htmltree.Text(p.hiddenTitle))
	}
	if p.date != nil {
		l.PostedAt, _ = dates.Parse(htmltree.Attr(p.date, "datetime"), dates.UnknownOrder)
	}
	if l.PostedAt.Year() < firstYear {
		l.PostedAt = time.Time{}
	}
	if err := l.Validate(); err != nil {
		return board.Card{Reason: err.Error()}
	}
	return board.Card{Lead: l}
}

// firstYear is when the board began. An earlier date is a placeholder.
const firstYear = 2003

// partsOf finds the parts of a card. Of two parts of a kind the first counts, but a link of the
// class for whole cards counts more than another.
func partsOf(card *html.Node) cardParts {
	var p cardParts
	whole := false
	for n := range card.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.DataAtom {
		case atom.A:
			href := htmltree.Attr(n, "href")
			switch full := htmltree.HasClass(n, "base-card__full-link"); {
			case whole, href == "":
			case full:
				p.link, whole = href, true
			case p.link == "" && strings.Contains(href, jobPath):
				p.link = href
			}
		case atom.Time:
			if p.date == nil && htmltree.Attr(n, "datetime") != "" {
				p.date = n
			}
			continue
		}
		classes := htmltree.Attr(n, "class")
		if classes == "" {
			continue
		}
		for _, part := range []struct {
			node  **html.Node
			class string
		}{
			{
				&p.title, "base-search-card__title",
			},
			{&p.company, "base-search-card__subtitle"},
			{
				&p.place, "job-search-card__location",
			},
			{&p.hiddenTitle, "sr-only"},
			{&p.hiddenTitle, "screen-reader-text"},
		} {
			if *part.node == nil && htmltree.Holds(classes, part.class) {
				*part.node = n
				break
			}
		}
	}
	return p
}

// jobURL returns the address of a job without what tracks the reader, and the id at its end; both
// are empty if href is no job's.
func jobURL(base *url.URL, href string) (address, id string) {
	u, err := base.Parse(strings.TrimSpace(href))
	if err != nil || href == "" || u.Scheme != "https" && u.Scheme != "http" ||
		!strings.Contains(u.Path, jobPath) {
		return "", ""
	}
	if !fetch.Allowed([]string{domain, base.Hostname()}, u) {
		return "", ""
	}
	if id = idIn(u.Path); id == "" {
		return "", ""
	}
	u.User, u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = nil, "", false, "", ""
	return u.String(), id
}

// idIn returns the id at the end of a job's path; empty if there is none.
func idIn(path string) string {
	path = strings.TrimRight(path, "/")
	return digits(path[len(strings.TrimRight(path, "0123456789")):])
}

const maxIDDigits = 20

// digits returns s if it can be an id, else "".
func digits(s string) string {
	if s == "" || len(s) > maxIDDigits || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}
