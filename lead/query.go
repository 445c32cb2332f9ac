package lead

import "time"

// Values for [Query.JobTypes]. A board ignores those that it does not know, and its documentation says which.
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

// A Query is one search on every board. The zero value of each field asks for everything; each board documents what it
// cannot filter.
type Query struct {
	Keywords     string        `json:"keywords,omitempty"`
	Location     string        `json:"location,omitempty"`      // as a person would type it
	Remote       bool          `json:"remote,omitempty"`        // true: remote jobs only
	PostedWithin time.Duration `json:"posted_within,omitempty"` // not older than this, in nanoseconds; 0: any age
	JobTypes     []string      `json:"job_types,omitempty"`     // [FullTime] …; none: any
	Experience   []string      `json:"experience,omitempty"`    // [ExperienceEntry] …; none: any
	EasyApply    bool          `json:"easy_apply,omitempty"`    // true: only jobs that are applied to on the board itself
	Limit        int           `json:"limit,omitempty"`         // leads at most; 0: what the board gives
}

// Validate reports a negative Limit or PostedWithin as a [*FieldError].
func (q Query) Validate() error {
	if q.Limit < 0 {
		return &FieldError{Field: "Query.Limit", Problem: "negative; 0 means all that the board gives"}
	}
	if q.PostedWithin < 0 {
		return &FieldError{Field: "Query.PostedWithin", Problem: "negative; 0 means any age"}
	}
	return nil
}
