package jobposting

import (
	"time"

	"github.com/agent-forge/forge/internal/dates"
)

// slack is how much later than it reads a moment can be: a date is a whole day, and the last place
// where a moment without a zone arrives is 12 hours late.
func slack(p dates.Precision) time.Duration {
	switch p {
	case dates.WholeDay:
		return 36 * time.Hour
	case dates.NoZone:
		return 12 * time.Hour
	}
	return 0
}

// A moment is a date of a posting.
type moment struct {
	time.Time
	precision dates.Precision
}

// moment reads a date. Sites that have none write the first day that a computer knows.
func (d *document) moment(v any) moment {
	s := text(v)
	t, precision := dates.Parse(s, dates.UnknownOrder)
	if precision == dates.Unknown && s != "" {
		t, precision = dates.Parse(s, d.order())
	}
	if t.Year() <= 1970 {
		return moment{}
	}
	return moment{t, precision}
}

// latest returns the first moment at which m is past everywhere; zero if m is not known.
func (m moment) latest() time.Time {
	if m.IsZero() {
		return m.Time
	}
	return m.Add(slack(m.precision))
}

// before reports whether m is on an earlier day than n.
func (m moment) before(n moment) bool {
	return m.Truncate(24 * time.Hour).Before(n.Truncate(24 * time.Hour))
}

// String returns m as RFC 3339: a date, or a time.
func (m moment) String() string {
	if m.precision == dates.WholeDay {
		return m.Format(time.DateOnly)
	}
	return m.Format(time.RFC3339)
}

// order returns the order of days and months that the dates of the page prove.
func (d *document) order() dates.Order {
	if d.proven == nil {
		var all []string
		for _, o := range d.jobs {
			all = append(all, text(o["datePosted"]), text(o["validThrough"]))
		}
		order := dates.OrderOf(all...)
		d.proven = &order
	}
	return *d.proven
}
