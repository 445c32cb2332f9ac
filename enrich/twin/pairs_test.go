package twin_test

import (
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/enrich/twin"
	"github.com/agent-forge/forge/internal/captures"
	"github.com/agent-forge/forge/lead"
)

// prose returns n invented words, many of them common.
func prose(seed uint64, n int) string {
	r := rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // a fixed sequence
	common := strings.Fields("the and of to a in with for our you we your is that on as are team work will")
	text := make([]string, n)
	for i := range text {
		if r.IntN(3) == 0 {
			text[i] = common[r.IntN(len(common))]
			continue
		}
		text[i] = fmt.Sprintf("%c%crn%c%d", 'a'+rune(r.IntN(20)), 'a'+rune(r.IntN(5)), 'a'+rune(r.IntN(20)),
			r.IntN(12))
	}
	return strings.Join(text, " ")
}

// invented returns postings of twelve firms, each with a text about itself in all of its adverts.
func invented() []enrich.Posting {
	var all []enrich.Posting
	for i := range uint64(60) {
		firm := i % 12
		all = append(all, enrich.Posting{
			Lead: lead.Lead{
				Title: "Engineer, " + prose(1000+i, 3), Company: fmt.Sprintf("Firm%d Works", firm),
				Location: "Köln, Germany",
			},
			Data: enrich.Data{Description: prose(2000+firm, 120) + "\n" + prose(i, 260)},
		})
	}
	return all
}

// saved returns the postings of the saved answers of applicant-tracking systems, nil if there are none.
func saved(t *testing.T) (all []enrich.Posting) {
	t.Helper()
	type job struct {
		Title, Text, Content, DescriptionHTML, Description, Requirements, Additional string

		ContentHTML string `json:"content_html"`
		Lists       []struct{ Text, Content string }
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(captures.Dir(t)), "captures-ats", "*", "*.json"))
	require.NoError(t, err)
	known := make(map[string]bool)
	for _, file := range files {
		answer, err := os.ReadFile(file)
		require.NoError(t, err)
		var list []job
		if json.Unmarshal(answer, &list) != nil {
			var object struct{ Jobs, Offers, Items, Data []job }
			_ = json.Unmarshal(answer, &object) // an answer of another form has no texts
			list = append(append(append(object.Jobs, object.Offers...), object.Items...), object.Data...)
		}
		firm, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".json"), "-")
		for _, j := range list {
			page := html.UnescapeString(j.Content) + j.DescriptionHTML + j.ContentHTML + j.Description
			for _, l := range j.Lists {
				page += "<h3>" + l.Text + "</h3>" + l.Content
			}
			text := advert.TextFromHTML(page + j.Requirements + j.Additional)
			if len(text) < 500 || known[text] {
				continue
			}
			known[text] = true
			all = append(all, enrich.Posting{
				Lead: lead.Lead{Title: j.Title + j.Text, Company: firm, Location: "Köln, Germany"},
				Data: enrich.Data{Description: text},
			})
		}
	}
	return all
}

// A rewording changes a posting.
type rewording struct {
	name string
	do   func(p *enrich.Posting, r *rand.Rand, pool []string)
}

// changed replaces this share of the words.
func changed(share float64) func(p *enrich.Posting, r *rand.Rand, pool []string) {
	return func(p *enrich.Posting, r *rand.Rand, pool []string) {
		words := strings.Fields(p.Data.Description)
		for i := range words {
			if r.Float64() < share {
				words[i] = pool[r.IntN(len(pool))]
			}
		}
		p.Data.Description = strings.Join(words, " ")
	}
}

const footer = "\nWe welcome everybody who wants to apply, whatever " +
	"they look like and wherever they were born. Tell us " +
	"what you need for the interview. Agencies are asked not to send " +
	"unsolicited profiles. Our privacy notice says how " +
	"long we keep what you send, and whom you can ask to remove it."

var (
	firm = func(p *enrich.Posting, _ *rand.Rand, _ []string) {
		p.Lead.Company = strings.ToUpper(p.Lead.Company) + " GmbH & Co. KG"
	}
	city = func(p *enrich.Posting, _ *rand.Rand, _ []string) {
		p.Lead.Title += " - Lyon"
		p.Lead.Location = "Lyon, France"
	}
	below = func(p *enrich.Posting, _ *rand.Rand, _ []string) { p.Data.Description += footer }
)

var twins = []rewording{
	{"another form of the firm's name", firm},
	{"another city", city},
	{"another footer", below},
	{"one word in ten changed", changed(.1)},
	{"all of these", func(p *enrich.Posting, r *rand.Rand, pool []string) {
		for _, do := range []func(*enrich.Posting, *rand.Rand, []string){firm, city, changed(.1), below} {
			do(p, r, pool)
		}
	}},
}

var others = []rewording{
	{"another level", func(p *enrich.Posting, _ *rand.Rand, _ []string) {
		p.Lead.Title = "Apprentice " +
			p.Lead.Title
	}},
	{"another team", func(p *enrich.Posting, r *rand.Rand, pool []string) {
		p.Lead.Title += ", Ledger"
		changed(.05)(p, r, pool)
	}},
	{"another firm", func(p *enrich.Posting, _ *rand.Rand, _ []string) {
		p.Lead.Company = "Storch " +
			p.Lead.Company
	}},
	{"half of the words changed under the same title", changed(.5)},
	{"other duties in the same template, under the same title", func(p *enrich.Posting, r *rand.Rand,
		pool []string,
	) {
		words := strings.Fields(p.Data.Description)
		n, from := len(words)*45/100, r.IntN(len(pool)-len(words))
		copy(words[len(words)/4:], pool[from:from+n])
		p.Data.Description = strings.Join(words, " ")
	}},
}

// Of the pairs that are one advert at least 95 % are found, and of those that are not at most 0.5 % are
// taken for one.
func TestTwinsAreFoundAndOthersAreNot(t *testing.T) {
	t.Parallel()
	sets := []struct {
		name     string
		postings []enrich.Posting
	}{{"invented", invented()}, {"saved", saved(t)}}
	for _, set := range sets {
		t.Run(set.name, func(t *testing.T) {
			t.Parallel()
			if len(set.postings) == 0 {
				t.Skipf("no folder captures-ats beside the saved pages; set %s", captures.Env)
			}
			r := rand.New(rand.NewPCG(3, 9)) //nolint:gosec // a fixed sequence
			var pool []string
			for _, p := range set.postings {
				pool = append(pool, strings.Fields(p.Data.Description)...)
			}
			count := func(rewordings []rewording) (same, pairs int) {
				for _, w := range rewordings {
					n := 0
					for _, p := range set.postings {
						q := p
						w.do(&q, r, pool)
						if twin.Same(p, q) {
							n++
						}
					}
					t.Logf("%s: %d of %d are grouped", w.name, n, len(set.postings))
					same, pairs = same+n, pairs+len(set.postings)
				}
				return same, pairs
			}
			found, pairs := count(twins)
			require.GreaterOrEqual(t, found*100, pairs*95, "%d of %d twins are found", found, pairs)
			wrong, pairs := count(others)
			// Two jobs of one firm that nobody reworded, under the title of the first.
			for i, p := range set.postings[1:] {
				q := set.postings[i]
				if p.Lead.Company != q.Lead.Company {
					continue
				}
				if strings.TrimSpace(p.Lead.Title) == strings.TrimSpace(q.Lead.Title) {
					continue // nobody knows what these are
				}
				pairs++
				if twin.Same(p, q) {
					wrong++
					t.Logf("%q and %q are grouped", p.Lead.Title, q.Lead.Title)
				}
			}
			require.LessOrEqual(t, wrong*1000, pairs*5, "%d of %d others are grouped", wrong, pairs)
			t.Logf("%d pairs of others, %d grouped", pairs, wrong)
		})
	}
}
