package demoboard

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const naukriPageSize = 20

// naukriHandler answers as the JSON API of Naukri does.
type naukriHandler struct {
	jobs []job
	now  func() time.Time
}

func (b *naukriHandler) search(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	page, err := strconv.Atoi(q.Get("pageNo"))
	if err != nil || page < 1 {
		page = 1
	}
	found := []map[string]any{}
	for _, j := range b.jobs {
		if j.matches(q.Get("keyword"), q.Get("location")) && (q.Get("wfhType") != "2" || j.remote()) {
			found = append(found, b.item(j))
		}
	}
	from := min((page-1)*naukriPageSize, len(found))
	writeJSON(w, map[string]any{
		"noOfJobs": len(found), "jobDetails": found[from:min(from+naukriPageSize, len(found))],
	})
}

func (b *naukriHandler) item(j job) map[string]any {
	salary := j.Salary
	if salary == "" {
		salary = "Not disclosed"
	}
	location := j.Location
	if j.Workplace == "Hybrid" {
		location = "Hybrid - " + location
	}
	return map[string]any{
		"title":                  j.Title,
		"jobId":                  j.ID,
		"companyName":            j.Company,
		"jdURL":                  "https://www.naukri.com" + j.naukriPath(),
		"tagsAndSkills":          strings.ToLower(strings.Join(j.Skills, ",")),
		"jobDescription":         j.About,
		"footerPlaceholderLabel": age(j.DaysAgo),
		"createdDate":            b.now().AddDate(0, 0, -j.DaysAgo).UnixMilli(),
		"mode":                   "jp",
		"experienceText":         j.years() + " Yrs",
		"minimumExperience":      strconv.Itoa(j.Experience[0]),
		"maximumExperience":      strconv.Itoa(j.Experience[1]),
		"salaryDetail": map[string]any{
			"minimumSalary": 0, "maximumSalary": 0, "currency": "INR", "hideSalary": j.Salary == "",
		},
		"placeholders": []map[string]string{
			{"type": "experience", "label": j.years() + " Yrs"},
			{"type": "salary", "label": salary},
			{"type": "location", "label": location},
		},
	}
}

func (b *naukriHandler) detail(w http.ResponseWriter, r *http.Request) {
	for _, j := range b.jobs {
		if j.ID == r.PathValue("id") {
			writeJSON(w, map[string]any{"loggedIn": false, "brandedJd": false, "jobDetails": b.posting(j)})
			return
		}
	}
	http.NotFound(w, r)
}

func (b *naukriHandler) posting(j job) map[string]any {
	var skills, places []map[string]string
	for _, s := range j.Skills {
		skills = append(skills, map[string]string{"label": s})
	}
	for place := range strings.SplitSeq(j.Location, ", ") {
		places = append(places, map[string]string{"label": place})
	}
	wfh := map[string]string{"": "0", "Remote": "2", "Hybrid": "3"}[j.Workplace]
	return map[string]any{
		"jobId":             j.ID,
		"title":             j.Title,
		"companyDetail":     map[string]any{"name": j.Company},
		"description":       j.naukriHTML(),
		"createdDate":       b.now().AddDate(0, 0, -j.DaysAgo).Format(time.DateTime),
		"minimumExperience": j.Experience[0],
		"maximumExperience": j.Experience[1],
		"experienceText":    j.years() + " Yrs",
		"locations":         places,
		"keySkills":         map[string]any{"preferred": skills[:1], "other": skills[1:]},
		"education": map[string]any{
			"ug": []string{"Any Graduate"}, "pg": []string{}, "ppg": []string{},
		},
		"salaryDetail": map[string]any{
			"minimumSalary": 0, "maximumSalary": 0, "currency": "INR", "hideSalary": j.Salary == "",
			"label": j.Salary,
		},
		"employmentType":  j.Employment,
		"jobType":         "fulltime",
		"functionalArea":  j.Function,
		"industry":        j.Industry,
		"wfhType":         wfh,
		"wfhLabel":        j.Workplace,
		"vacancy":         1,
		"walkIn":          j.WalkIn,
		"hideApplyButton": false,
		"staticUrl":       "https://www.naukri.com" + j.naukriPath(),
	}
}

func (j job) naukriHTML() string {
	var b strings.Builder
	fmt.Fprintf(&b, "<p>%s</p><p><strong>Responsibilities</strong></p>", html.EscapeString(j.About))
	for _, part := range []struct {
		heading string
		items   []string
	}{{"", j.Duties}, {"Requirements", j.Must}} {
		if part.heading != "" {
			fmt.Fprintf(&b, "<p><strong>%s</strong></p>", part.heading)
		}
		b.WriteString("<ul>")
		for _, item := range part.items {
			fmt.Fprintf(&b, "<li>%s</li>", html.EscapeString(item))
		}
		b.WriteString("</ul>")
	}
	return b.String()
}

func (j job) years() string { return fmt.Sprintf("%d-%d", j.Experience[0], j.Experience[1]) }

func (j job) naukriPath() string { return "/job-listings-advert-" + j.ID }

func age(days int) string {
	switch days {
	case 0:
		return "Just now"
	case 1:
		return "1 day ago"
	default:
		return fmt.Sprintf("%d days ago", days)
	}
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		http.Error(w, "answer not written", http.StatusInternalServerError)
	}
}
