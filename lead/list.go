package lead

import (
	"fmt"
	"time"
	"unicode/utf8"
)

// Limits of a [List].
const (
	MaxListed        = 10_000 // jobs of one list
	MaxListNameBytes = 255
)

// A List is everything that a board lists under one name, such as all jobs of one company: a job
// that is not in it is not listed. Only a list that was read to its natural end is one. A list that
// was cut off or capped, or of which an entry could not be identified, says nothing about the jobs
// that it lacks.
type List struct {
	// Source is the board.
	Source string
	// Name tells the lists of a board apart. It never changes: the company's name in the board's
	// URLs, and not its name for people.
	Name string
	// Jobs are all jobs that the board lists, whether a query asked for them or not. If empty, the
	// board said that there are none.
	Jobs []Listed
	// Age is how long ago the board confirmed the list: it sent it, or said that it had not changed.
	Age time.Duration
}

// A Listed is one job of a [List].
type Listed struct {
	ExternalID string
	Title      string // as the board lists it; empty if the entry could not be read but for its id
}

// Validate reports the first field that is missing, too long or malformed, as a [*FieldError].
func (l List) Validate() error {
	if err := (Key{Source: l.Source, ExternalID: "any"}).Validate(); err != nil {
		return err
	}
	switch {
	case l.Name == "" || l.Name != CleanLine(l.Name):
		return &FieldError{Field: "name", Problem: "want a line of text without control characters"}
	case len(l.Name) > MaxListNameBytes:
		return &FieldError{Field: "name", Problem: tooLong(len(l.Name), MaxListNameBytes, "bytes")}
	case l.Age < 0:
		return &FieldError{Field: "age", Problem: "negative"}
	case len(l.Jobs) > MaxListed:
		return &FieldError{
			Field: "jobs", Problem: fmt.Sprintf("%d, at most %d are allowed", len(l.Jobs), MaxListed),
		}
	}
	for _, j := range l.Jobs {
		if err := (Key{Source: l.Source, ExternalID: j.ExternalID}).Validate(); err != nil {
			return err
		}
		if n := utf8.RuneCountInString(j.Title); n > MaxTitleRunes {
			return &FieldError{Field: "title", Problem: tooLong(n, MaxTitleRunes, "characters")}
		}
	}
	return nil
}
