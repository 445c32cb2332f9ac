package dashboard

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/examples/internal/notes"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// A card is one job on the page.
type card struct {
	ID                       int64
	Title, Company, Location string
	URL                      string // http or https, or empty
	Host                     string
	Posted, PostedDate       string
	Score                    int
	Scored                   bool
	Grade                    string // "high", "fair" or "low", for the colour
	Facts                    []string
	Pay                      string
	Notes                    []string   // on its age, and on where else the same advert stands
	Twins                    []twinView // the same advert elsewhere
	EasyApply                bool
	Missing                  []string
	MissingMore              int
	Reasoning                string
	Advice                   []string
	Description              string
	Requirements             string
	New, Closed, Unverified  bool
	Status                   lead.Status
	StatusName               string
	Actions                  []action
	Reopen                   bool
	Keep                     bool  // it can be kept anyway
	Next                     int64 // the card after it, where the reader goes on; 0 if there is none
	OtherResume              bool  // it was scored with another résumé than the newest one
	ScoredBy                 string
	Steps                    []stage
	Note                     string
	Applying                 bool  // the user has given it a status of an application
	Wait                     *wait // nil if the job is decided and nothing failed
}

// A twinView is a job that a card stands for beside its own.
type twinView struct {
	ID    int64
	Where string
	URL   string // http or https, or empty
}

func twinViews(twins []store.Twin) (views []twinView) {
	for _, t := range twins {
		link, _ := safeURL(t.Lead.URL)
		views = append(views, twinView{ID: t.ID, Where: notes.Where(t), URL: link})
	}
	return views
}

// An action is one button of a card.
type action struct {
	Status  lead.Status
	Label   string
	Primary bool
}

const (
	mostChips = 8
	mostText  = 20 << 10 // bytes of a text that a card shows, which few postings have
)

// shortened cuts a text that would make the page too large. The rest is on the board.
func shortened(text string) string {
	if len(text) <= mostText {
		return text
	}
	cut := strings.ToValidUTF8(text[:mostText], "") // the last character can be cut in two
	return cut + "…\n\nThe posting goes on. Open it to read the rest."
}

// sections returns the two texts of a posting as a card shows them: neither begins with the heading that
// the card gives it, and what the description repeats of the requirements is shown once.
func sections(d *enrich.Data) (description, requirements string) {
	description = headless(d.Description, "description", "job description", "about the job")
	requirements = headless(d.Requirements, "requirements", "job requirements")
	if strings.Contains(description, requirements) {
		requirements = ""
	}
	return shortened(description), shortened(requirements)
}

// headless returns a text without its first line if that is one of the headings.
func headless(text string, headings ...string) string {
	first, rest, more := strings.Cut(text, "\n")
	if more && slices.Contains(headings, strings.ToLower(strings.Trim(first, " :*#"))) {
		return strings.TrimSpace(rest)
	}
	return text
}

func newCard(e store.Entry, now, since time.Time, gate int, viewOnly bool) card {
	c := card{
		ID: e.ID, Title: e.Lead.Title, Company: e.Lead.Company, Location: e.Lead.Location, Closed: e.Closed,
		Status:     e.Status,
		StatusName: statusName(e.Status), New: isNew(e, since), Wait: newWait(e, now),
	}
	c.URL, c.Host = safeURL(e.Lead.URL)
	if !e.Lead.PostedAt.IsZero() {
		c.Posted, c.PostedDate = age(now, e.Lead.PostedAt), e.Lead.PostedAt.UTC().Format(time.DateOnly)
	}
	if a := e.Assessment; a != nil {
		c.Scored, c.Score, c.Grade, c.Unverified = true, a.Score, grade(a.Score, gate), a.Unverified
		c.Reasoning, c.Advice, c.ScoredBy = a.Reasoning, a.SkillGapRecommendations, a.By
		c.Missing = a.MissingSkills
		if len(c.Missing) > mostChips {
			c.MissingMore = len(c.Missing) - mostChips
			c.Missing = c.Missing[:mostChips]
		}
	}
	if d := e.Data; d != nil {
		c.EasyApply = d.IsEasyApply != nil && *d.IsEasyApply
		c.Description, c.Requirements = sections(d)
		if pay := d.Attributes[enrich.AttrSalary]; len(pay) <= 80 {
			c.Pay = pay
		}
		for _, key := range []string{
			enrich.AttrSalary, enrich.AttrWorkplace, enrich.AttrEmploymentType, enrich.AttrSeniority,
			enrich.AttrExperience,
		} {
			if fact := d.Attributes[key]; fact != "" && len(fact) <= 80 {
				c.Facts = append(c.Facts, fact)
			}
		}
	}
	c.Steps, c.Note = stepsOf(e)
	if !viewOnly {
		c.Applying = e.Status.Application() && e.Status != lead.Dismissed
		c.Actions, c.Reopen = actions(e.Status)
		c.Keep = e.Status == lead.AutoRejected
	}
	return c
}

// The steps after an application.
const (
	interview lead.Status = "INTERVIEW"
	offer     lead.Status = "OFFER"
	declined  lead.Status = "DECLINED"
)

// actions returns what the user can do with a job in a status.
func actions(s lead.Status) (buttons []action, reopen bool) {
	switch s {
	case lead.Matched:
		return []action{
			{
				lead.Applied, "I applied", true,
			}, {lead.Saved, "Save", false}, {
				lead.Dismissed, "Dismiss", false,
			},
		}, false
	case lead.Saved:
		return []action{
			{lead.Applied, "I applied", true},
			{lead.Matched, "Take back", false},
			{lead.Dismissed, "Dismiss", false},
		}, false
	case lead.Applied:
		return []action{
			{interview, "Interview", true},
			{offer, "Offer", false},
			{declined, "Declined", false},
			{lead.Matched, "Take back", false},
		}, false
	case interview:
		return []action{
			{offer, "Offer", true}, {declined, "Declined", false}, {lead.Matched, "Take back", false},
		}, false
	case lead.AutoRejected, lead.Failed, lead.Closed:
		return nil, true
	case lead.Discovered:
		return nil, false
	}
	return []action{{lead.Matched, "Take back", false}}, false
}

func statusName(s lead.Status) string {
	for _, v := range allViews {
		if v.statuses[0] == s {
			return strings.TrimSuffix(v.title, "es")
		}
	}
	if s.Application() {
		return ownView(s).title
	}
	return string(s)
}

// isNew reports whether an entry is a match since the last visit.
func isNew(e store.Entry, since time.Time) bool {
	return !since.IsZero() && e.Status == lead.Matched && e.UpdatedAt.After(since)
}

// safeURL returns a link and its host, or nothing if the link is not to a web page.
func safeURL(raw string) (link, host string) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", ""
	}
	return u.String(), strings.TrimPrefix(u.Hostname(), "www.")
}

func grade(score, gate int) string {
	switch {
	case score >= 70:
		return "high"
	case score >= gate:
		return "fair"
	}
	return "low"
}

// age says how long ago a day was.
func age(now, then time.Time) string {
	switch days := int(now.Sub(then).Hours() / 24); {
	case days < 1:
		return "today"
	case days == 1:
		return "yesterday"
	case days < 14:
		return fmt.Sprintf("%d days ago", days)
	case days < 60:
		return fmt.Sprintf("%d weeks ago", days/7)
	case days < 730:
		return fmt.Sprintf("%d months ago", days/30)
	default:
		return fmt.Sprintf("%d years ago", days/365)
	}
}

// moment says when a visit was.
func moment(now, then time.Time) string {
	now, then = now.UTC(), then.UTC()
	switch days := int(now.Truncate(24*time.Hour).Sub(then.Truncate(24*time.Hour)).Hours() / 24); {
	case days < 1:
		return "earlier today"
	case days == 1:
		return "yesterday"
	case days < 7:
		return "on " + then.Weekday().String()
	default:
		return "on " + then.Format("2 January")
	}
}
