package naukri

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/agent-forge/forge/lead"
)

var yearsPattern = regexp.MustCompile(
	`(?i)(\d{1,2})(?:\.\d+)?(?:\s*(?:-|to)\s*(\d{1,2})(?:\.\d+)?|(\s*\+))?\s*(?:yrs?|years?)`,
)

const mostYears = 99

// A years is a range of experience that is asked for.
type years struct{ from, to int }

// parseYears reads "5-8 Yrs", "0 Yrs", "3 to 5 years", "2.5-5 Yrs", "10+ years".
func parseYears(s string) (y years, ok bool) {
	m := yearsPattern.FindStringSubmatch(s)
	if m == nil {
		return y, false
	}
	y.from, _ = strconv.Atoi(m[1])
	y.to = y.from
	switch {
	case m[2] != "":
		y.to, _ = strconv.Atoi(m[2])
	case m[3] != "":
		y.to = mostYears
	}
	return y, y.from <= y.to
}

// fits reports whether a range overlaps what one of the levels usually means in years. No level,
// and a level without years, is any.
func (y years) fits(levels []string) bool {
	return len(levels) == 0 || slices.ContainsFunc(levels, func(level string) bool {
		var want years
		switch level {
		case lead.ExperienceIntern:
			want = years{0, 0}
		case lead.ExperienceEntry:
			want = years{0, 2}
		case lead.ExperienceAssociate:
			want = years{2, 5}
		case lead.ExperienceMidSenior:
			want = years{4, 12}
		case lead.ExperienceDirector:
			want = years{10, mostYears}
		case lead.ExperienceExecutive:
			want = years{12, mostYears}
		default:
			return true
		}
		return y.from <= want.to && want.from <= y.to
	})
}
