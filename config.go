package forge

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/store"
)

// Config configures a [Pipeline]. Scrapers, Scorer, Store and Resume are required.
type Config struct {
	// Scrapers are the job boards. Their Source names must be unique.
	Scrapers []Scraper

	// Scorer judges postings. If it is a [ResumeBinder], New binds it to Resume once.
	Scorer Scorer

	// Sketcher makes a sketch of each posting that is rejected, for [Pipeline.Rejudge]. If nil, it is
	// Scorer or a part of it, if one of these is a Sketcher, as lexical.New(nil) is. Set it beside a
	// model. Without a Sketcher, nothing is kept of a rejected text.
	Sketcher Sketcher

	// Store is the view of the user whose résumé is in Resume.
	Store Store

	// Resume is plain text. Only Scorer sees it.
	Resume string

	// Gate decides what is kept. The zero value keeps scores of 30 or higher.
	Gate gate.Gate

	// Blacklist drops leads before they reach Store. If nil, nothing is dropped.
	Blacklist *lead.Blacklist

	// BatchSize is the number of leads in one Sync, at most [store.MaxBatch]. If zero, 25 is used.
	// Scoring starts when the first batch is stored, so smaller batches give the first match
	// sooner. Larger batches need fewer round trips to a remote store.
	BatchSize int

	// Scrapes limits how many adverts are read at the same time. If zero, 4 is used. A higher value
	// hides the latency of a board. It does not raise the request rate, which each Scraper's client
	// limits.
	Scrapes int

	// Scores limits how many postings are scored at the same time. If zero, 1 is used, because a
	// local model answers one prompt at a time. Raise it for a scorer without a model, or for a
	// server that runs several prompts in parallel.
	Scores int

	// Lease is the duration of a claim. It is renewed every Lease/3 while the job is in progress,
	// so it can be shorter than one scoring call. If a process stalls for longer than Lease, others
	// can claim its jobs. If zero, one minute is used.
	Lease time.Duration

	// MaxAttempts is the number of failures of the job itself after which it becomes FAILED.
	// Failures of a board, a scorer or the network do not count. If zero, 3 is used.
	MaxAttempts int

	// ScrapeTimeout limits the reading of one advert. A search that yields nothing for ten times
	// ScrapeTimeout is abandoned. If zero, two minutes are used.
	ScrapeTimeout time.Duration

	// ScoreTimeout limits one call of Scorer. A posting that times out is tried again later. If
	// several time out in a row, the run ends, because the model is too slow for this limit. If
	// zero, ten minutes are used.
	ScoreTimeout time.Duration

	// Observe receives events in order. Calls never overlap and must not block for long. If nil, no
	// events are sent.
	Observe func(Event)

	// Logger gets keys, counts, causes, and errors of the store. It never gets a résumé, a
	// description or a token, nor the errors of boards and scorers, which can quote a page or a
	// model. If nil, nothing is logged.
	Logger *slog.Logger
}

// The values that New uses for zero fields of Config.
const (
	defaultBatchSize     = 25
	defaultScrapes       = 4
	defaultScores        = 1
	defaultLease         = time.Minute
	defaultMaxAttempts   = 3
	defaultScrapeTimeout = 2 * time.Minute
	defaultScoreTimeout  = 10 * time.Minute
)

// maxConcurrency catches typing errors: no board and no model handles as many.
const maxConcurrency = 256

// New checks cfg and returns a pipeline. It does no I/O. The error joins one [*lead.FieldError] for
// each missing or invalid field. Each says how to fix the field.
func New(cfg Config) (*Pipeline, error) {
	var found problems
	found.checkScrapers(cfg.Scrapers)
	noScorer, noResume := isNil(cfg.Scorer), strings.TrimSpace(cfg.Resume) == ""
	if noScorer {
		found.add("Scorer", "missing: set a scorer, for example lexical.New(nil), which works offline")
	}
	if isNil(cfg.Store) {
		found.add("Store",
			`missing: set one user's view of a store, for example memory.New(nil).ForUser("me")`)
	}
	if noResume {
		found.add("Resume", "empty: set it to the plain text of the résumé")
	}
	found.checkInt("BatchSize", &cfg.BatchSize, defaultBatchSize, store.MaxBatch)
	found.checkInt("Scrapes", &cfg.Scrapes, defaultScrapes, maxConcurrency)
	found.checkInt("Scores", &cfg.Scores, defaultScores, maxConcurrency)
	found.checkInt("MaxAttempts", &cfg.MaxAttempts, defaultMaxAttempts, math.MaxInt)
	found.checkDuration("Lease", &cfg.Lease, defaultLease, store.MaxLease)
	found.checkDuration("ScrapeTimeout", &cfg.ScrapeTimeout, defaultScrapeTimeout, 24*time.Hour)
	found.checkDuration("ScoreTimeout", &cfg.ScoreTimeout, defaultScoreTimeout, 24*time.Hour)

	if isNil(cfg.Sketcher) {
		cfg.Sketcher = scorer.SketcherOf(cfg.Scorer)
	}
	p := &Pipeline{cfg: cfg, seen: &scored{}, log: cfg.Logger, jitter: jitter}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	if !noScorer && !noResume {
		var err error
		if p.scorer, err = scorer.Bind(cfg.Scorer, cfg.Resume); err != nil {
			found.add("Resume", "the scorer cannot use it: %v", err)
		}
	}
	if found != nil {
		return nil, errors.Join(found...)
	}
	return p, nil
}

// problems collects the errors of fields in the order in which they are found.
type problems []error

func (ps *problems) add(field, format string, args ...any) {
	problem := &lead.FieldError{Field: "Config." + field, Problem: fmt.Sprintf(format, args...)}
	*ps = append(*ps, fmt.Errorf("forge: %w", problem))
}

func (ps *problems) checkScrapers(scrapers []Scraper) {
	if len(scrapers) == 0 {
		ps.add("Scrapers", "missing: set at least one board, for example from linkedin.New(nil)")
	}
	seen := map[string]bool{}
	for i, s := range scrapers {
		field := fmt.Sprintf("Scrapers[%d]", i)
		if isNil(s) {
			ps.add(field, "nil: remove the element or set a board; check the error of its constructor")
			continue
		}
		source := s.Source()
		if err := (lead.Key{Source: source, ExternalID: "any"}).Validate(); err != nil {
			ps.add(field, "Source() returned %q, which is not a valid name: %v", source, err)
		} else if seen[source] {
			ps.add(field, "duplicate Source() %q: each board needs a unique one", source)
		}
		seen[source] = true
	}
}

// checkInt replaces a zero *v with the default and checks that *v is between 1 and limit.
func (ps *problems) checkInt(field string, v *int, def, limit int) {
	*v = cmp.Or(*v, def)
	if *v >= 1 && *v <= limit {
		return
	}
	want := fmt.Sprintf("1 to %d", limit)
	if limit == math.MaxInt {
		want = "at least 1"
	}
	ps.add(field, "%d is out of range: want %s, or 0 for the default of %d", *v, want, def)
}

// checkDuration does the same for a duration above 0.
func (ps *problems) checkDuration(field string, v *time.Duration, def, limit time.Duration) {
	*v = cmp.Or(*v, def)
	if *v <= 0 || *v > limit {
		ps.add(field, "%v is out of range: want at most %v, or 0 for the default of %v", *v, limit, def)
	}
}

// isNil reports whether v is nil or an interface that holds a nil pointer. The latter is what
// remains when a caller ignores the error of a constructor.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Pointer, reflect.Func, reflect.Map, reflect.Slice, reflect.Chan, reflect.Interface:
		return r.IsNil()
	}
	return false
}
