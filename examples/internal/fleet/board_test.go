package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/fetch"
)

// paper is a board with a JSON API, one of several alike.
type paper struct {
	source, url string
	client      *http.Client
}

type card struct{ ID, Title string }

func (p paper) Source() string { return p.source }

func (p paper) Search(ctx context.Context, _ lead.Query) iter.Seq2[lead.Lead, error] {
	return func(yield func(lead.Lead, error) bool) {
		for from := 0; ; {
			var page struct {
				Total int
				Cards []card
			}
			if err := p.get(ctx, "/"+p.source+"?from="+strconv.Itoa(from), &page); err != nil {
				yield(lead.Lead{}, err)
				return
			}
			for _, c := range page.Cards {
				l := lead.Lead{
					Source: p.source, ExternalID: c.ID, Title: c.Title,
					URL: p.url + "/" + p.source + "/" + c.ID,
				}
				if !yield(l, nil) {
					return
				}
			}
			if from += len(page.Cards); from >= page.Total {
				return
			}
		}
	}
}

func (p paper) Detail(ctx context.Context, l lead.Lead) (enrich.Data, error) {
	var job struct{ Text string }
	err := p.get(ctx, "/"+p.source+"/"+url.PathEscape(l.ExternalID), &job)
	return enrich.Data{Description: job.Text}, err
}

func (p paper) get(ctx context.Context, path string, v any) error {
	page, err := fetch.Getter{Client: p.client}.Get(ctx, p.url+path, nil)
	if err != nil {
		return err
	}
	return json.Unmarshal(page.Body, v)
}

// openPapers returns how to open the boards that a press serves.
func openPapers(at string, sources []string) map[string]func(*http.Client) (forge.Scraper, error) {
	open := map[string]func(*http.Client) (forge.Scraper, error){}
	for _, source := range sources {
		open[source] = func(c *http.Client) (forge.Scraper, error) {
			return paper{source: source, url: at, client: c}, nil
		}
	}
	return open
}

// A press serves boards and remembers when each was asked.
type press struct {
	*httptest.Server
	jobs int // on each board

	mu     sync.Mutex
	asked  map[string][]time.Time
	refuse map[string]int // the status that a board answers with
}

func newPress(t *testing.T, jobs int) *press {
	t.Helper()
	p := &press{jobs: jobs, asked: map[string][]time.Time{}, refuse: map[string]int{}}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *press) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/robots.txt" {
		return // an empty one allows everything
	}
	source, id, isJob := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	p.mu.Lock()
	p.asked[source] = append(p.asked[source], time.Now())
	status := p.refuse[source]
	p.mu.Unlock()
	if status != 0 {
		w.WriteHeader(status)
		return
	}
	if isJob {
		text := "The text of job " + id + ", long enough to be kept."
		_ = json.NewEncoder(w).Encode(map[string]string{"Text": text})
		return
	}
	const size = 25
	from, _ := strconv.Atoi(r.FormValue("from"))
	answer := struct {
		Total int
		Cards []card
	}{Total: p.jobs}
	for i := from; i < min(from+size, p.jobs); i++ {
		answer.Cards = append(answer.Cards, card{ID: strconv.Itoa(i), Title: fmt.Sprintf("job %d", i)})
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (p *press) setRefusal(source string, status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse[source] = status
}

// count returns how often a board was asked.
func (p *press) count(source string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.asked[source])
}

// busiest returns the most requests that one board got within any window.
func (p *press) busiest(window time.Duration) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	most := 0
	for _, times := range p.asked {
		slices.SortFunc(times, time.Time.Compare)
		from := 0
		for to := range times {
			for times[to].Sub(times[from]) >= window {
				from++
			}
			most = max(most, to-from+1)
		}
	}
	return most
}
