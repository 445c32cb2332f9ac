package lead

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Values for [Query.JobTypes].
const (
	FullTime   = "full_time"
	PartTime   = "part_time"
	Contract   = "contract"
	Temporary  = "temporary"
	Internship = "internship"
	Volunteer  = "volunteer"
)

// Values for [Query.Experience].
const (
	ExperienceIntern    = "internship"
	ExperienceEntry     = "entry"
	ExperienceAssociate = "associate"
	ExperienceMidSenior = "mid_senior"
	ExperienceDirector  = "director"
	ExperienceExecutive = "executive"
)

// The values that [Query.Validate] accepts, in the order in which it lists them.
var (
	jobTypes   = []string{FullTime, PartTime, Contract, Temporary, Internship, Volunteer}
	experience = []string{
		ExperienceIntern, ExperienceEntry, ExperienceAssociate, ExperienceMidSenior, ExperienceDirector,
		ExperienceExecutive,
	}
)

// A Query is one search on every board. The zero value of each field asks for everything. A board
// that cannot filter by a field lists the jobs that the other fields match, and reports the field
// with scraper.ErrUnfiltered.
type Query struct {
	// Keywords are words as a person types them into a board's search box.
	Keywords string `json:"keywords,omitempty"`
	// Location is a place as a person types it: "Berlin", "Berlin, Germany", "Germany".
	Location string `json:"location,omitempty"`
	// Remote asks for remote jobs only.
	Remote bool `json:"remote,omitempty"`
	// PostedWithin is the greatest age of an advert, in nanoseconds. If zero, any age is listed.
	PostedWithin time.Duration `json:"posted_within,omitempty"`
	// JobTypes are values such as [FullTime], of which one must fit. If empty, any type is listed.
	JobTypes []string `json:"job_types,omitempty"`
	// Experience holds values such as [ExperienceEntry], of which one must fit. If empty, any level
	// is listed.
	Experience []string `json:"experience,omitempty"`
	// EasyApply asks for jobs that are applied to on the board itself.
	EasyApply bool `json:"easy_apply,omitempty"`
	// Limit is the greatest number of leads. If zero, all that the board gives are listed.
	Limit int `json:"limit,omitempty"`
}

// Validate reports the first field whose value is negative, or is not one of the values that the
// field knows, as a [*FieldError]. A misspelt value would otherwise match no job, or every job,
// depending on the board.
func (q Query) Validate() error {
	if q.Limit < 0 {
		return &FieldError{Field: "Query.Limit", Problem: "negative; 0 means all that the board gives"}
	}
	if q.PostedWithin < 0 {
		return &FieldError{Field: "Query.PostedWithin", Problem: "negative; 0 means any age"}
	}
	if err := allKnown("Query.JobTypes", q.JobTypes, jobTypes); err != nil {
		return err
	}
	return allKnown("Query.Experience", q.Experience, experience)
}

func allKnown(field string, values, known []string) error {
	for i, v := range values {
		if !slices.Contains(known, v) {
			return &FieldError{
				Field: field,
				Problem: fmt.Sprintf(
					"value %d of %d is not known; use %s", i+1, len(values), strings.Join(known, ", "),
				),
			}
		}
	}
	return nil
}
