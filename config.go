package forge

import (
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"time"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// Config is what a [Pipeline] is made of. Scrapers, Scorer, Store and Resume are required.
type Config struct {
	Scrapers []Scraper // boards, each with a Source of its own
	Scorer   Scorer
	Store    Store  // of the user whose résumé this is
	Resume   string // plain text; it goes to Scorer and nowhere else

	Gate      gate.Gate       // what is kept; zero value: scores of 30 and more
	Blacklist *lead.Blacklist // leads dropped unseen; nil: none

	BatchSize   int           // leads per Sync, at most [store.MaxBatch]; 0: 25
	Scrapes     int           // concurrent deep scrapes; 0: 4
	Scores      int           // concurrent model calls; 0: 1
	Lease       time.Duration // how long a job stays taken after this process dies; 0: 60 s. Renewed while a job is worked on
	MaxAttempts int           // the job's own failures before it is FAILED; 0: 3

	Observe func(Event)  // told what happens, from one goroutine at a time; it must not block for long. nil: none
	Logger  *slog.Logger // gets keys, counts and errors, never a résumé, a description or a token. nil: discarded
}

// What the zero values of Config stand for.
const (
	DefaultBatchSize   = 25
	DefaultScrapes     = 4
	DefaultScores      = 1
	DefaultLease       = time.Minute
	DefaultMaxAttempts = 3
)

const maxConcurrency = 256 // far above what one board or one model allows; it catches a slip of the keyboard

// A Pipeline finds jobs, has them scored, and records what was decided. It holds no state between calls, so that any number
// of pipelines may work on one store; its methods are safe for concurrent use.
type Pipeline struct {
	cfg    Config
	boards map[string]Scraper
	log    *slog.Logger
	jitter func(time.Duration) time.Duration
}

// New checks cfg and returns a pipeline. It does no I/O. Its error joins one [*lead.FieldError] for each field that is
// missing or wrong, with the way out.
func New(cfg Config) (*Pipeline, error) {
	p := &Pipeline{cfg: cfg, boards: make(map[string]Scraper, len(cfg.Scrapers)), log: cfg.Logger, jitter: jitter}
	var problems []error
	problem := func(field, format string, args ...any) {
		problems = append(problems, fmt.Errorf("forge: %w", &lead.FieldError{Field: "Config." + field, Problem: fmt.Sprintf(format, args...)}))
	}

	if len(cfg.Scrapers) == 0 {
		problem("Scrapers", "missing: give at least one board, such as linkedin.New(nil)")
	}
	for i, s := range cfg.Scrapers {
		field := fmt.Sprintf("Scrapers[%d]", i)
		if isNil(s) {
			problem(field, "nil")
			continue
		}
		source := s.Source()
		if err := (lead.Key{Source: source, ExternalID: "any"}).Validate(); err != nil {
			problem(field, "its Source() %q is no board name: %v", source, err)
		} else if _, taken := p.boards[source]; taken {
			problem(field, "a second board named %q: each needs a Source() of its own", source)
		}
		p.boards[source] = s
	}
	if isNil(cfg.Scorer) {
		problem("Scorer", "missing: give a model, such as lexical.New(nil), which works offline")
	}
	if isNil(cfg.Store) {
		problem("Store", `missing: give one user's view of a store, such as memory.New(nil).ForUser("me")`)
	}
	if strings.TrimSpace(cfg.Resume) == "" {
		problem("Resume", "empty: give the résumé as plain text; nothing can be judged without it")
	}

	p.cfg.BatchSize = orDefault(cfg.BatchSize, DefaultBatchSize)
	if p.cfg.BatchSize < 1 || p.cfg.BatchSize > store.MaxBatch {
		problem("BatchSize", "%d is out of range: want 1 to %d, or 0 for %d", cfg.BatchSize, store.MaxBatch, DefaultBatchSize)
	}
	p.cfg.Scrapes = orDefault(cfg.Scrapes, DefaultScrapes)
	if p.cfg.Scrapes < 1 || p.cfg.Scrapes > maxConcurrency {
		problem("Scrapes", "%d is out of range: want 1 to %d, or 0 for %d", cfg.Scrapes, maxConcurrency, DefaultScrapes)
	}
	p.cfg.Scores = orDefault(cfg.Scores, DefaultScores)
	if p.cfg.Scores < 1 || p.cfg.Scores > maxConcurrency {
		problem("Scores", "%d is out of range: want 1 to %d, or 0 for %d", cfg.Scores, maxConcurrency, DefaultScores)
	}
	p.cfg.Lease = orDefault(cfg.Lease, DefaultLease)
	if err := store.CheckLease(p.cfg.Lease); err != nil {
		problem("Lease", "%v is out of range: want more than 0 and at most %v, or 0 for %v", cfg.Lease, store.MaxLease, DefaultLease)
	}
	p.cfg.MaxAttempts = orDefault(cfg.MaxAttempts, DefaultMaxAttempts)
	if p.cfg.MaxAttempts < 1 {
		problem("MaxAttempts", "%d is out of range: want 1 or more, or 0 for %d", cfg.MaxAttempts, DefaultMaxAttempts)
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	if problems != nil {
		return nil, errors.Join(problems...)
	}
	return p, nil
}

func orDefault[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// isNil also catches a nil pointer in an interface: what a constructor returns beside an error that was not looked at.
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
