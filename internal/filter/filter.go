// Package filter decides which adverts a query asks for, for boards that do not filter by
// themselves.
//
// An advert is left out only because of something that it says and that this package understands.
// What it does not say, and words that nobody listed, never leave a job out: reading one advert too
// many costs little, and a good job that is not listed is never missed by anybody.
package filter

import (
	"strings"
	"time"

	"github.com/agent-forge/forge/lead"
)

// A Job is what an advert says. A field is empty where the advert says nothing.
type Job struct {
	Title   string
	Company string
	// Text returns what the advert says in sentences. It is called only where the rest does not
	// decide. If it returns a blank text, or is nil, the advert was not read yet, and keywords that
	// the title lacks leave nothing out.
	Text   func() string
	Skills []string
	// Types are employment types as the advert writes them: "FULL_TIME", "Vollzeit / Teilzeit",
	// "CDI".
	Types []string
	// Workplace is what the advert says of remote work, as it writes it: "TELECOMMUTE", "Hybrid".
	Workplace []string
	// Places are where the work is done, or where the employer is.
	Places []Place
	// Applicants are where somebody who works remotely can be: "Germany", "Worldwide", "EMEA".
	Applicants []string
	// PostedBy is the latest moment at which the advert can have been posted. A date alone has no
	// time of day and no zone.
	PostedBy time.Time
	// EasyApply is nil if the advert does not say.
	EasyApply *bool
}

// A Filter is a query made ready to compare. It does not filter by Query.Experience and
// Query.Limit. It is not safe for concurrent use.
type Filter struct {
	query    lead.Query
	keywords matcher // nil: any
	places   []spot  // nil: any
	after    time.Time

	known map[string]bool // answers about places and types, which the adverts of a board repeat
}

// New returns the filter for q. Ages are counted from now.
func New(q lead.Query, now time.Time) *Filter {
	f := &Filter{
		query: q, keywords: parseKeywords(q.Keywords), places: asked(q.Location), known: map[string]bool{},
	}
	if q.PostedWithin > 0 {
		f.after = now.Add(-q.PostedWithin)
	}
	return f
}

// Wants reports whether the query asks for j.
func (f *Filter) Wants(j *Job) bool {
	return (!f.query.EasyApply || j.EasyApply == nil || *j.EasyApply) &&
		(f.after.IsZero() || j.PostedBy.IsZero() || !j.PostedBy.Before(f.after)) &&
		f.wantsType(j) &&
		f.wantsPlace(j) &&
		(!f.query.Remote || canBeRemote(j)) &&
		f.wantsWords(j)
}

// maxKnown bounds what a filter remembers.
const maxKnown = 1000

// remember returns the answer to a question that was asked before, or asks it.
func (f *Filter) remember(question string, answer func() bool) bool {
	yes, known := f.known[question]
	if !known {
		if yes = answer(); len(f.known) < maxKnown && len(question) <= maxPlace {
			f.known[question] = yes
		}
	}
	return yes
}

func (j *Job) text() string {
	if j.Text == nil {
		return ""
	}
	return j.Text()
}

func (f *Filter) wantsWords(j *Job) bool {
	if f.keywords == nil {
		return true
	}
	title, text := foldText(j.Title), j.text()
	// A zero byte keeps phrases from beginning in one text and ending in another.
	whole := foldText(strings.Join(append([]string{j.Title, j.Company, text}, j.Skills...), " \x00 "))
	d := document{title: title, whole: whole, unread: strings.TrimSpace(text) == ""}
	return f.keywords(&d)
}
