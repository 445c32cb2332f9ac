package forge_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/memory"
)

// prose returns the text of the n-th invented advert.
func prose(n int) string {
	words := make([]string, 120)
	for i := range words {
		words[i] = fmt.Sprintf("word%dof%d", i, n)
	}
	return strings.Join(words, " ")
}

// asked is a scorer that counts what it is asked, and gives each posting the score of its title.
type asked struct {
	mu     sync.Mutex
	titles []string
	score  func(p enrich.Posting) (int, error)
}

func (a *asked) Score(_ context.Context, _ string, p enrich.Posting) (enrich.Assessment, error) {
	a.mu.Lock()
	a.titles = append(a.titles, p.Lead.Title)
	a.mu.Unlock()
	n, err := a.score(p)
	return enrich.Assessment{Score: n, Reasoning: "As scripted.", By: "script"}, err
}

func (a *asked) calls() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.titles)
}

// twinBoard lists jobs whose texts are given by their external ids.
func twinBoard(name string, leads []lead.Lead, texts map[string]string) *board {
	for i := range leads {
		leads[i].Source, leads[i].URL = name, "https://"+name+".example/"+leads[i].ExternalID
	}
	return &board{
		name: name, pages: [][]lead.Lead{leads},
		detail: func(_ context.Context, l lead.Lead) (enrich.Data, error) {
			return enrich.Data{Description: texts[l.ExternalID]}, nil
		},
	}
}

func TestTwinsAreScoredOnce(t *testing.T) {
	t.Parallel()
	const jobs = 40 // and as many third as twins on another board: one advert in four is a twin
	var first, second []lead.Lead
	texts := make(map[string]string)
	for n := range jobs * 3 / 4 {
		id := fmt.Sprint(n)
		l := lead.Lead{
			ExternalID: id, Title: fmt.Sprintf("Keeper %d", n), Company: "Kranich GmbH",
			Location: "Köln",
		}
		first, texts[id] = append(first, l), prose(n)
		if n%3 == 0 {
			l.ExternalID, l.Company, l.Location = "again"+id, "KRANICH", "Köln"
			second, texts[l.ExternalID] = append(second, l), prose(n)+" Apply on this board today"
		}
	}
	s := &asked{score: func(p enrich.Posting) (int, error) { return len(p.Data.Description) % 2 * 90, nil }}
	var twins []forge.Event
	db := memory.New(nil).ForUser("ada")
	p, err := forge.New(forge.Config{
		Scrapers: []forge.Scraper{twinBoard("one", first, texts), twinBoard("two", second, texts)},
		Scorer:   s, Store: db, Resume: resume, Scores: 4,
		Observe: func(e forge.Event) {
			if e.Kind == forge.EventTwin {
				twins = append(twins, e)
			}
		},
	})
	require.NoError(t, err)
	rep, err := p.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, jobs, rep.Matched+rep.Rejected)
	require.Equal(t, jobs/4, rep.Twins)
	require.Equal(t, jobs-rep.Twins, s.calls(), "the model is asked once a group")
	require.Len(t, twins, rep.Twins)
	entries, _, err := db.List(t.Context(), store.Filter{Statuses: []lead.Status{
		lead.Matched,
		lead.AutoRejected,
	}})
	require.NoError(t, err)
	named := 0
	for _, e := range entries {
		require.Equal(t, "script", e.Assessment.By)
		if strings.HasPrefix(e.Assessment.Reasoning, "Same advert as ") {
			named++
		}
	}
	require.LessOrEqual(t, named, rep.Twins)
}

// pair runs a pipeline over two jobs with the same firm and title, one after the other.
func pair(t *testing.T, s *asked, places, texts [2]string) forge.Report {
	t.Helper()
	var leads []lead.Lead
	byID := make(map[string]string)
	for i := range 2 {
		id := fmt.Sprint(i)
		l := lead.Lead{ExternalID: id, Title: "Keeper", Company: "Kranich", Location: places[i]}
		leads = append(leads, l)
		byID[id] = texts[i]
	}
	p, err := forge.New(forge.Config{
		Scrapers: []forge.Scraper{twinBoard("one", leads, byID)}, Scorer: s,
		Store: memory.New(nil).ForUser("ada"), Resume: resume,
	})
	require.NoError(t, err)
	rep, err := p.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, 2, rep.Matched+rep.Rejected)
	return rep
}

func TestTwinsTakeOverARejectionOnlyOfAnIdenticalAdvert(t *testing.T) {
	t.Parallel()
	reworded := strings.Replace(prose(1), prose(1)[:120], "", 1)
	for _, c := range []struct {
		name          string
		score         int
		places, texts [2]string
		calls         int
	}{
		{"identical", 25, [2]string{"Köln", "Köln"}, [2]string{prose(1), prose(1)}, 1},
		{"another place, near the gate", 25, [2]string{"Köln", "Lyon"}, [2]string{prose(1), prose(1)}, 2},
		{"another place, far below the gate", 5, [2]string{"Köln", "Lyon"}, [2]string{prose(1), prose(1)}, 1},
		{
			"other figures", 5,
			[2]string{"Köln", "Köln"},
			[2]string{prose(1) + " 8 years", prose(1) + " 1 year"},
			2,
		},
		{"a level", 5, [2]string{"Köln", "Köln"}, [2]string{prose(1) + " head", prose(1) + " junior"}, 2},
		{"reworded", 5, [2]string{"Köln", "Köln"}, [2]string{prose(1), reworded}, 2},
		{"other duties", 5, [2]string{"Köln", "Köln"}, [2]string{prose(1), prose(2)}, 2},
		{"a match, reworded", 80, [2]string{"Köln", "Lyon"}, [2]string{prose(1), reworded}, 1},
		{"a match, other duties", 80, [2]string{"Köln", "Köln"}, [2]string{prose(1), prose(2)}, 2},
		{"texts that say too little", 80, [2]string{"Köln", "Köln"}, [2]string{
			"Keeper wanted.",
			"Keeper wanted.",
		}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &asked{score: func(enrich.Posting) (int, error) { return c.score, nil }}
			rep := pair(t, s, c.places, c.texts)
			require.Equal(t, c.calls, s.calls())
			require.Equal(t, 2-c.calls, rep.Twins)
		})
	}
}

func TestTwinsOfAFailedScoringAreScoredThemselves(t *testing.T) {
	t.Parallel()
	failed := false
	s := &asked{}
	s.score = func(enrich.Posting) (int, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !failed {
			failed = true
			return 0, fmt.Errorf("%w: half an answer", scorer.ErrReply)
		}
		return 70, nil
	}
	leads := []lead.Lead{
		{ExternalID: "1", Title: "Keeper", Company: "Kranich"}, {
			ExternalID: "2", Title: "Keeper",
			Company: "Kranich",
		},
	}
	p, err := forge.New(forge.Config{
		Scrapers: []forge.Scraper{twinBoard("one", leads, map[string]string{"1": prose(1), "2": prose(1)})},
		Scorer:   s, Store: memory.New(nil).ForUser("ada"), Resume: resume,
	})
	require.NoError(t, err)
	rep, err := p.Run(t.Context(), lead.Query{})
	require.False(t, errors.Is(err, context.Canceled))
	require.Equal(t, 1, rep.Matched)
	require.Equal(t, 1, rep.Retried)
	require.Zero(t, rep.Twins)
}

func TestAReopenedJobIsScoredAgainAlthoughItsTwinWas(t *testing.T) {
	t.Parallel()
	s := &asked{score: func(enrich.Posting) (int, error) { return 5, nil }}
	leads := []lead.Lead{
		{ExternalID: "1", Title: "Keeper", Company: "Kranich"}, {
			ExternalID: "2", Title: "Keeper",
			Company: "Kranich",
		},
	}
	db := memory.New(nil).ForUser("ada")
	p, err := forge.New(forge.Config{
		Scrapers: []forge.Scraper{twinBoard("one", leads, map[string]string{"1": prose(1), "2": prose(1)})},
		Scorer:   s, Store: db, Resume: resume,
	})
	require.NoError(t, err)
	_, err = p.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, 1, s.calls())
	for calls := 2; calls <= 3; calls++ {
		_, err = db.Reopen(t.Context(), store.Selection{Statuses: []lead.Status{lead.AutoRejected}})
		require.NoError(t, err)
		rep, err := p.Enrich(t.Context())
		require.NoError(t, err)
		require.Equal(t, 2, rep.Rejected)
		require.Equal(t, calls, s.calls(), "both are asked about again, as one advert")
	}
}
