package linkedin

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/facts"
	"github.com/agent-forge/forge/internal/fold"
	"github.com/agent-forge/forge/internal/htmltree"
	"github.com/agent-forge/forge/lead"
)

// What a page can lack. The texts are for people, who see them in a [*scraper.PageError].
var (
	errNoPosting     = errors.New("neither a job's head nor its text is on the page")
	errNoDescription = errors.New("the page has no description")
	errCut           = errors.New("the page ends within the description")
	errTooLong       = errors.New("the description is longer than any posting")
)

// A posting is what a job's page holds.
type posting struct {
	id     string // of the job that the page is about; empty: it does not say
	closed bool
	wall   string // what kind of wall the page is, if it is no job's; empty: none
	data   enrich.Data
}

// A sheet is what stands on a job's page, apart from what its employer wrote.
type sheet struct {
	head, title, description *html.Node
	text                     place           // of the description
	criteria, salaries       []placed        // of every job on the page
	marks, headMarks         map[string]bool // how one applies, on the page and in the head
	named, linked            string          // ids by which the page says what it is about
}

// A place is where on the page an element stands: in which of the page's sections. A page lists
// other jobs beside its own.
type place struct{ description, details *html.Node }

type placed struct {
	*html.Node
	in place
}

// readPosting reads a job's page: a fragment of the guest API, or a whole page.
func readPosting(body []byte) (posting, error) {
	tree := htmltree.Parse(body)
	s := sheet{marks: map[string]bool{}, headMarks: map[string]bool{}}
	s.read(tree.Root, place{}, false)
	out := posting{id: s.named}
	if out.id == "" {
		out.id = s.linked
	}
	out.closed = s.headMarks[closed] && !s.headMarks[control]
	if s.description == nil {
		if s.head == nil && s.title == nil {
			out.wall = wall(tree.Root)
			return out, errNoPosting
		}
		return out, errNoDescription
	}
	if tree.Cut(s.description) {
		return out, errCut
	}
	markup, err := htmltree.Inner(s.description, 2*enrich.MaxTextBytes)
	if err != nil {
		return out, errTooLong
	}
	data := enrich.Data{
		Description: advert.TextFromHTML(markup), Attributes: s.attributes(), IsEasyApply: s.easyApply(),
	}
	data.Requirements = advert.RequirementsOf(data.Description)
	facts.MarkTeaser(&data)
	if err := facts.CheckText(data.Description); err != nil {
		return out, err
	}
	out.data = data
	return out, nil
}

// The marks of how one applies.
const (
	here      = "here"      // LinkedIn takes the application
	elsewhere = "elsewhere" // another site does
	control   = "control"   // there is a way to apply
	closed    = "closed"    // the notice that the job is closed
)

// read collects the parts of a page. It stays out of descriptions: what an employer wrote is not
// the page's, and must not pass for a button or a notice.
func (s *sheet) read(n *html.Node, in place, inHead bool) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		in, inHead := in, inHead
		switch class := htmltree.Attr(c, "class"); {
		case class == "":
		case htmltree.HasClass(c, "show-more-less-html__markup"):
			if s.description == nil {
				s.description, s.text = c, in
			}
			continue
		case s.head == nil && htmltree.HasClass(c, "top-card-layout"):
			s.head, inHead = c, true
		case s.title == nil && htmltree.HasClass(c, "topcard__title"):
			s.title = c
		case htmltree.HasClass(c, "description"):
			in.description = c
		case htmltree.HasClass(c, "decorated-job-posting__details"):
			in.details = c
		case htmltree.HasClass(c, "description__job-criteria-item"):
			s.criteria = append(s.criteria, placed{c, in})
		case htmltree.HasClass(c, "compensation__salary"):
			s.salaries = append(s.salaries, placed{c, in})
		}
		s.readID(c)
		if mark := markOf(c); mark != "" {
			s.note(mark, inHead)
		}
		s.read(c, in, inHead)
	}
}

func (s *sheet) note(mark string, inHead bool) {
	for _, m := range []string{mark, control} {
		if m == control && mark == closed {
			continue
		}
		s.marks[m] = true
		s.headMarks[m] = s.headMarks[m] || inHead
	}
}

// markOf returns what an element says of how one applies; empty if nothing.
func markOf(n *html.Node) string {
	name := htmltree.Attr(n, "data-tracking-control-name")
	switch {
	case strings.Contains(name, "apply-link-onsite"), strings.Contains(name, "apply-link-simple_onsite"):
		return here
	case strings.Contains(name, "apply-link-offsite"),
		strings.Contains(htmltree.Attr(n, "data-impression-id"), "apply-link-offsite"),
		htmltree.Attr(n, "data-svg-class-name") == "apply-button__offsite-apply-icon-svg",
		n.DataAtom == atom.Code && htmltree.Attr(n, "id") == "applyUrl":
		return elsewhere
	case htmltree.HasClass(n, "apply-button"),
		htmltree.Attr(n, "data-modal") == "job-details-topcard-apply-modal",
		n.DataAtom == atom.Button && htmltree.HasClass(n, "top-card-layout__cta--primary"):
		return control
	case htmltree.HasClass(n, "closed-job__flavor--closed"),
		n.DataAtom == atom.Figure && htmltree.HasClass(n, "closed-job"):
		return closed
	}
	return ""
}

// easyApply reports whether LinkedIn takes the application; nil: the page does not say.
func (s *sheet) easyApply() *bool {
	marks := s.marks
	if s.head != nil {
		marks = s.headMarks
	}
	if !marks[here] && !marks[elsewhere] {
		return nil
	}
	easy := marks[here]
	return &easy
}

// readID notes the id by which an element says what the page is about.
func (s *sheet) readID(n *html.Node) {
	switch n.DataAtom {
	case atom.Code:
		if s.named != "" || htmltree.Attr(n, "id") != "decoratedJobPostingId" {
			return
		}
		// a comment that holds a JSON string
		for c := n.FirstChild; c != nil && s.named == ""; c = c.NextSibling {
			s.named = digits(strings.Trim(c.Data, "\" \t\r\n"))
		}
	case atom.Link, atom.Meta, atom.A:
		about := htmltree.Attr(n, "rel") == "canonical" || htmltree.Attr(n, "property") == "og:url" ||
			n.DataAtom == atom.A && htmltree.HasClass(n, "topcard__link")
		if s.linked != "" || !about {
			return
		}
		if u, err := url.Parse(htmltree.Attr(n, "href") + htmltree.Attr(n, "content")); err == nil &&
			strings.Contains(u.Path, jobPath) {
			s.linked = idIn(u.Path)
		}
	}
}

// criteria are the attributes in the order in which the board lists them.
var criteria = []string{
	enrich.AttrSeniority, enrich.AttrEmploymentType, enrich.AttrFunction, enrich.AttrIndustries,
}

// criterionWords are what the labels of each attribute hold, folded, in the board's languages.
var criterionWords = [][]string{
	{
		"senior", "karriere", "hierarch", "antiguedad", "anzianita", "nivel de experiencia", "anciennit",
		"ansiennitet", "erfaringsniv", "kidem", "vechime", "уровень должности", "職務レベル", "职位级别", "경력 수준",
		"مستوى الأقدمية",
	},
	{
		"employment", "beschaftigung", "type d'emploi", "tipo de empleo", "tipo de emprego",
		"tipo di impiego", "tipo de contrat", "dienstverband", "soort baan", "zatrudnieni", "anstallning",
		"ansaettelse", "ansettelse", "istihdam", "angajare", "pracovniho", "тип занятости", "雇用形態", "职位性质",
		"고용 형태", "نوع التوظيف",
	},
	{
		"job function", "tatigkeitsbereich", "fonction", "funcion laboral", "funcao", "funzione", "functie",
		"funkcj", "funkcja", "jobbfunk", "jobfunk", "is fonksiyon", "functia", "pracovni funkce",
		"обязанности", "職務タイプ", "职能", "직무", "المهنة",
	},
	{
		"industr", "branche", "secteur", "sector", "setor", "settor", "bedrijfstak", "branz", "bransch",
		"bransj", "sektor", "domeni", "odvetvi", "отрасл", "業界", "行业", "업계", "المجالات",
	},
}

// criterionKey returns the attribute that a label names; empty if the label is in another language.
func criterionKey(label string) string {
	label = fold.Text(label)
	for i, words := range criterionWords {
		if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(label, w) }) {
			return criteria[i]
		}
	}
	return ""
}

func (s *sheet) attributes() map[string]string {
	out := map[string]string{}
	inDescription := func(p place) bool {
		return s.text.description != nil && p.description == s.text.description
	}
	listed := beside(s.criteria, inDescription)
	for i, item := range listed {
		label, value := criterion(item)
		key := criterionKey(label)
		if key == "" && len(listed) == len(criteria) {
			key = criteria[i] // a label in another language; if one is missing, the order does not tell
		}
		if value = facts.Value(value); value != "" && key != "" && out[key] == "" {
			out[key] = facts.Short(value)
		}
	}
	var pay []string
	inDetails := func(p place) bool { return s.text.details != nil && p.details == s.text.details }
	for _, n := range beside(s.salaries, inDetails) {
		if words := lead.CleanLine(htmltree.Text(n)); words != "" {
			pay = append(pay, words)
		}
	}
	facts.SetPay(out, strings.Join(pay, "; "), "", "")
	if len(out) == 0 {
		return nil
	}
	return out
}

// beside returns the elements that stand in the same section as the description; all of them if
// none does.
func beside(all []placed, same func(place) bool) []*html.Node {
	var near, every []*html.Node
	for _, p := range all {
		every = append(every, p.Node)
		if same(p.in) {
			near = append(near, p.Node)
		}
	}
	if len(near) == 0 {
		return every
	}
	return near
}

func criterion(item *html.Node) (label, value string) {
	for n := range item.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case label == "" && htmltree.HasClass(n, "description__job-criteria-subheader"):
			label = lead.CleanLine(htmltree.Text(n))
		case value == "" && htmltree.HasClass(n, "description__job-criteria-text"):
			value = lead.CleanLine(htmltree.Text(n))
		}
	}
	return label, value
}
