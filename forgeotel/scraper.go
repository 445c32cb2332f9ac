package forgeotel

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"iter"
	"regexp"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

// Scraper returns s with spans of its searches and deep scrapes. If s is nil, it returns nil.
func (t *Telemetry) Scraper(s forge.Scraper) forge.Scraper {
	if s == nil {
		return nil
	}
	b := &board{s, t}
	if lists, ok := s.(forge.ListScraper); ok {
		return &listBoard{b, lists}
	}
	return b
}

// A listBoard is a board that can tell when a list is complete.
type listBoard struct {
	*board
	lists forge.ListScraper
}

// SearchLists is Search, with the lists that are complete.
func (b *listBoard) SearchLists(
	ctx context.Context, q lead.Query, whole func(lead.List),
) iter.Seq2[lead.Lead, error] {
	return b.counted(ctx, func(ctx context.Context) iter.Seq2[lead.Lead, error] {
		return b.lists.SearchLists(ctx, q, whole)
	})
}

// A board is a Scraper with spans.
type board struct {
	forge.Scraper
	t *Telemetry
}

// Unwrap returns the Scraper without spans.
func (b *board) Unwrap() forge.Scraper { return b.Scraper }

// Search counts what the board lists. Its span ends when the sequence does, so it includes the time
// for which its consumer keeps it waiting.
func (b *board) Search(ctx context.Context, q lead.Query) iter.Seq2[lead.Lead, error] {
	return b.counted(ctx, func(ctx context.Context) iter.Seq2[lead.Lead, error] {
		return b.Scraper.Search(ctx, q)
	})
}

func (b *board) counted(
	ctx context.Context, search func(context.Context) iter.Seq2[lead.Lead, error],
) iter.Seq2[lead.Lead, error] {
	return func(yield func(lead.Lead, error) bool) {
		ctx, op := b.t.start(ctx, "search", b.Source(), trace.SpanKindInternal)
		cards, skipped := 0, 0
		var last error
		defer func() {
			op.end(ctx, last,
				attribute.Int("forge.cards", cards), attribute.Int("forge.cards.skipped", skipped))
		}()
		for l, err := range search(ctx) {
			switch {
			case err == nil:
				cards++
			case errors.Is(err, scraper.ErrCard):
				skipped++
			case errors.Is(err, scraper.ErrUnfiltered):
			default:
				last = err
			}
			if !yield(l, err) {
				return
			}
		}
	}
}

// Detail counts the text that the board gave.
func (b *board) Detail(ctx context.Context, l lead.Lead) (enrich.Data, error) {
	ctx, op := b.t.start(ctx, "scrape", b.Source(), trace.SpanKindInternal, externalID(l.ExternalID))
	d, err := b.Scraper.Detail(ctx, l)
	op.end(ctx, err, attribute.Int("forge.text.size", d.TextBytes()))
	return d, err
}

// opaque are ids that no words can hide in.
var opaque = regexp.MustCompile(`^(\d{1,32}|[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})$`)

// externalID names a job of a board. Some boards make an id of the title and the company, so that
// only the hash of such an id is kept, which is the same in every span of the job.
func externalID(id string) attribute.KeyValue {
	if !opaque.MatchString(id) {
		sum := sha256.Sum256([]byte(id))
		id = "sha256:" + hex.EncodeToString(sum[:8])
	}
	return attribute.String("forge.external_id", id)
}
