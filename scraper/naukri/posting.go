package naukri

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/htmltree"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/jsonld"
)

// Keys of attributes beside those of package enrich.
const (
	AttrRole         = "role"          // "Database Developer / Engineer"
	AttrRoleCategory = "role_category" // "DBA / Data warehousing"
)

// A posting is what a job's page or JSON holds.
type posting struct {
	id             string // of the job that it is about; "": it does not say
	title, company string
	closed         bool
	data           enrich.Data
}

const (
	noPosting     = "neither a job's text nor a notice that it is closed"
	noDescription = "the job has no text"
	shellPosting  = "an empty shell: naukri draws its jobs by script; " + useBrowser
)

// posting reads an answer about a job, whatever it is.
func (p *parser) posting(body []byte, at string, now time.Time) (posting, error) {
	if text, ok := jsonIn(body); ok {
		return readJob(text)
	}
	return p.postingHTML(body, at, now)
}

func (p *parser) postingHTML(body []byte, at string, now time.Time) (posting, error) {
	tree := htmltree.Parse(body)
	doc := goquery.NewDocumentFromNode(tree.Root).Selection
	out := posting{title: text(doc.FindMatcher(p.job.title).First()), company: text(doc.FindMatcher(p.job.company).First())}
	for _, n := range doc.FindMatcher(p.job.canonical).EachIter() {
		if u, err := url.Parse(n.AttrOr("href", n.AttrOr("content", ""))); err == nil && out.id == "" {
			out.id = idIn(u.Path)
		}
	}
	description := doc.FindMatcher(p.job.description).First()
	onSite, elsewhere := offers(doc, description, p.job.onSite), offers(doc, description, p.job.onTheirs)
	if !offers(doc, description, p.job.any) && saysClosed(doc, description) {
		out.closed = true
		return out, nil
	}
	if description.Length() == 0 {
		return p.postingLD(out, doc, body, at, now)
	}
	if tree.Partial || tree.Cut(description.Nodes[0]) {
		return out, &refusal{scraper.ErrMarkup, "the page ends within the description"}
	}
	markup, err := description.Html()
	if err != nil {
		return out, &refusal{scraper.ErrMarkup, noDescription}
	}
	b := builder{attributes: map[string]string{}}
	b.set(enrich.AttrExperience, text(doc.FindMatcher(p.job.experience).First()))
	b.salary(parseSalary(text(doc.FindMatcher(p.job.salary).First())))
	b.workplace(text(doc.FindMatcher(p.job.location).First()))
	p.facts(&b, doc)
	out.data = b.data(enrich.TextFromHTML(markup), out.title)
	if onSite || elsewhere {
		out.data.IsEasyApply = &onSite
	}
	if out.data.Description == "" {
		return out, &refusal{scraper.ErrMarkup, noDescription}
	}
	return out, nil
}

// facts reads the labelled lists of a page.
func (p *parser) facts(b *builder, doc *goquery.Selection) {
	for _, d := range limited(doc.FindMatcher(p.job.details).Nodes) {
		switch label, value := labelled(d); label {
		case "role":
			b.set(AttrRole, value)
		case "industry type":
			b.set(enrich.AttrIndustries, value)
		case "department", "functional area":
			b.set(enrich.AttrFunction, value)
		case "employment type":
			b.set(enrich.AttrEmploymentType, value)
		case "role category":
			b.set(AttrRoleCategory, value)
		}
	}
	for _, d := range limited(doc.FindMatcher(p.job.education).Nodes) {
		if label, value := labelled(d); value != "" {
			b.education = append(b.education, strings.ToUpper(label)+": "+value)
		}
	}
	for _, d := range limited(doc.FindMatcher(p.job.stat).Nodes) {
		if label, value := labelled(d); label == "openings" {
			b.set(enrich.AttrOpenings, value)
		}
	}
	for _, n := range limited(doc.FindMatcher(p.job.skill).Nodes) {
		b.skill(text(goquery.NewDocumentFromNode(n).Selection))
	}
	if n := doc.FindMatcher(p.job.walkIn).First(); n.Length() > 0 {
		b.set(enrich.AttrWalkIn, text(n))
	}
}

// labelled reads "<label>Role: </label><span>Design Engineer<span>,</span></span>".
func labelled(n *html.Node) (label, value string) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		t := text(goquery.NewDocumentFromNode(c).Selection)
		switch {
		case c.Data == "label" && label == "":
			label = strings.ToLower(strings.TrimRight(t, ": "))
		case c.Data == "span" && value == "":
			value = t
		}
	}
	var parts []string
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return label, strings.Join(parts, ", ")
}

const maxFacts = 200 // more than any page lists

func limited(nodes []*html.Node) []*html.Node { return nodes[:min(len(nodes), maxFacts)] }

func text(s *goquery.Selection) string { return lead.CleanLine(s.Text()) }

// offers reports whether the page has one of these controls. What an employer wrote is not the page's.
func offers(doc, description *goquery.Selection, control cascadia.Selector) bool {
	return slices.ContainsFunc(doc.FindMatcher(control).Nodes, func(n *html.Node) bool { return !inside(n, description) })
}

func inside(n *html.Node, s *goquery.Selection) bool {
	for ; n != nil && s.Length() > 0; n = n.Parent {
		if n == s.Nodes[0] {
			return true
		}
	}
	return false
}

// closedPattern is what the board's notice says.
var closedPattern = regexp.MustCompile(`(?i)\b(?:job|position|opening|vacancy)\b.{0,40}\b(?:no longer (?:available|active|accepting)|has (?:been )?(?:expired|closed)|is (?:expired|closed))|\bexpired job\b`)

const maxNotice = 200 // characters; a notice is short

// saysClosed looks for the notice in the page's own short texts.
func saysClosed(doc, description *goquery.Selection) bool {
	var look func(n *html.Node) bool
	look = func(n *html.Node) bool {
		if n.Type == html.TextNode {
			return len(n.Data) <= maxNotice && closedPattern.MatchString(n.Data)
		}
		if n.Data == "script" || n.Data == "style" || description.Length() > 0 && n == description.Nodes[0] {
			return false
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if look(c) {
				return true
			}
		}
		return false
	}
	return slices.ContainsFunc(doc.Nodes, look)
}

// postingLD reads the page's JSON-LD, where the markup has no text.
func (p *parser) postingLD(out posting, doc *goquery.Selection, body []byte, at string, now time.Time) (posting, error) {
	for _, script := range doc.FindMatcher(p.list.jsonLD).EachIter() {
		found, err := jsonld.Parse([]byte(script.Text()), at)
		if err != nil {
			continue
		}
		ld := found[0]
		out.title, out.company, out.closed, out.data = ld.Title, ld.Company, ld.Closed(now), ld.Data()
		if out.data.Description == "" {
			return out, &refusal{scraper.ErrMarkup, noDescription}
		}
		return out, nil
	}
	if r, ok := p.explain(doc, body).(*refusal); ok && r.reason != unknownPage { //nolint:errorlint // it is made there
		if r.reason == emptyShell || r.reason == skeleton {
			r.reason = shellPosting
		}
		return posting{}, r
	}
	return posting{}, &refusal{scraper.ErrMarkup, noPosting}
}
