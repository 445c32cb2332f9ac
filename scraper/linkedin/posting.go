package linkedin

import (
	"errors"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/htmltree"
	"github.com/agent-forge/forge/lead"
)

// What a page can lack. The texts are for people, who see them within a [*scraper.PageError].
var (
	errNoPosting     = errors.New("neither a job's head nor its text is on the page")
	errNoDescription = errors.New("the page has no description")
	errCut           = errors.New("the page ends within the description")
	errTooLong       = errors.New("the description is longer than any posting")
)

// A posting is what a job's page holds.
type posting struct {
	id     string // of the job that the page is about; "": it does not say
	closed bool
	data   enrich.Data
}

// posting reads a job's page: a fragment of the guest API, or a whole page, which lists other jobs beside its own.
func (p *parser) posting(body []byte) (posting, error) {
	tree := htmltree.Parse(body)
	doc := goquery.NewDocumentFromNode(tree.Root).Selection
	description := doc.FindMatcher(p.description)
	if description.Length() == 0 {
		if doc.FindMatcher(p.topCard).Length() == 0 {
			return posting{}, errNoPosting
		}
		return posting{}, errNoDescription
	}
	if tree.Cut(description.Nodes[0]) {
		return posting{}, errCut
	}
	markup, err := description.Html()
	if err != nil {
		return posting{}, errNoDescription
	}
	out := posting{id: p.id(doc), data: enrich.Data{Description: enrich.TextFromHTML(markup), Attributes: p.attributes(doc)}}
	out.data.Requirements = enrich.RequirementsOf(out.data.Description)

	// What an employer wrote is not the page's: it must not pass for a button or a notice.
	outside := func(m goquery.Matcher) bool {
		for _, n := range m.MatchAll(tree.Root) {
			if !within(n, description.Nodes[0]) {
				return true
			}
		}
		return false
	}
	here, elsewhere := outside(p.applyHere), outside(p.applyElsewhere)
	if here || elsewhere {
		out.data.IsEasyApply = &here
	}
	out.closed = outside(p.closedNotice) && !here && !elsewhere && !outside(p.applyControl)

	out.data = out.data.Clean()
	if out.data.Description == "" {
		return posting{}, errNoDescription
	}
	if err := out.data.Validate(); err != nil {
		return posting{}, errTooLong
	}
	return out, nil
}

// id returns the id by which the page says what it is about. Other jobs on the page have ids, too.
func (p *parser) id(doc *goquery.Selection) string {
	if code := doc.FindMatcher(p.jobID); code.Length() > 0 {
		for c := code.Nodes[0].FirstChild; c != nil; c = c.NextSibling { // a comment that holds a JSON string
			if id := digits(strings.Trim(c.Data, "\" \t\r\n")); id != "" {
				return id
			}
		}
	}
	for _, n := range append(doc.FindMatcher(p.pageURL).Nodes, doc.FindMatcher(p.topLink).Nodes...) {
		address := attr(n, "href") + attr(n, "content")
		address, _, _ = strings.Cut(address, "?")
		if id := digits(tail.FindString(strings.TrimRight(address, "/"))); id != "" {
			return id
		}
	}
	return ""
}

// criteria are the attributes in the order in which the board lists them, whatever language their labels are in.
func criteria() []string {
	return []string{enrich.AttrSeniority, enrich.AttrEmploymentType, enrich.AttrFunction, enrich.AttrIndustries}
}

// criterionKey goes by the label, which is English where the board heeds what it was asked for; "": another language.
func criterionKey(label string) string {
	switch strings.ToLower(label) {
	case "seniority level":
		return enrich.AttrSeniority
	case "employment type":
		return enrich.AttrEmploymentType
	case "job function":
		return enrich.AttrFunction
	case "industries":
		return enrich.AttrIndustries
	}
	return ""
}

func (p *parser) attributes(doc *goquery.Selection) map[string]string {
	out := map[string]string{}
	doc.FindMatcher(p.criterion).Each(func(i int, item *goquery.Selection) {
		key := criterionKey(text(item, p.criterionName))
		if key == "" && i < len(criteria()) {
			key = criteria()[i]
		}
		if key != "" && out[key] == "" {
			out[key] = short(text(item, p.criterionText))
		}
	})
	var pay []string
	doc.FindMatcher(p.salary).Each(func(_ int, s *goquery.Selection) {
		if t := lead.CleanLine(s.Text()); t != "" {
			pay = append(pay, t)
		}
	})
	out[enrich.AttrSalary] = short(strings.Join(pay, "; "))
	return out
}

// short cuts a value that no board would show to what an attribute may hold.
func short(s string) string {
	if len(s) <= enrich.MaxAttributeBytes {
		return s
	}
	return strings.ToValidUTF8(s[:enrich.MaxAttributeBytes], "")
}

func within(n, outer *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == outer {
			return true
		}
	}
	return false
}
