package ats

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/lead"
)

// A list is a page of a list while it is read, or the whole list of a provider that has one page.
type list struct {
	provider *provider
	company  string // as the board spells it
	host     string // that was asked
	now      time.Time

	name    string // of the company, where the list says it once
	total   int    // jobs that the provider says to have; below 0: it does not say
	entries int    // read so far, also those that cannot be read or are hidden
	jobs    []*job
	unread  []unread

	// What decides whether the list is complete, see [list.complete].
	doubtful bool     // something says that it is not, or that it is another company's
	nameless int      // entries without an id
	hidden   int      // entries that say that they are not listed
	others   []string // keys of entries that cannot be read

	byKey   map[string]*job
	unnamed []*job // that do not say their company
	// each is told of a job before its text can be dropped, and again when a repeat of it added a
	// place. It can be nil.
	each func(*job)
	// admit reports whether there is room for the job's text. If nil, there is.
	admit func(*job) bool
	// dropped says that a text had no room, and partial that the list is not whole.
	dropped, partial bool
}

// An unread entry is one that cannot be a lead.
type unread struct {
	index  int
	reason string
}

// skip notes an entry that cannot be read.
func (l *list) skip(reason string) {
	l.unread = append(l.unread, unread{l.entries, reason})
	l.entries++
}

// add adds a job. One that the list has already gets the other's places: some providers list a job
// once for each city.
func (l *list) add(j *job) {
	l.finish(j)
	l.suspect(j)
	if j.hidden {
		l.hidden++
		l.entries++
		return
	}
	if have := l.byKey[j.key]; have != nil && j.id != "" {
		l.entries++
		have.join(j)
		l.tell(have)
		return
	}
	if problem := j.problem(l.provider.name); problem != "" {
		if (lead.Key{Source: l.provider.name, ExternalID: j.key}).Validate() == nil {
			l.others = append(l.others, j.key)
		} else {
			l.nameless++
		}
		l.skip(problem)
		return
	}
	l.entries++
	if l.byKey == nil {
		l.byKey = map[string]*job{}
	}
	l.byKey[j.key] = j
	l.jobs = append(l.jobs, j)
	l.tell(j)
	if l.admit != nil && !l.admit(j) {
		j.text, j.requirements, l.dropped = "", "", true
	}
}

// finish completes a job with what its list knows.
func (l *list) finish(j *job) {
	j.id = lead.CleanLine(j.id)
	if j.id != "" {
		j.key = l.provider.key(l.company, j.id)
	}
	if j.company = advert.Title(j.company); j.company == "" {
		l.unnamed = append(l.unnamed, j)
		j.company = l.nameOfAll()
	}
}

// nameOfAll is the name of the company for jobs that do not say it.
func (l *list) nameOfAll() string {
	if name := advert.Title(l.name); name != "" && utf8.RuneCountInString(name) <= lead.MaxCompanyRunes {
		return name
	}
	company := l.company
	if l.provider.hasSite {
		company = tenantOf(company)
	}
	return nameOf(company)
}

// close completes the jobs that were read before the company's name.
func (l *list) close() {
	for _, j := range l.unnamed {
		j.company = l.nameOfAll()
	}
}

func (l *list) tell(j *job) {
	if l.each != nil {
		l.each(j)
	}
}

// join adds the places of a repeat.
func (j *job) join(o *job) {
	for _, s := range o.shown {
		j.show(s)
	}
	for _, p := range o.places {
		if !slices.Contains(j.places, p) {
			j.places = append(j.places, p)
		}
	}
	for _, a := range o.applicants {
		if !slices.Contains(j.applicants, a) {
			j.applicants = append(j.applicants, a)
		}
	}
	for _, w := range o.workplace {
		j.setWorkplace(w)
	}
}
