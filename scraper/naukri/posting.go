package naukri

import (
	"bufio"
	"regexp"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/htmltree"
	"github.com/agent-forge/forge/internal/jobposting"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
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

// A jobSheet is what stands on a job's page, apart from what its employer wrote.
type jobSheet struct {
	search                               sheet
	title, company, description          *html.Node
	experience, salary, location, walkIn *html.Node
	details, education, stats, skills    []*html.Node
	onSite, onTheirs, otherwise          bool
	id                                   string // in the address that the page gives as its own
}

// siftJob notes what a job's page has, in one pass that stays out of the description: what is there is the employer's.
func (p *parser) siftJob(n *html.Node, s *jobSheet) {
	j := &p.job
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		class := attr(c, "class")
		one := func(to **html.Node, hint string, what cascadia.Selector) {
			if *to == nil && strings.Contains(class, hint) && what.Match(c) {
				*to = c
			}
		}
		many := func(to *[]*html.Node, hint string, what cascadia.Selector) {
			if len(*to) < maxFacts && strings.Contains(class, hint) && what.Match(c) {
				*to = append(*to, c)
			}
		}
		switch c.DataAtom {
		case atom.Script:
			if attr(c, "type") == "application/ld+json" {
				s.search.scripts = append(s.search.scripts, c)
			}
			continue
		case atom.Style:
			continue
		case atom.Title:
			s.search.title = c
		case atom.Link, atom.Meta:
			if s.id == "" && (attr(c, "rel") == "canonical" || attr(c, "property") == "og:url") {
				s.id = idInURL(attr(c, "href") + attr(c, "content"))
			}
		case atom.A:
			one(&s.company, "", j.company)
		}
		if id := attr(c, "id"); strings.HasSuffix(id, "button") || strings.Contains(class, "button") {
			s.onSite = s.onSite || j.onSite.Match(c)
			s.onTheirs = s.onTheirs || j.onTheirs.Match(c)
			s.otherwise = s.otherwise || j.otherwise.Match(c)
		}
		if class == "" {
			p.siftJob(c, s)
			continue
		}
		one(&s.description, "dang-inner-html", j.description)
		if s.description == c {
			continue
		}
		one(&s.title, "jd-header-title", j.title)
		one(&s.experience, "exp", j.experience)
		one(&s.salary, "salary", j.salary)
		one(&s.location, "loc", j.location)
		one(&s.walkIn, "walkin", j.walkIn)
		many(&s.details, "details", j.details)
		many(&s.education, "details", j.education)
		many(&s.stats, "stat", j.stat)
		many(&s.skills, "chip", j.skill)
		s.search.shimmer = s.search.shimmer || strings.Contains(class, "shimmer")
		p.siftJob(c, s)
	}
}

func (p *parser) postingHTML(body []byte, at string, now time.Time) (posting, error) {
	tree := htmltree.Parse(body)
	var s jobSheet
	p.siftJob(tree.Root, &s)
	out := posting{id: s.id, title: textOf(s.title), company: textOf(s.company)}
	if !s.onSite && !s.onTheirs && !s.otherwise && saysClosed(tree.Root, s.description) {
		out.closed = true
		return out, nil
	}
	if s.description == nil {
		return postingLD(out, &s, body, at, now)
	}
	if tree.Partial || tree.Cut(s.description) {
		return out, &refusal{scraper.ErrMarkup, "the page ends within the description"}
	}
	markup, err := innerHTML(s.description)
	if err != nil {
		return out, err
	}
	b := builder{attributes: map[string]string{}}
	b.set(enrich.AttrExperience, textOf(s.experience))
	b.salary(parseSalary(textOf(s.salary)))
	b.workplace(textOf(s.location))
	if textOf(s.walkIn) != "" {
		b.set(enrich.AttrWalkIn, "yes") // when and where stands beside whom to ask for, who is a person
	}
	s.facts(&b)
	out.data = b.data(advert.TextFromHTML(markup), out.title)
	if s.onSite || s.onTheirs {
		easy := s.onSite // a copy: the sheet holds the page
		out.data.IsEasyApply = &easy
	}
	if out.data.Description == "" {
		return out, &refusal{scraper.ErrMarkup, noDescription}
	}
	return out, nil
}

// innerHTML returns what is in an element. More than a text may have is no text.
func innerHTML(n *html.Node) (string, error) {
	var short limitedText
	w := bufio.NewWriter(&short)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if err := html.Render(w, c); err != nil {
			return "", err
		}
	}
	if err := w.Flush(); err != nil {
		return "", err
	}
	return short.String(), nil
}

type limitedText struct{ strings.Builder }

func (t *limitedText) Write(p []byte) (int, error) {
	if t.Len()+len(p) > 2*enrich.MaxTextBytes {
		return 0, &refusal{scraper.ErrMarkup, "the job's text is longer than any"}
	}
	return t.Builder.Write(p)
}

// facts reads the labelled lists of a page.
func (s *jobSheet) facts(b *builder) {
	for _, d := range s.details {
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
	for _, d := range s.education {
		if label, value := labelled(d); value != "" {
			b.education = append(b.education, strings.ToUpper(label)+": "+value)
		}
	}
	for _, d := range s.stats {
		if label, value := labelled(d); label == "openings" {
			b.set(enrich.AttrOpenings, value)
		}
	}
	for _, n := range s.skills {
		b.skill(textOf(n))
	}
}

// labelled reads "<label>Role: </label><span>Design Engineer<span>,</span></span>".
func labelled(n *html.Node) (label, value string) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		t := textOf(c)
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

func text(s *goquery.Selection) string { return lead.CleanLine(s.Text()) }

// textOf returns an element's text on one line; nil has none.
func textOf(n *html.Node) string {
	if n == nil {
		return ""
	}
	return text(selection(n))
}

// closedPattern is what the board's notice says.
var closedPattern = regexp.MustCompile(`(?i)\b(?:job|position|opening|vacancy)\b.{0,40}\b(?:no longer (?:available|active|accepting)|has (?:been )?(?:expired|closed)|is (?:expired|closed))|\bexpired job\b`)

// A notice is short; bytes.
const (
	minNotice = 11
	maxNotice = 200
)

// saysClosed looks for the notice in the page's own short texts.
func saysClosed(n, description *html.Node) bool {
	if n.Type == html.TextNode {
		return len(n.Data) <= maxNotice && len(n.Data) >= minNotice && closedPattern.MatchString(n.Data)
	}
	if n == description || n.DataAtom == atom.Script || n.DataAtom == atom.Style {
		return false
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if saysClosed(c, description) {
			return true
		}
	}
	return false
}

// postingLD reads the page's JSON-LD, where the markup has no text.
func postingLD(out posting, s *jobSheet, body []byte, at string, now time.Time) (posting, error) {
	for _, script := range s.search.scripts {
		if script.FirstChild == nil {
			continue
		}
		found := jobposting.Read([]byte(script.FirstChild.Data), at).Postings
		if len(found) == 0 {
			continue
		}
		ld := found[0]
		out.title, out.company, out.closed, out.data = ld.Title, ld.Company, ld.Closed(now), ld.Data()
		if out.data.Description == "" {
			return out, &refusal{scraper.ErrMarkup, noDescription}
		}
		return out, nil
	}
	r := explain(&s.search, body)
	switch r.reason {
	case emptyShell, skeleton:
		r.reason = shellPosting
	case unknownPage:
		r.reason = noPosting
	}
	return posting{}, r
}
