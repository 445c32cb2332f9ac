package jobposting

import (
	"cmp"
	"hash/maphash"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/facts"
	"github.com/agent-forge/forge/internal/filter"
)

// A Posting is one JobPosting. Every text is plain and on one line. A field is zero where the page
// does not say. It is not safe for concurrent use.
type Posting struct {
	ID       string   // the employer's or board's identifier
	URLs     []string // that the posting gives as its own page's, absolute, the most likely one first
	Page     string   // the page that it was read from, without user info and fragment
	Title    string
	Company  string
	Location string // places by "; ", "Remote", or "Remote (Germany)"

	Remote     bool           // the work is not bound to a place
	Workplace  []string       // what the page says of that, as it says it
	Places     []filter.Place // where the work is, or the employer's offices
	Applicants []string       // where somebody who works remotely can be

	PostedAt     time.Time
	ValidThrough time.Time // the first moment at which the posting has expired in every time zone

	Experience      string // "3 years", or a text
	Education       []string
	Skills          []string
	EmploymentTypes []string // as the page says
	Functions       []string
	Industries      []string
	Salaries        []Salary
	Openings        int
	DirectApply     *bool // nil if the page does not say

	posted, valid moment

	// The text is read when it is asked for. It costs the most, and most searches need none.
	source    object
	read      bool
	described string // the description alone
	text      string // the description, and the other fields that belong to it
}

func (d *document) posting(o object, page string) Posting {
	p := Posting{
		ID:              identifier(o["identifier"]),
		Page:            page,
		Title:           firstText(o["title"], o["name"]),
		Company:         d.name(o["hiringOrganization"]),
		Experience:      d.experience(o["experienceRequirements"]),
		Education:       d.education(o["educationRequirements"]),
		Skills:          splitList(o["skills"]),
		EmploymentTypes: sayings(o["employmentType"]),
		Functions:       sayings(o["occupationalCategory"]),
		Industries:      sayings(o["industry"]),
		Salaries:        d.salaries(o),
		DirectApply:     yes(o["directApply"]),
		posted:          d.moment(o["datePosted"]),
		valid:           d.moment(o["validThrough"]),
		source:          o,
	}
	for _, k := range []string{"url", "mainEntityOfPage"} {
		p.URLs = appendNew(p.URLs, d.resolve(link(o[k])))
	}
	if len(p.Functions) == 0 {
		p.Functions = sayings(o["category"])
	}
	if p.valid.before(p.posted) { // no advert ends before it begins, so one of the two is wrong
		p.valid = moment{}
	}
	p.PostedAt, p.ValidThrough = p.posted.Time, p.valid.latest()
	p.Openings, _ = strconv.Atoi(text(o["totalJobOpenings"]))
	d.places(&p, o)
	return p
}

// sections are the fields beside the description that belong to the text, with the headings that
// they get. Where there is neither a description nor one of those that say what the job is, the
// posting has no text.
var sections = []struct {
	heading, field string
	essential      bool
}{
	{"Responsibilities", "responsibilities", true},
	{"Qualifications", "qualifications", true},
	{"Experience", "experienceRequirements", false},
	{"Education", "educationRequirements", false},
	{"Skills", "skills", false},
	{"Requirements", "physicalRequirement", false},
	{"Requirements", "sensoryRequirement", false},
	{"Requirements", "securityClearanceRequirement", false},
	{"Requirements", "eligibilityToWorkRequirement", false},
	{"Requirements", "specialCommitments", false},
	{"Benefits", "jobBenefits", false},
	{"Benefits", "benefits", false},
	{"Benefits", "incentiveCompensation", false},
}

// Description returns the whole text: the description, and every other field that belongs to it. It
// keeps its lines.
func (p *Posting) Description() string {
	if !p.read {
		p.described, p.read = prose(p.source["description"]), true
		p.text = p.described
		words := "" // of the text
		for _, s := range sections {
			more := prose(p.source[s.field])
			if s.field == "skills" {
				more = strings.Join(p.Skills, ", ")
			}
			if nothing(more) || p.text == "" && !s.essential {
				continue
			}
			if words == "" {
				words = flat(p.text)
			}
			if !p.says(words, s.field, more) {
				p.text = strings.TrimSpace(p.text + "\n\n" + s.heading + "\n" + more)
				words += flat(more)
			}
		}
	}
	return p.text
}

// says reports whether the words of the text hold a field already.
func (p *Posting) says(words, field, more string) bool {
	if field == "skills" {
		return !slices.ContainsFunc(p.Skills, func(skill string) bool {
			return !strings.Contains(words, flat(skill))
		})
	}
	return strings.Contains(words, flat(more))
}

// TextHash returns a hash of what the page has as the posting's text; 0 if it has none. It costs
// much less than the text.
func (p *Posting) TextHash(seed maphash.Seed) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	n := 0
	for _, k := range []string{"description", "responsibilities", "qualifications"} {
		text, ok := p.source[k].(string)
		if !ok {
			text = prose(p.source[k])
		}
		n += len(strings.TrimSpace(text))
		_, _ = h.WriteString(text)
	}
	if n == 0 {
		return 0
	}
	return h.Sum64() | 1
}

// flat is a text as its words, each between spaces, so that two texts can be compared whatever
// stands between the words.
func flat(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	space := true
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '+', r == '#':
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
			r = unicode.ToLower(r)
		default:
			space = true
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	b.WriteByte(' ')
	return b.String()
}

// Closed reports whether the posting says that it had expired by now.
func (p *Posting) Closed(now time.Time) bool {
	return !p.ValidThrough.IsZero() && !now.Before(p.ValidThrough)
}

// Job returns what a query can be compared with.
func (p *Posting) Job() *filter.Job {
	return &filter.Job{
		Title: p.Title, Company: p.Company, Text: p.Description, Skills: p.Skills,
		Types: p.EmploymentTypes, Workplace: p.Workplace, Places: p.Places, Applicants: p.Applicants,
		PostedBy: p.posted.latest(), EasyApply: p.DirectApply,
	}
}

// Data returns the posting's text and attributes. Requirements are what the page states as such,
// and the description's sections that do.
func (p *Posting) Data() enrich.Data {
	d := enrich.Data{Description: p.Description(), IsEasyApply: p.DirectApply}
	requirements := []string{
		prose(p.source["qualifications"]), p.Experience, strings.Join(p.Education, ", "),
		advert.RequirementsOf(p.described),
	}
	for _, part := range requirements {
		if part != "" && (d.Requirements == "" || !strings.Contains(flat(d.Requirements), flat(part))) {
			d.Requirements = strings.TrimSpace(d.Requirements + "\n\n" + part)
		}
	}
	var salaries []string
	for _, s := range p.Salaries {
		salaries = append(salaries, s.Words)
	}
	d.Attributes = map[string]string{
		enrich.AttrExperience:     p.Experience,
		enrich.AttrEducation:      strings.Join(p.Education, ", "),
		enrich.AttrSkills:         strings.Join(p.Skills, ", "),
		enrich.AttrEmploymentType: strings.Join(TypesForPeople(p.EmploymentTypes), ", "),
		enrich.AttrFunction:       strings.Join(p.Functions, ", "),
		enrich.AttrIndustries:     strings.Join(p.Industries, ", "),
		enrich.AttrSalary:         strings.Join(salaries, "; "),
	}
	if len(p.Salaries) == 1 {
		facts.SetFigures(d.Attributes, p.Salaries[0].Range)
	}
	if p.Remote {
		d.Attributes[enrich.AttrWorkplace] = "remote"
	}
	if p.Openings > 0 {
		d.Attributes[enrich.AttrOpenings] = strconv.Itoa(p.Openings)
	}
	if !p.valid.IsZero() {
		d.Attributes[enrich.AttrValidThrough] = p.valid.String()
	}
	for k, v := range d.Attributes {
		if d.Attributes[k] = facts.Short(v); v == "" {
			delete(d.Attributes, k)
		}
	}
	facts.MarkTeaser(&d)
	return d
}

var onlyTags = regexp.MustCompile(`^(?:<[^<>]*>\s*)+$`)

// prose returns a text that can have many lines. A list of texts becomes a list.
func prose(v any) string {
	switch v := v.(type) {
	case string:
		if strings.HasPrefix(v, "<") && onlyTags.MatchString(v) { // a picture, most often
			return ""
		}
		return advert.Text(v)
	case []any:
		var lines []string
		for _, e := range v {
			if s := prose(e); s != "" {
				lines = append(lines, s)
			}
		}
		if len(lines) == 1 {
			return lines[0]
		}
		for i, s := range lines {
			if !strings.Contains(s, "\n") {
				lines[i] = "- " + s
			}
		}
		return strings.Join(lines, "\n")
	case object:
		for _, k := range []string{"@value", "description", "text", "name", "value"} {
			if s := prose(v[k]); s != "" {
				return s
			}
		}
	}
	return ""
}

// identifier reads a PropertyValue, a text or a number. A PropertyValue's name is the
// organisation's, and no identifier.
func identifier(v any) string {
	for _, e := range list(v) {
		if o, ok := e.(object); ok {
			e = o["value"]
			if e == nil {
				e = o["@value"]
			}
		}
		if s := said(e); s != "" {
			return s
		}
	}
	return ""
}

func (d *document) name(v any) string {
	if o := d.object(v); o != nil {
		return cmp.Or(said(o["name"]), said(o["legalName"]), said(o["alternateName"]))
	}
	return said(v)
}
