package demoboard

import (
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"time"
)

//go:embed pages.html
var pagesHTML string

const pageSize = 10 // of LinkedIn's guest API

// Handler serves the boards. The adverts are as old as their age in days before now.
func Handler(now func() time.Time) (http.Handler, error) {
	linkedin, err := read("linkedin.json")
	if err != nil {
		return nil, err
	}
	naukri, err := read("naukri.json")
	if err != nil {
		return nil, err
	}
	companies, err := read("companies.json")
	if err != nil {
		return nil, err
	}
	pages, err := template.New("pages").Parse(pagesHTML)
	if err != nil {
		return nil, fmt.Errorf("demo board: pages.html: %w", err)
	}
	b := &pageHandler{jobs: linkedin, pages: pages, now: now}
	n := &naukriHandler{jobs: naukri, now: now}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /robots.txt", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, "User-agent: *\nAllow: /\n") // the client may have hung up
	})
	mux.HandleFunc("GET /jobs-guest/jobs/api/seeMoreJobPostings/search", b.search)
	mux.HandleFunc("GET /jobs-guest/jobs/api/jobPosting/{id}", b.detail)
	mux.HandleFunc("GET /jobapi/v3/search", n.search)
	mux.HandleFunc("GET /jobapi/v4/job/{id}", n.detail)
	c := &companyHandler{jobs: companies, now: now}
	mux.HandleFunc("GET /boards-api.greenhouse.io/v1/boards/saltmarsh/jobs", c.greenhouse)
	mux.HandleFunc("GET /api.lever.co/v0/postings/quillworks", c.lever)
	return mux, nil
}

// pageHandler answers as LinkedIn's guest pages do.
type pageHandler struct {
	jobs  []job
	pages *template.Template
	now   func() time.Time
}

// A card is an advert with its date.
type card struct {
	job
	Posted string // 2006-01-02
}

func (b *pageHandler) card(j job) card {
	return card{job: j, Posted: b.now().AddDate(0, 0, -j.DaysAgo).Format(time.DateOnly)}
}

func (b *pageHandler) search(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	start, err := strconv.Atoi(q.Get("start"))
	if err != nil && q.Get("start") != "" || start < 0 {
		http.Error(w, "start: want a number", http.StatusBadRequest)
		return
	}
	var found []card
	for _, j := range b.jobs {
		if j.matches(q.Get("keywords"), q.Get("location")) && (q.Get("f_AL") != "true" || j.EasyApply) &&
			(q.Get("f_WT") != "2" || j.remote()) {
			found = append(found, b.card(j))
		}
	}
	if len(found) == 0 {
		b.render(w, "none", nil)
		return
	}
	from := min(start, len(found))
	b.render(w, "search", found[from:min(from+pageSize, len(found))])
}

func (b *pageHandler) detail(w http.ResponseWriter, r *http.Request) {
	for _, j := range b.jobs {
		if j.ID == r.PathValue("id") && j.State != "gone" {
			b.render(w, "detail", b.card(j))
			return
		}
	}
	http.NotFound(w, r)
}

func (b *pageHandler) render(w http.ResponseWriter, name string, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := b.pages.ExecuteTemplate(w, name, data); err != nil {
		http.Error(w, "page not rendered", http.StatusInternalServerError)
	}
}
