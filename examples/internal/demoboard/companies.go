package demoboard

import (
	"html"
	"net/http"
	"strings"
	"time"

	"github.com/agent-forge/forge/scraper/ats"
)

// Companies returns the two companies that the demo serves as their applicant-tracking systems do.
func Companies() []ats.Board {
	return []ats.Board{
		{Provider: "greenhouse", Company: "saltmarsh"},
		{Provider: "lever", Company: "quillworks"},
	}
}

// companyHandler answers as the public APIs of Greenhouse and Lever do: the whole list at once,
// with the texts.
type companyHandler struct {
	jobs []job
	now  func() time.Time
}

// of returns the jobs of a company that it still has.
func (b *companyHandler) of(company string) (found []job) {
	for _, j := range b.jobs {
		if j.Company == company && j.State == "" {
			found = append(found, j)
		}
	}
	return found
}

func (b *companyHandler) posted(j job) time.Time { return b.now().AddDate(0, 0, -j.DaysAgo) }

func (b *companyHandler) greenhouse(w http.ResponseWriter, _ *http.Request) {
	jobs := []map[string]any{}
	for _, j := range b.of("Saltmarsh Robotics") {
		content := "<p>" + html.EscapeString(j.About) + "</p>" + section("What you will do", j.Duties) +
			section("What you bring", j.Must) + section("Nice to have", j.Nice) + section("What we offer",
			j.Offer)
		jobs = append(jobs, map[string]any{
			"id": j.ID, "title": j.Title, "company_name": j.Company,
			"location":        map[string]any{"name": j.Location},
			"first_published": b.posted(j).Format(time.RFC3339), "content": html.EscapeString(content),
			"absolute_url": "https://job-boards.greenhouse.io/saltmarsh/jobs/" + j.ID,
			"departments":  []map[string]any{{"name": j.Function}},
		})
	}
	writeJSON(w, map[string]any{"jobs": jobs, "meta": map[string]any{"total": len(jobs)}})
}

func (b *companyHandler) lever(w http.ResponseWriter, _ *http.Request) {
	jobs := []map[string]any{}
	for _, j := range b.of("Quillworks") {
		lists := []map[string]any{}
		for _, l := range []struct {
			heading string
			items   []string
		}{
			{"What you will do", j.Duties},
			{"What you bring", j.Must},
			{"Nice to have", j.Nice},
			{"What we offer", j.Offer},
		} {
			lists = append(lists, map[string]any{"text": l.heading, "content": items(l.items)})
		}
		jobs = append(jobs, map[string]any{
			"id": j.ID, "text": j.Title, "createdAt": b.posted(j).UnixMilli(), "lists": lists,
			"hostedUrl": "https://jobs.lever.co/quillworks/" + j.ID, "workplaceType": j.Workplace,
			"description": "<div>" + html.EscapeString(j.About) + "</div>",
			"categories": map[string]any{
				"location": j.Location, "commitment": j.Employment, "department": j.Function,
			},
		})
	}
	writeJSON(w, jobs)
}

func section(heading string, list []string) string {
	return "<h3>" + heading + "</h3><ul>" + items(list) + "</ul>"
}

func items(list []string) string {
	var b strings.Builder
	for _, item := range list {
		b.WriteString("<li>" + html.EscapeString(item) + "</li>")
	}
	return b.String()
}
