package scorer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/backoff"
)

// FallbackMark begins the By of every match that a [Fallback] took from its second scorer: "fallback/lexical/1". The
// selection store.Selection{ScoredBy: FallbackMark} reopens what was decided while the model was down.
const FallbackMark = "fallback"

// FallbackOptions say how long a model that is down is left alone.
type FallbackOptions struct {
	Rest time.Duration    // after an outage, unless the model asked for longer. Default 30 s; negative: it is asked every time
	Now  func() time.Time // nil: time.Now
}

// A Fallback asks a second scorer while the first is unavailable. Nothing in forge uses one by default: a lexical score is no
// substitute for a model's, and whoever prefers it to waiting says so by making a Fallback.
type Fallback struct {
	first, second Scorer
	rest          time.Duration
	now           func() time.Time

	mu      sync.Mutex
	resting time.Time // until then the first scorer is not asked
}

var _ Scorer = (*Fallback)(nil)

// NewFallback returns a Fallback from first to second. Nil options are the defaults. A missing scorer is a [*lead.FieldError].
func NewFallback(first, second Scorer, o *FallbackOptions) (*Fallback, error) {
	if first == nil {
		return nil, missing("first", "give the scorer that is asked as long as it works")
	}
	if second == nil {
		return nil, missing("second", "give the scorer that steps in, such as lexical.New(nil)")
	}
	if o == nil {
		o = &FallbackOptions{}
	}
	f := &Fallback{first: first, second: second, rest: o.Rest, now: o.Now}
	if f.rest == 0 {
		f.rest = 30 * time.Second
	}
	if f.now == nil {
		f.now = time.Now
	}
	return f, nil
}

// Score returns the first scorer's match, or the second's, marked, if the first wraps [ErrUnavailable]. Any other error, and
// the end of ctx, are the caller's to see: a posting that the model cannot judge is not one that it could not be asked about.
func (f *Fallback) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	if f.awake() {
		m, err := f.first.Score(ctx, resume, p)
		if err == nil || !errors.Is(err, ErrUnavailable) || ctx.Err() != nil {
			return m, err
		}
		f.layDown(err)
	}
	m, err := f.second.Score(ctx, resume, p)
	if err != nil {
		return enrich.Assessment{}, fmt.Errorf("fall back: %w", err)
	}
	m.By = FallbackMark + "/" + m.By
	if len(m.By) > enrich.MaxByBytes {
		m.By = strings.ToValidUTF8(m.By[:enrich.MaxByBytes], "")
	}
	return m, nil
}

func (f *Fallback) awake() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.now().Before(f.resting)
}

func (f *Fallback) layDown(err error) {
	rest := max(f.rest, backoff.FromError(err))
	f.mu.Lock()
	defer f.mu.Unlock()
	if until := f.now().Add(rest); until.After(f.resting) {
		f.resting = until
	}
}
