package forge_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scorer/lexical"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/sqlite"
)

const (
	nurseResume = "Bo Example\n\nStaff Nurse, 2015 to 2021\nWound care, medication administration, " +
		"patient assessment, infection control and care plans on a ward."
	nursePosting = "You will work on a ward of our hospital.\n\nRequirements:\n- wound care\n" +
		"- medication administration\n- infection control\n- three years of experience"
	welderPosting = "You will join our workshop.\n\nRequirements:\n- MIG welding\n- TIG welding\n" +
		"- reading of blueprints\n- three years of experience"
)

// hospital is a board whose even jobs are a nurse's and whose odd ones a welder's.
func hospital(n int) *board {
	b := &board{name: "hospital", pages: listing("hospital", n, 25)}
	b.detail = func(_ context.Context, l lead.Lead) (enrich.Data, error) {
		if number(l)%2 == 0 {
			return enrich.Data{Description: nursePosting}, nil
		}
		return enrich.Data{Description: welderPosting}, nil
	}
	return b
}

// rejected makes a pipeline that has rejected all jobs of hospital by a model, beside which sketcher
// is set.
func rejected(t *testing.T, jobs int, sketcher forge.Sketcher) *bench {
	t.Helper()
	b := newBench(t, true, func(c *forge.Config) {
		c.Scrapers, c.Scorer, c.Sketcher = []forge.Scraper{hospital(jobs)}, scoring(5), sketcher
	})
	_, err := b.Run(t.Context(), lead.Query{})
	require.NoError(t, err)
	require.Equal(t, map[lead.Status]int{lead.AutoRejected: jobs}, b.store.statuses(t))
	return b
}

// with makes a pipeline on the same store for another résumé.
func (b *bench) with(t *testing.T, resume string, change func(*forge.Config)) *forge.Pipeline {
	t.Helper()
	cfg := forge.Config{
		Scrapers: []forge.Scraper{hospital(0)}, Scorer: lexical.New(nil), Store: b.store, Resume: resume,
	}
	if change != nil {
		change(&cfg)
	}
	p, err := forge.New(cfg)
	require.NoError(t, err)
	return p
}

func TestRejudgeReopensTheBestForAnotherResumeAndLeavesTheRest(t *testing.T) {
	t.Parallel()
	b := rejected(t, 10, lexical.New(nil))
	for _, d := range b.store.results {
		require.Nil(t, d.Data)
		require.NotEmpty(t, d.Sketch)
	}
	p := b.with(t, nurseResume, nil)
	done, err := p.Rejudge(t.Context(), 3)
	require.NoError(t, err)
	require.Equal(t, forge.Rejudgement{Judged: 10, Above: 5, Reopened: 3}, done)
	require.Equal(t, map[lead.Status]int{lead.AutoRejected: 7, lead.Discovered: 3}, b.store.statuses(t))
	due, err := b.store.Claim(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	for _, j := range due {
		require.Zero(t, number(j.Lead)%2, "a nurse's job")
	}
	done, err = p.Rejudge(t.Context(), 100)
	require.NoError(t, err)
	require.Equal(t, forge.Rejudgement{Judged: 7, Above: 2, Reopened: 2}, done)
}

func TestRejudgeCountsWhatItCannotJudge(t *testing.T) {
	t.Parallel()
	b := rejected(t, 6, lexical.New(nil))
	jobs, err := b.store.Sketches(t.Context(), 0, 10)
	require.NoError(t, err)
	other := lexical.New(&lexical.Options{Skills: []lexical.Skill{{Name: "Glarn weaving"}}})
	for i, sketch := range []enrich.Sketch{
		nil,
		other.Sketch(enrich.Posting{Data: enrich.Data{Description: nursePosting}}),
	} {
		require.NoError(t, b.store.Store.Decide(t.Context(), store.Lease{ID: jobs[i].ID}, enrich.Decision{
			Assessment: enrich.Assessment{Score: 5, By: "script"}, Status: lead.AutoRejected, Sketch: sketch,
		}))
	}
	done, err := b.with(t, nurseResume, nil).Rejudge(t.Context(), 10)
	require.NoError(t, err)
	require.Equal(t, 1, done.Missing)
	require.Equal(t, 1, done.Old)
	require.Equal(t, 4, done.Judged)
	require.Equal(t, done.Above, done.Reopened)
	require.Equal(t, 6-done.Reopened, b.store.statuses(t)[lead.AutoRejected])
}

func TestRejudgeKeepsToTheGate(t *testing.T) {
	t.Parallel()
	b := rejected(t, 4, lexical.New(nil))
	done, err := b.with(t,
		"Cy Example\n\nHead Chef, 2010 to 2020\nMenu planning, kitchen management, food safety, "+
			"stock control and the training of cooks.", nil).Rejudge(t.Context(), 10)
	require.NoError(t, err)
	require.Equal(t, forge.Rejudgement{Judged: 4}, done)
}

func TestSketcherIsFoundInsideOfTheScorer(t *testing.T) {
	t.Parallel()
	cheap := lexical.New(nil)
	cascade, err := scorer.NewCascade(cheap, scoring(5), nil)
	require.NoError(t, err)
	cached, err := scorer.NewCached(cascade, nil, &scorer.CachedOptions{Identity: "test"})
	require.NoError(t, err)
	fallback, err := scorer.NewFallback(scoring(5), cached, nil)
	require.NoError(t, err)
	for _, s := range []forge.Scorer{cheap, cascade, cached, fallback} {
		require.Same(t, cheap, scorer.SketcherOf(s))
	}
	require.Nil(t, scorer.SketcherOf(scoring(5)))
	require.Nil(t, scorer.SketcherOf(nil))
}

// A sketcher as it should not be.
type badSketcher struct {
	scorer.Sketcher
	sketch func() enrich.Sketch
}

func (s badSketcher) Sketch(enrich.Posting) enrich.Sketch { return s.sketch() }

func TestSketcherThatFailsCostsNoJobItsDecision(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		sketch func() enrich.Sketch
	}{
		{"it panics", func() enrich.Sketch { panic("out of ink") }},
		{
			"its sketch is too long",
			func() enrich.Sketch { return make(enrich.Sketch, enrich.MaxSketchBytes+1) },
		},
		{"it has none", func() enrich.Sketch { return nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := rejected(t, 2, badSketcher{sketch: c.sketch})
			done, err := b.with(t, nurseResume, nil).Rejudge(t.Context(), 10)
			require.NoError(t, err)
			require.Equal(t, forge.Rejudgement{Missing: 2}, done)
		})
	}
}

func TestRejudgeSaysWhatItLacks(t *testing.T) {
	t.Parallel()
	b := newBench(t, true, func(c *forge.Config) { c.Scrapers = []forge.Scraper{hospital(0)} })
	_, err := b.Rejudge(t.Context(), 1)
	require.EqualError(t, err,
		"forge: rejudge: Config.Sketcher: missing: give lexical.New(nil), which also made the sketches")
	_, err = b.with(t, nurseResume, nil).Rejudge(t.Context(), 0)
	require.EqualError(t, err, "forge: rejudge: n: 0 is out of range: want 1 or more")
	bare := b.with(t, nurseResume, func(c *forge.Config) { c.Store = struct{ forge.Store }{b.store} })
	_, err = bare.Rejudge(t.Context(), 1)
	require.ErrorIs(t, err, errors.ErrUnsupported)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = b.with(t, nurseResume, nil).Rejudge(ctx, 1)
	require.ErrorIs(t, err, context.Canceled)
}

// BenchmarkRejudge judges 10,000 sketches of the sample's postings, out of a SQLite file.
func BenchmarkRejudge(b *testing.B) {
	const jobs = 10_000
	s := lexical.New(nil)
	files, err := filepath.Glob("examples/evaluate/sample/postings/*.txt")
	require.NoError(b, err)
	var sketches []enrich.Sketch
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(b, err)
		title, rest, _ := strings.Cut(string(text), "\n")
		sketches = append(sketches, s.Sketch(enrich.Posting{
			Lead: lead.Lead{Title: title}, Data: enrich.Data{Description: rest},
		}))
	}
	file, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "forge.db"), nil)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, file.Close()) })
	require.NoError(b, file.Migrate(b.Context()))
	db := file.ForUser("ada")
	for from := 0; from < jobs; from += store.MaxBatch {
		var leads []lead.Lead
		for n := from; n < from+store.MaxBatch; n++ {
			id := fmt.Sprintf("%05d", n)
			leads = append(leads, lead.Lead{
				Source: "a", ExternalID: id, Title: "job " + id, URL: "https://a.example/" + id,
			})
		}
		refs, err := db.Sync(b.Context(), leads)
		require.NoError(b, err)
		for i, ref := range refs {
			require.NoError(b, db.Decide(b.Context(), store.Lease{ID: ref.ID}, enrich.Decision{
				Assessment: enrich.Assessment{Score: 5, By: "script"}, Status: lead.AutoRejected,
				Sketch: sketches[i%len(sketches)],
			}))
		}
	}
	p, err := forge.New(forge.Config{
		Scrapers: []forge.Scraper{hospital(0)}, Scorer: s, Resume: nurseResume, Store: db,
	})
	require.NoError(b, err)
	for b.Loop() {
		done, err := p.Rejudge(b.Context(), 1)
		require.NoError(b, err)
		require.Greater(b, done.Judged, jobs/2)
	}
}
