package search

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/agent-forge/forge/lead"
)

// Syntax describes to a person what [Parse] reads.
const Syntax = `"WORDS @ PLACE; FILTER; …", where a FILTER is remote, easy-apply, an age such as 7d or ` +
	`24h, limit=N, a type (full_time, part_time, contract, temporary, internship, volunteer) or a level ` +
	`(entry, associate, mid_senior, director, executive)`

var (
	types = []string{
		lead.FullTime, lead.PartTime, lead.Contract, lead.Temporary, lead.Internship, lead.Volunteer,
	}
	levels = []string{
		lead.ExperienceEntry, lead.ExperienceAssociate, lead.ExperienceMidSenior,
		lead.ExperienceDirector, lead.ExperienceExecutive,
	}
)

// Parse reads one search: what to search for, where, and its own filters. What the text does not
// say is as in base.
func Parse(text string, base lead.Query) (lead.Query, error) {
	q := base
	q.JobTypes, q.Experience = slices.Clone(base.JobTypes), slices.Clone(base.Experience)
	what, filters, _ := strings.Cut(text, ";")
	words, place, placed := strings.Cut(what, "@")
	if q.Keywords = strings.TrimSpace(words); placed {
		q.Location = strings.TrimSpace(place)
	}
	for filter := range strings.SplitSeq(filters, ";") {
		filter = strings.ToLower(strings.TrimSpace(filter))
		name := strings.NewReplacer("-", "_", " ", "_").Replace(filter)
		age, isAge := ageOf(filter)
		limit, isLimit := strings.CutPrefix(name, "limit=")
		switch {
		case filter == "":
		case name == "remote":
			q.Remote = true
		case name == "easy_apply":
			q.EasyApply = true
		case slices.Contains(types, name):
			q.JobTypes = append(q.JobTypes, name)
		case slices.Contains(levels, name):
			q.Experience = append(q.Experience, name)
		case isAge:
			q.PostedWithin = age
		case isLimit:
			n, err := strconv.Atoi(limit)
			if err != nil || n < 0 {
				return q, fmt.Errorf("%q: want limit=N, a number; 0 lists all", filter)
			}
			q.Limit = n
		default:
			return q, fmt.Errorf("%q is no filter: want %s", filter, Syntax)
		}
	}
	return q, q.Validate()
}

// Filters writes the filters of q but remote and the limit, as Parse reads them.
func Filters(q lead.Query) string {
	var all []string
	if q.EasyApply {
		all = append(all, "easy-apply")
	}
	switch hours := int(q.PostedWithin / time.Hour); {
	case hours == 0:
	case hours%24 == 0:
		all = append(all, fmt.Sprintf("%dd", hours/24))
	default:
		all = append(all, fmt.Sprintf("%dh", hours))
	}
	return strings.Join(slices.Concat(all, q.JobTypes, q.Experience), "; ")
}

// ageOf reads "7d" and "24h".
func ageOf(s string) (time.Duration, bool) {
	unit := time.Hour
	number, isHours := strings.CutSuffix(s, "h")
	if !isHours {
		unit = 24 * time.Hour
		var isDays bool
		if number, isDays = strings.CutSuffix(s, "d"); !isDays {
			return 0, false
		}
	}
	n, err := strconv.Atoi(number)
	return time.Duration(n) * unit, err == nil && n > 0 && n < 10_000
}
