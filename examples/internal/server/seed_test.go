package server

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// An advert is an invented job, with what an agent made of it.
type advert struct {
	title, company, place string
	days                  int // since it was posted
	score                 int
	easy                  bool
	salary, workplace     string
	missing               []string
	reasoning, text       string
	mark                  lead.Status
}

func adverts() []advert {
	return []advert{
		{
			"Senior Go Engineer, Routing",
			"Wheelmarket",
			"Utrecht, Netherlands",
			1,
			92,
			true,
			"€78,000 – €92,000",
			"hybrid",
			nil,
			"Ten years of Go services and PostgreSQL match the core of this role; " +
				"the routing work is close to what the candidate built for bicycle couriers.",
			"You build the services that find the shortest way for forty thousand parcels a day.\n\n" +
				"The team is five people. Everyone is on call one week in five, and fixes what wakes them.",
			"",
		},
		{
			"Backend Engineer (Go, PostgreSQL)", "Tidewater Energy", "Hamburg, Germany", 2, 87, false,
			"€70,000 – €85,000", "remote",
			[]string{"TimescaleDB"},
			"Strong fit on language, database and on-call habits. " +
				"Time series storage is new, but the queries asked for are familiar.",
			"We measure what three hundred tide mills produce, every second, and sell it a day ahead.", "",
		},
		{
			"Platform Engineer", "Ostrava Robotics", "Brno, Czechia", 4, 78, true, "", "hybrid",
			[]string{"Kubernetes operators", "Helm", "eBPF"},
			"Solid on Linux, Go and observability. The operator work would have to be learned on the job.",
			"Our robots sort scrap metal. You keep the cluster that steers them boring.", "",
		},
		{
			"Software Engineer, Search",
			"Leafprint Books",
			"Dublin, Ireland",
			6,
			71,
			false,
			"€65,000 – €80,000",
			"on-site",
			[]string{"Lucene", "Java"},
			"Relevant experience with ranking and text processing, in another stack.",
			"Readers type half a title and a colour. You find the book.",
			lead.Saved,
		},
		{
			"Staff Engineer, Data Pipelines",
			"Marram Logistics",
			"Rotterdam, Netherlands",
			9,
			66,
			false,
			"",
			"hybrid",
			[]string{"Apache Flink", "Kafka", "dbt"},
			"Leads teams and knows queues well; the stream processing stack is unfamiliar.",
			"Containers talk. We listen to two million of them.",
			"",
		},
		{
			"Go Developer", "Kornhaus Bank", "Vienna, Austria", 12, 58, true, "€60,000", "on-site",
			[]string{"SWIFT", "German C1"},
			"The language fits. Banking messages and fluent German are asked for and not shown.",
			"You look after the gateway through which the bank speaks with other banks.", "",
		},
		{
			"Site Reliability Engineer", "Pennywhistle", "Remote, Europe", 15, 49, false, "", "remote",
			[]string{
				"Terraform", "Kubernetes", "GCP", "Istio", "Vault", "ArgoCD", "Prometheus at scale",
				"Chaos engineering", "FinOps",
			},
			"Operations experience is there, but most of the named tools are not.",
			"We stream folk music. When it stops, people notice.", "",
		},
		{
			"Embedded Engineer (C, some Go)", "Lakeside Instruments", "Geneva, Switzerland", 21, 38, false,
			"CHF 110,000", "on-site",
			[]string{"C", "RTOS", "Signal processing"},
			"Passes on curiosity and the Go tools; most of the work is firmware.",
			"Our instruments weigh snow on mountain roofs.", "",
		},
		{
			"Tech Lead, Payments",
			"Saffron Market",
			"Lisbon, Portugal",
			3,
			83,
			false,
			"€80,000 – €95,000",
			"hybrid",
			[]string{"PCI DSS"},
			"Led a payments migration before, in the same language.",
			"Small shops, large ideas.",
			lead.Applied,
		},
		{
			"Senior Developer, Public Transport",
			"Stadtbahn Graz",
			"Graz, Austria",
			8,
			74,
			true,
			"€68,000",
			"hybrid",
			[]string{"GTFS"},
			"Routing and schedules are familiar ground.",
			"Trams, on time.",
			"INTERVIEW",
		},
		{
			"Full Stack Engineer", "Bluebell Health", "Manchester, UK", 10, 52, true, "£55,000", "remote",
			[]string{"React", "TypeScript"},
			"Half of the role is a frontend that the candidate has not done.", "We shorten waiting lists.",
			lead.Dismissed,
		},
	}
}

// seed fills a user's store as agents would: with matches and their texts, with rejections, and
// with jobs that are still due.
func seed(ctx context.Context, s forge.Store, now time.Time) error {
	add := func(l lead.Lead) (int64, error) {
		refs, err := s.Sync(ctx, []lead.Lead{l})
		if err != nil || len(refs) != 1 {
			return 0, fmt.Errorf("sync %s: %d refs, %w", l.Key(), len(refs), err)
		}
		return refs[0].ID, nil
	}
	for i, a := range adverts() {
		id, err := add(lead.Lead{
			Source: "linkedin", ExternalID: fmt.Sprint(4000 + i),
			Title: a.title, Company: a.company, Location: a.place, PostedAt: now.AddDate(0, 0, -a.days),
			URL: fmt.Sprintf("https://www.linkedin.com/jobs/view/%d", 4000+i),
		})
		if err != nil {
			return err
		}
		d := &enrich.Data{
			Description: a.text, Requirements: "Go, PostgreSQL, Linux", IsEasyApply: &a.easy,
			Attributes: map[string]string{},
		}
		if a.salary != "" {
			pay(d.Attributes, a.salary)
		}
		d.Attributes[enrich.AttrWorkplace] = a.workplace
		err = s.Decide(ctx, store.Lease{ID: id}, enrich.Decision{
			Assessment: enrich.Assessment{
				Score: a.score, Reasoning: a.reasoning, MissingSkills: a.missing, By: "ollama/qwen2.5:7b/1",
				SkillGapRecommendations: []string{"Show the queue that you built, with numbers."},
			},
			Status: lead.Matched, Data: d,
		})
		if err != nil {
			return err
		}
		if a.mark != "" {
			if err := s.(forge.Marker).Mark(ctx, id, a.mark); err != nil {
				return err
			}
		}
	}
	trades := []string{
		"Pastry Chef", "Account Manager", "Java Architect", "Nurse", "PHP Developer", "Crane Operator",
		"UX Writer",
	}
	for i := range 43 {
		id, err := add(lead.Lead{
			Source:     "naukri",
			ExternalID: fmt.Sprint(7000 + i),
			Title:      trades[i%len(trades)],
			Company:    fmt.Sprintf("Company %d", i+1),
			Location:   "Pune, India",
			URL:        fmt.Sprintf("https://www.naukri.com/job-listings-%d", 7000+i),
			PostedAt:   now.AddDate(0, 0, -i%20),
		})
		if err != nil {
			return err
		}
		if i >= 38 { // still waiting
			continue
		}
		err = s.Decide(ctx, store.Lease{ID: id}, enrich.Decision{
			Assessment: enrich.Assessment{
				Score: (i*i + 7*i) % 30, Reasoning: "Another trade.", By: "ollama/qwen2.5:7b/1",
			},
			Status: lead.AutoRejected,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// pay adds a salary as boards state it, and its figures.
func pay(attributes map[string]string, salary string) {
	digits := strings.ReplaceAll(salary, ",", "")
	figures := regexp.MustCompile(`\d+`).FindAllString(digits, -1)
	currency := "EUR"
	for _, c := range []struct{ sign, name string }{{"CHF", "CHF"}, {"£", "GBP"}} {
		if strings.Contains(salary, c.sign) {
			currency = c.name
		}
	}
	attributes[enrich.AttrSalary], attributes[enrich.AttrSalaryCurrency] = salary, currency
	attributes[enrich.AttrSalaryPeriod] = "year"
	attributes[enrich.AttrSalaryMin], attributes[enrich.AttrSalaryMax] = figures[0], figures[len(figures)-1]
}

// decide adds one match with a short text.
func decide(ctx context.Context, s forge.Store, l lead.Lead, score int) error {
	refs, err := s.Sync(ctx, []lead.Lead{l})
	if err != nil || len(refs) != 1 {
		return fmt.Errorf("sync %s: %d refs, %w", l.Key(), len(refs), err)
	}
	return s.Decide(ctx, store.Lease{ID: refs[0].ID}, enrich.Decision{
		Assessment: enrich.Assessment{
			Score: score, Reasoning: "Close to what the candidate built before.", By: "ollama/qwen2.5:7b/1",
		},
		Status: lead.Matched, Data: &enrich.Data{Description: "Trains that climb."},
	})
}

// hostile is text that would run if it were not escaped.
const hostile = `<script>alert(1)</script><img src=x onerror=alert(2)>{{.}}"'`

func seedHostile(ctx context.Context, s forge.Store) error {
	l := lead.Lead{
		Source: "example", ExternalID: "1", Title: hostile, Company: hostile, Location: hostile,
		URL: "https://jobs.example.com/%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
	}
	refs, err := s.Sync(ctx, []lead.Lead{l})
	if err != nil {
		return err
	}
	return s.Decide(ctx, store.Lease{ID: refs[0].ID}, enrich.Decision{
		Assessment: enrich.Assessment{
			Score: 80, Reasoning: "Good. " + hostile, MissingSkills: []string{hostile},
			SkillGapRecommendations: []string{hostile}, By: hostile,
		},
		Status: lead.Matched,
		Data: &enrich.Data{
			Description:  "A posting.\n<script>alert(3)</script>",
			Requirements: "<style>*{display:none}</style>",
			Attributes:   map[string]string{enrich.AttrSalary: hostile},
		},
	})
}
