package jobposting

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// A Posting is one JobPosting. Every text is plain and on one line, but for Description, Qualifications and
// Responsibilities, which keep their lines. A field is zero where the page does not say.
type Posting struct {
	ID       string // the employer's or board's identifier
	URL      string // the posting's own page, absolute
	Page     string // the page that it was read from, without user info and fragment
	Title    string
	Company  string
	Location string // places by "; ", "Remote", or "Remote (Germany)"
	Remote   bool   // jobLocationType is TELECOMMUTE

	PostedAt     time.Time
	ValidThrough time.Time // the first moment at which it is certain, in every time zone, that the posting has expired

	Description      string
	Qualifications   string
	Responsibilities string
	Experience       string // "3 years", or a text
	Education        []string
	Skills           []string
	EmploymentTypes  []string // as in [lead.Query.JobTypes] where there is such a value, else as the page says
	Functions        []string
	Industries       []string
	Salaries         []Salary
	Openings         int
	DirectApply      *bool // nil: the page does not say

	validThrough string // as the page says
}

func (d *document) posting(o object, page string) Posting {
	p := Posting{
		ID:               identifier(o["identifier"]),
		URL:              d.resolve(cmp.Or(link(o["url"]), link(o["mainEntityOfPage"]))),
		Page:             page,
		Title:            firstText(o["title"], o["name"]),
		Company:          d.name(o["hiringOrganization"]),
		Remote:           isRemote(o["jobLocationType"]),
		PostedAt:         instant(text(o["datePosted"])),
		validThrough:     text(o["validThrough"]),
		Description:      prose(o["description"]),
		Qualifications:   prose(o["qualifications"]),
		Responsibilities: prose(o["responsibilities"]),
		Experience:       d.experience(o["experienceRequirements"]),
		Education:        d.education(o["educationRequirements"]),
		Skills:           splitList(o["skills"]),
		EmploymentTypes:  employmentTypes(o["employmentType"]),
		Functions:        texts(o["occupationalCategory"]),
		Industries:       texts(o["industry"]),
		Salaries:         d.salaries(o),
		DirectApply:      yes(o["directApply"]),
	}
	if len(p.Functions) == 0 {
		p.Functions = texts(o["category"])
	}
	p.ValidThrough = expiry(p.validThrough)
	p.Openings, _ = strconv.Atoi(text(o["totalJobOpenings"]))
	p.Location = location(d.places(o["jobLocation"]), d.places(o["applicantLocationRequirements"]), p.Remote)
	if p.Description == "" {
		p.Description = strings.TrimSpace(p.Responsibilities + "\n\n" + p.Qualifications)
	}
	return p
}

// Closed reports whether the posting says that it had expired by now.
func (p Posting) Closed(now time.Time) bool {
	return !p.ValidThrough.IsZero() && !now.Before(p.ValidThrough)
}

// Lead returns the posting as a lead of this board, with its own URL or else that of its page. ExternalID is the posting's
// identifier; a board that has ids of its own replaces it.
func (p Posting) Lead(source string) lead.Lead {
	l := lead.Lead{Source: source, ExternalID: p.ID, Title: p.Title, Company: p.Company, Location: p.Location, URL: p.URL, PostedAt: p.PostedAt}
	if l.URL == "" {
		l.URL = p.Page
	}
	return l.Clean()
}

// Data returns the posting's text and attributes. Requirements are what the page states as such, and the description's
// sections that do.
func (p Posting) Data() enrich.Data {
	d := enrich.Data{Description: p.Description, IsEasyApply: p.DirectApply}
	requirements := []string{p.Qualifications, p.Experience, strings.Join(p.Education, ", "), advert.RequirementsOf(p.Description)}
	for _, part := range requirements {
		if part != "" && !strings.Contains(flat(d.Requirements), flat(part)) {
			d.Requirements = strings.TrimSpace(d.Requirements + "\n\n" + part)
		}
	}
	attributes := map[string]string{
		enrich.AttrExperience:     p.Experience,
		enrich.AttrEducation:      strings.Join(p.Education, ", "),
		enrich.AttrSkills:         strings.Join(p.Skills, ", "),
		enrich.AttrEmploymentType: strings.Join(labels(p.EmploymentTypes), ", "),
		enrich.AttrFunction:       strings.Join(p.Functions, ", "),
		enrich.AttrIndustries:     strings.Join(p.Industries, ", "),
		enrich.AttrSalary:         joinSalaries(p.Salaries),
	}
	if p.Remote {
		attributes[enrich.AttrWorkplace] = "remote"
	}
	if p.Openings > 0 {
		attributes[enrich.AttrOpenings] = strconv.Itoa(p.Openings)
	}
	if !p.ValidThrough.IsZero() {
		attributes[enrich.AttrValidThrough] = validThrough(p.validThrough)
	}
	for k, v := range attributes {
		attributes[k] = short(v)
	}
	d.Attributes = attributes
	return d.Clean()
}

// flat makes two texts comparable whatever their line ends.
func flat(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// short cuts a value to what an attribute may hold, after the last whole entry that fits.
func short(s string) string {
	if len(s) <= enrich.MaxAttributeBytes {
		return s
	}
	s = s[:enrich.MaxAttributeBytes-len("…")]
	for _, separator := range []string{", ", " "} {
		if i := strings.LastIndex(s, separator); i > 0 {
			s = s[:i]
			break
		}
	}
	return strings.TrimRight(strings.ToValidUTF8(s, ""), ", ") + "…"
}

// prose returns a text that may have many lines. A list of texts becomes a list.
func prose(v any) string {
	switch v := v.(type) {
	case string:
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

// identifier reads a PropertyValue, a text or a number. A PropertyValue's name is the organisation's, and no identifier.
func identifier(v any) string {
	for _, e := range list(v) {
		if o, ok := e.(object); ok {
			e = o["value"]
			if e == nil {
				e = o["@value"]
			}
		}
		if s := text(e); s != "" {
			return s
		}
	}
	return ""
}

func (d *document) name(v any) string {
	if o := d.object(v); o != nil {
		return firstText(o["name"], o["legalName"], o["alternateName"])
	}
	return text(v)
}

func isRemote(v any) bool {
	for _, s := range texts(v) {
		if strings.EqualFold(s[strings.LastIndexByte(s, '/')+1:], "TELECOMMUTE") {
			return true
		}
	}
	return false
}
