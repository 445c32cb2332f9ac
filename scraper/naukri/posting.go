package naukri

import (
	"cmp"
	"errors"
	"regexp"
	"strings"
	"time"

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
	id             string // of the job that it is about; empty: it does not say
	title, company string
	closed         bool
	data           enrich.Data
}

// A request is a job that was asked for, where, and when.
type request struct {
	lead lead.Lead
	at   string
	now  time.Time
}

// readPosting reads an answer about a job, whatever it is. What is no posting is a refusal.
func (r request) readPosting(body []byte) (posting, error) {
	read := r.postingHTML
	if text, ok := jsonIn(body); ok {
		body, read = text, readJob
	}
	p, err := read(body)
	if err == nil && !p.closed && p.data.Description == "" {
		err = &refusal{scraper.ErrPosting, noDescription}
	}
	return p, err
}

// A jobSheet is what stands on a job's page, apart from what its employer wrote.
type jobSheet struct {
	search                               sheet
	title, company, description          *html.Node
	experience, salary, location, walkIn *html.Node
	details, education, stats, skills    []*html.Node
	onSite, onTheirs, otherwise          bool   // the ways to apply
	id                                   string // in the address that the page gives as its own
}

// sift notes what a job's page has, in one pass that stays out of the description: what is there is
// the employer's.
func (s *jobSheet) sift(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		switch c.DataAtom {
		case atom.Script:
			if htmltree.Attr(c, "type") == "application/ld+json" {
				s.search.scripts = append(s.search.scripts, c)
			}
			continue
		case atom.Style:
			continue
		case atom.Title:
			s.search.title = c
		case atom.Link, atom.Meta:
			if s.id == "" &&
				(htmltree.Attr(c, "rel") == "canonical" || htmltree.Attr(c, "property") == "og:url") {
				s.id = idInURL(htmltree.Attr(c, "href") + htmltree.Attr(c, "content"))
			}
		case atom.A:
			if s.company == nil && inside(c, "jd-header-comp-name") {
				s.company = c
			}
		}
		class := htmltree.Attr(c, "class")
		s.button(c, class)
		if class != "" {
			if s.description == nil && strings.Contains(class, "dang-inner-html") {
				s.description = c
				continue
			}
			s.part(c, class)
		}
		s.sift(c)
	}
}

// button notes a way to apply.
func (s *jobSheet) button(n *html.Node, class string) {
	switch htmltree.Attr(n, "id") {
	case "login-apply-button", "reg-apply-button", "apply-button":
		s.onSite = true
	case "company-site-button":
		s.onTheirs = true
	case "walkin-button":
		s.otherwise = true
	}
	s.otherwise = s.otherwise || n.DataAtom == atom.Button && strings.Contains(class, "apply-button")
}

// part notes a part of the page that has a class.
func (s *jobSheet) part(n *html.Node, class string) {
	one := func(to **html.Node, here bool) {
		if here && *to == nil {
			*to = n
		}
	}
	head := func(part, name string) bool {
		return strings.Contains(class, part) || htmltree.Holds(class, name) && inside(n, "jd-header")
	}
	many := func(to *[]*html.Node, part, within string) {
		if len(*to) < maxFacts && strings.Contains(class, part) && inside(n, within) {
			*to = append(*to, n)
		}
	}
	one(&s.title, n.DataAtom == atom.H1 && strings.Contains(class, "jd-header-title"))
	one(&s.experience, s.experience == nil && head("jhc__exp__", "exp"))
	one(&s.salary, s.salary == nil && head("jhc__salary__", "salary"))
	one(&s.location, s.location == nil && head("jhc__loc__", "loc"))
	one(&s.walkIn,
		(n.DataAtom == atom.Div || n.DataAtom == atom.Section) && strings.Contains(class, "walkin"))
	many(&s.details, "details", "other-details")
	many(&s.education, "details", "education")
	many(&s.skills, "chip", "key-skill")
	if len(s.stats) < maxFacts &&
		(strings.Contains(class, "jhc__stat__") || htmltree.Holds(class, "stat") && inside(n, "jd-stats")) {
		s.stats = append(s.stats, n)
	}
	s.search.shimmer = s.search.shimmer || strings.Contains(class, "shimmer")
}

const maxFacts = 200 // more than any page lists

func (r request) postingHTML(body []byte) (posting, error) {
	tree := htmltree.Parse(body)
	var s jobSheet
	s.sift(tree.Root)
	out := posting{id: s.id, title: textOf(s.title), company: textOf(s.company)}
	applies := s.onSite || s.onTheirs || s.otherwise
	switch {
	case s.title != nil && !applies && s.saysClosed(tree.Root):
		out.closed = true
		return out, nil
	case s.description == nil:
		return r.postingLD(out, &s, body)
	case tree.Partial || tree.Cut(s.description):
		return out, &refusal{scraper.ErrPosting, "the page ends within the description"}
	}
	markup, err := htmltree.Inner(s.description, 2*enrich.MaxTextBytes)
	if errors.Is(err, htmltree.ErrTooLong) {
		return out, &refusal{scraper.ErrPosting, "the job's text is longer than any"}
	}
	b := builder{attributes: map[string]string{}}
	b.set(enrich.AttrExperience, textOf(s.experience))
	b.pay(textOf(s.salary))
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
	return out, nil
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

// closedPattern is what the board's notice says, from its beginning.
var closedPattern = regexp.MustCompile(
	`(?i)^\W*(?:(?:[a-z]+\W+){0,3}(?:job|position|opening|vacancy)\b.{0,40}` +
		`\b(?:no longer (?:available|active|accepting)|has (?:been )?(?:expired|closed)|` +
		`is (?:expired|closed))|expired job\b)`,
)

// A notice is short; bytes.
const (
	minNotice = 11
	maxNotice = 200
)

// saysClosed looks for the notice in the page's own short texts. What names this job, and what
// leads to others, is no notice.
func (s *jobSheet) saysClosed(n *html.Node) bool {
	switch {
	case n.Type == html.TextNode:
		return len(n.Data) <= maxNotice && len(n.Data) >= minNotice && closedPattern.MatchString(n.Data)
	case n == s.description,
		n == s.title,
		n.DataAtom == atom.A,
		n.DataAtom == atom.Title,
		n.DataAtom == atom.Script,
		n.DataAtom == atom.Style,
		partOf(n, "uple"):
		return false
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if s.saysClosed(c) {
			return true
		}
	}
	return false
}

// postingLD reads the page's JSON-LD, where the markup has no text. Of several postings it is the
// one that was asked for; the others are other jobs'.
func (r request) postingLD(out posting, s *jobSheet, body []byte) (posting, error) {
	var listed int
	for _, script := range s.search.scripts {
		for _, ld := range jobposting.Read([]byte(htmltree.Text(script)), r.at).Postings {
			listed++
			if !r.isAbout(ld, s.id) {
				continue
			}
			out.title, out.company, out.closed, out.data = ld.Title, ld.Company, ld.Closed(r.now), ld.Data()
			return out, nil
		}
	}
	why := s.search.explain(body)
	switch {
	case listed > 0:
		return out, &refusal{scraper.ErrGone, notListed}
	case s.title != nil:
		return out, &refusal{scraper.ErrPosting, noDescription}
	case errors.Is(why, scraper.ErrBlocked):
		return out, why
	case why.reason == unknownPage:
		return out, &refusal{scraper.ErrPosting, noPosting}
	}
	return out, &refusal{scraper.ErrPosting, emptyShell}
}

// isAbout reports whether a posting is the job that was asked for: by its own id, or else by that
// of the page, or else by its title.
func (r request) isAbout(ld jobposting.Posting, pageID string) bool {
	id := ld.ID
	if !isID(id) {
		id = ""
		for _, u := range ld.URLs {
			id = cmp.Or(id, idInURL(u))
		}
	}
	if id == "" {
		id = pageID
	}
	if id == "" {
		return r.lead.Title != "" && strings.EqualFold(lead.CleanLine(r.lead.Title), ld.Title)
	}
	return id == r.lead.ExternalID
}
