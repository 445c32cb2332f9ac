package scorer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/backoff"
)

// FallbackMark begins the By of every assessment that a [Fallback] took from its second scorer:
// "fallback/lexical/1". The selection store.Selection{ScoredBy: FallbackMark} reopens what was
// decided while the model was down.
const FallbackMark = "fallback"

// FallbackOptions say how long a model that is down is left alone.
type FallbackOptions struct {
	// Rest is how long the first scorer is not asked after an outage, unless it asked for longer.
	// If zero, 30 s are used.
	Rest time.Duration
	// Now is the clock. If nil, time.Now is used.
	Now func() time.Time
}

// A Fallback asks a second scorer while the first is unavailable. Nothing in forge uses one by
// default: a lexical score is no substitute for a model's, and a program that prefers it to waiting
// says so by making a Fallback.
type Fallback struct {
	first, second Scorer
	opts          FallbackOptions

	mu      sync.Mutex
	resting time.Time // the first scorer is not asked before
}

// NewFallback returns a Fallback from first to second. The options can be nil. The error is a
// [*lead.FieldError].
func NewFallback(first, second Scorer, o *FallbackOptions) (*Fallback, error) {
	if first == nil {
		return nil, missing("first", "give the scorer that is asked while it works")
	}
	if second == nil {
		return nil, missing("second", "give the scorer that is asked instead, such as lexical.New(nil)")
	}
	f := &Fallback{first: first, second: second}
	if o != nil {
		f.opts = *o
	}
	f.opts.Rest = cmp.Or(f.opts.Rest, 30*time.Second)
	if f.opts.Rest < 0 {
		return nil, outOfRange("FallbackOptions.Rest", "more than 0, or 0 for 30 s")
	}
	if f.opts.Now == nil {
		f.opts.Now = time.Now
	}
	return f, nil
}

// Score returns the first scorer's assessment, or the second's, marked, if the first wraps
// [ErrUnavailable]. Any other error is returned, and so is the end of ctx: a posting that the model
// cannot judge is not one that it could not be asked about.
func (f *Fallback) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	if !f.rests() {
		a, err := f.first.Score(ctx, resume, p)
		if err == nil || !errors.Is(err, ErrUnavailable) || ctx.Err() != nil {
			return a, err
		}
		f.rest(max(f.opts.Rest, backoff.FromError(err)))
	}
	a, err := f.second.Score(ctx, resume, p)
	if err != nil {
		return enrich.Assessment{}, fmt.Errorf("fall back: %w", err)
	}
	a.By = FallbackMark + "/" + a.By
	a.By = strings.ToValidUTF8(a.By[:min(len(a.By), enrich.MaxByBytes)], "")
	return a, nil
}

func (f *Fallback) rests() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.opts.Now().Before(f.resting)
}

func (f *Fallback) rest(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if until := f.opts.Now().Add(d); until.After(f.resting) {
		f.resting = until
	}
}

// ForResume binds both scorers. What the bound Fallback learns of an outage, it learns by itself.
func (f *Fallback) ForResume(resume string) (Scorer, error) {
	first, err := Bind(f.first, resume)
	if err != nil {
		return nil, err
	}
	second, err := Bind(f.second, resume)
	if err != nil {
		return nil, err
	}
	return &Fallback{first: first, second: second, opts: f.opts}, nil
}
