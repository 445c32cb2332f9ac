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

// Config is what a [Pipeline] is made of. Scrapers, Scorer, Store and Resume are required.
type Config struct {
	// Scrapers are the job boards. Each has a Source of its own.
	Scrapers []Scraper

	// Scorer judges postings. If it is a [ResumeBinder], New binds it to Resume once.
	Scorer Scorer

	// Store belongs to the user whose résumé this is.
	Store Store

	// Resume is plain text. It is given to Scorer and to nothing else.
	Resume string

	// Gate decides what is kept. The zero value keeps scores of 30 and more.
	Gate gate.Gate

	// Blacklist drops leads before anything is stored. If nil, nothing is dropped.
	Blacklist *lead.Blacklist

	// BatchSize is the number of leads in one Sync, at most [store.MaxBatch]. If zero, 25 is used.
	// Scoring starts when the first batch is stored, so a small batch shows its first match sooner.
	// A large one costs fewer round trips to a remote store.
	BatchSize int

	// Scrapes is the number of adverts that are read at the same time. If zero, 4 is used. More of
	// them hide the latency of a board. They do not raise its request rate, which the board's own
	// client limits.
	Scrapes int

	// Scores is the number of postings that are scored at the same time. If zero, 1 is used, because
	// a local model answers one prompt at a time. Raise it for a scorer without a model, or for a
	// server that runs several prompts in parallel.
	Scores int

	// Lease is how long a job stays claimed after this process dies. It is renewed three times in
	// its length while the job is worked on, so it can be shorter than a score takes. A process that
	// stalls for longer than Lease loses its jobs to the next claim. If zero, one minute is used.
	Lease time.Duration

	// MaxAttempts is how often a job can fail by its own fault before it is FAILED. If zero, 3 is
	// used.
	MaxAttempts int

	// ScrapeTimeout limits the reading of one advert. A board that lists nothing for ten times as
	// long is searched no further. If zero, two minutes are used.
	ScrapeTimeout time.Duration

	// ScoreTimeout limits one call of Scorer. A posting that takes longer is tried again later.
	// Several in a row end the run, because the model is too slow for this limit. If zero, ten
	// minutes are used.
	ScoreTimeout time.Duration

	// Observe is told what happens, in order and from one goroutine at a time. It must not block
	// for long. If nil, nobody is told.
	Observe func(Event)

	// Logger gets keys, counts and errors, never a résumé, a description or a token. If nil,
	// nothing is logged.
	Logger *slog.Logger
}

// What the zero values of Config stand for.
const (
	DefaultBatchSize     = 25
	DefaultScrapes       = 4
	DefaultScores        = 1
	DefaultLease         = time.Minute
	DefaultMaxAttempts   = 3
	DefaultScrapeTimeout = 2 * time.Minute
	DefaultScoreTimeout  = 10 * time.Minute
)

const maxConcurrency = 256 // far above what one board or one model allows: it catches typing errors

// New checks cfg and returns a pipeline. It does no I/O. Its error joins one [*lead.FieldError] for
// each field that is missing or invalid, which says how to fix it.
func New(cfg Config) (*Pipeline, error) {
	var problems problems
	problems.checkScrapers(cfg.Scrapers)
	p := &Pipeline{log: cfg.Logger, jitter: jitter}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	switch {
	case isNil(cfg.Scorer):
		problems.add("Scorer", "missing: give a scorer, such as lexical.New(nil), which works offline")
	case strings.TrimSpace(cfg.Resume) != "":
		var err error
		if p.scorer, err = scorer.Bind(cfg.Scorer, cfg.Resume); err != nil {
			problems.add("Resume", "the scorer cannot use it: %v", err)
		}
	}
	if isNil(cfg.Store) {
		problems.add(
			"Store", `missing: give one user's view of a store, such as memory.New(nil).ForUser("me")`,
		)
	}
	if strings.TrimSpace(cfg.Resume) == "" {
		problems.add("Resume", "empty: give the résumé as plain text; nothing can be judged without it")
	}
	problems.number("BatchSize", &cfg.BatchSize, DefaultBatchSize, store.MaxBatch)
	problems.number("Scrapes", &cfg.Scrapes, DefaultScrapes, maxConcurrency)
	problems.number("Scores", &cfg.Scores, DefaultScores, maxConcurrency)
	problems.number("MaxAttempts", &cfg.MaxAttempts, DefaultMaxAttempts, math.MaxInt)
	problems.duration("Lease", &cfg.Lease, DefaultLease, store.MaxLease)
	problems.duration("ScrapeTimeout", &cfg.ScrapeTimeout, DefaultScrapeTimeout, 24*time.Hour)
	problems.duration("ScoreTimeout", &cfg.ScoreTimeout, DefaultScoreTimeout, 24*time.Hour)
	p.cfg = cfg
	if problems != nil {
		return nil, errors.Join(problems...)
	}
	return p, nil
}

// problems are the errors of fields, in the order in which they were found.
type problems []error

func (ps *problems) add(field, format string, args ...any) {
	problem := &lead.FieldError{Field: "Config." + field, Problem: fmt.Sprintf(format, args...)}
	*ps = append(*ps, fmt.Errorf("forge: %w", problem))
}

func (ps *problems) checkScrapers(scrapers []Scraper) {
	if len(scrapers) == 0 {
		ps.add("Scrapers", "missing: give at least one board, such as linkedin.New(nil)")
	}
	seen := map[string]bool{}
	for i, s := range scrapers {
		field := fmt.Sprintf("Scrapers[%d]", i)
		if isNil(s) {
			ps.add(field, "nil: give a board, or leave it out; the constructor may have returned an error")
			continue
		}
		source := s.Source()
		if err := (lead.Key{Source: source, ExternalID: "any"}).Validate(); err != nil {
			ps.add(field, "its Source() %q is no board name: %v", source, err)
		} else if seen[source] {
			ps.add(field, "a second board named %q: each needs a Source() of its own", source)
		}
		seen[source] = true
	}
}

// number puts the default where *v is zero, and checks the rest.
func (ps *problems) number(field string, v *int, byDefault, most int) {
	switch *v = cmp.Or(*v, byDefault); {
	case *v >= 1 && *v <= most:
	case most == math.MaxInt:
		ps.add(field, "%d is out of range: want 1 or more, or 0 for %d", *v, byDefault)
	default:
		ps.add(field, "%d is out of range: want 1 to %d, or 0 for %d", *v, most, byDefault)
	}
}

func (ps *problems) duration(field string, v *time.Duration, byDefault, most time.Duration) {
	if *v = cmp.Or(*v, byDefault); *v <= 0 || *v > most {
		ps.add(field, "%v is out of range: want more than 0 and at most %v, or 0 for %v", *v, most, byDefault)
	}
}

// isNil also finds a nil pointer in an interface, which is what a constructor returns beside an
// error that was not looked at.
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
