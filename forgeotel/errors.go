package forgeotel

import (
	"context"
	"errors"

	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/store"
)

// classes name the errors of the vocabulary, the first match first. An answer is no failure of the
// operation: a closed job was found to be closed.
var classes = []struct {
	err    error
	name   string
	answer bool
}{
	{scraper.ErrGone, "gone", true},
	{scraper.ErrCapped, "capped", true},
	{scraper.ErrUnfiltered, "unfiltered", true},
	{scraper.ErrCard, "card", true},
	{scraper.ErrBlocked, "blocked", false},
	{scraper.ErrMarkup, "markup", false},
	{scraper.ErrPosting, "posting", false},
	{scorer.ErrCrashed, "scorer_crashed", false},
	{scorer.ErrUnavailable, "scorer_unavailable", false},
	{scorer.ErrPosting, "posting", false},
	{scorer.ErrReply, "reply", false},
	{scorer.ErrTooLong, "too_long", false},
	{store.ErrLeaseLost, "lease_lost", false},
	{store.ErrNotFound, "not_found", false},
	{store.ErrInvalid, "invalid", false},
	{errors.ErrUnsupported, "unsupported", false},
	{context.DeadlineExceeded, "timeout", false},
	{context.Canceled, "canceled", false},
}

// classOf returns the value of error.type for err, "" for nil, and whether the operation failed.
// "_OTHER" is what the semantic conventions prescribe for an error without a class.
func classOf(err error) (class string, failed bool) {
	if err == nil {
		return "", false
	}
	for _, c := range classes {
		if errors.Is(err, c.err) {
			return c.name, !c.answer
		}
	}
	return "_OTHER", true
}
