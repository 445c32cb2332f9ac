package linkedin

import (
	"errors"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/agent-forge/forge/advert"
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
		if doc.FindMatcher(p.topCard).Length() == 0 && doc.FindMatcher(p.title).Length() == 0 {
			return posting{}, errNoPosting
		}
		return posting{}, errNoDescription
	}
	if tree.Cut(description.Nodes[0]) {
		return posting{}, errCut
	}
	markup, err := innerHTML(description.Nodes[0])
	if err != nil {
		return posting{}, err
	}
	out := posting{id: p.id(doc, description.Nodes[0]), data: enrich.Data{Description: advert.TextFromHTML(markup), Attributes: p.attributes(doc, description)}}
	out.data.Requirements = advert.RequirementsOf(out.data.Description)
	p.application(&out, doc, description.Nodes[0])

	out.data = out.data.Clean()
	if out.data.Description == "" {
		return posting{}, errNoDescription
	}
	if err := out.data.Validate(); err != nil {
		return posting{}, errTooLong
	}
	return out, nil
}

// innerHTML returns what is in an element, or errTooLong.
func innerHTML(n *html.Node) (string, error) {
	var b markupBuffer
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if err := html.Render(&b, c); err != nil {
			return "", err
		}
	}
	return b.markup.String(), nil
}

// A markupBuffer takes the markup of a text of any length that is allowed, and no more. It has the methods that html.Render
// looks for, or each call would make a buffer of its own.
type markupBuffer struct{ markup strings.Builder }

func (b *markupBuffer) room(n int) error {
	if b.markup.Len()+n > 2*enrich.MaxTextBytes {
		return errTooLong
	}
	return nil
}

func (b *markupBuffer) Write(p []byte) (int, error) { return b.WriteString(string(p)) }

func (b *markupBuffer) WriteByte(c byte) error {
	if err := b.room(1); err != nil {
		return err
	}
	return b.markup.WriteByte(c)
}

func (b *markupBuffer) WriteString(s string) (int, error) {
	if err := b.room(len(s)); err != nil {
		return 0, err
	}
	return b.markup.WriteString(s)
}

// application reads from the job's head how one applies, and whether one can. What an employer wrote is not the page's: it
// must not pass for a button or a notice.
func (p *parser) application(out *posting, doc *goquery.Selection, description *html.Node) {
	head := doc
	if card := doc.FindMatcher(p.topCard); card.Length() > 0 {
		head = card
	}
	var here, elsewhere, control, notice bool
	for _, n := range head.FindMatcher(p.headMark).Nodes {
		if within(n, description) {
			continue
		}
		here = here || p.applyHere.Match(n)
		elsewhere = elsewhere || p.applyElsewhere.Match(n)
		if p.closedNotice.Match(n) {
			notice = true
		} else {
			control = true
		}
	}
	if here || elsewhere {
		out.data.IsEasyApply = &here
	}
	out.closed = notice && !control
}

// id returns the id by which the page says what it is about. Other jobs on the page have ids, too, and so may the text.
func (p *parser) id(doc *goquery.Selection, description *html.Node) string {
	for _, n := range doc.FindMatcher(p.jobID).Nodes {
		for c := n.FirstChild; c != nil && !within(n, description); c = c.NextSibling { // a comment that holds a JSON string
			if id := digits(strings.Trim(c.Data, "\" \t\r\n")); id != "" {
				return id
			}
		}
	}
	for _, n := range doc.FindMatcher(p.pageURL).Nodes {
		address, _, _ := strings.Cut(attr(n, "href")+attr(n, "content"), "?")
		if id := digits(tail.FindString(strings.TrimRight(address, "/"))); id != "" && !within(n, description) {
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

func (p *parser) attributes(doc, description *goquery.Selection) map[string]string {
	out := map[string]string{}
	listed := description.ClosestMatcher(p.section).FindMatcher(p.criterion)
	if listed.Length() == 0 {
		listed = doc.FindMatcher(p.criterion)
	}
	listed.Each(func(i int, item *goquery.Selection) {
		key := criterionKey(text(item, p.criterionName))
		if key == "" && i < len(criteria()) {
			key = criteria()[i]
		}
		if key != "" && out[key] == "" {
			out[key] = short(text(item, p.criterionText))
		}
	})
	var pay []string
	around := description.ClosestMatcher(p.details)
	if around.Length() == 0 {
		around = doc
	}
	around.FindMatcher(p.salary).Each(func(_ int, s *goquery.Selection) {
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
