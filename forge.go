// Package forge finds jobs, judges them against a résumé on the user's own machine, and keeps only what matters.
//
// A [Pipeline] works in three stages. Discover reads search pages and tells the store which jobs it saw. Enrich takes the
// next due job, reads its advert if nobody has, and has a local model score it; the gate drops what scores too low. The
// store then records the decision: a match with its text, a rejection without.
//
// The parts are interfaces with adapters in packages of their own, so that a program links only those that it imports:
// boards under scraper, models under scorer, databases under store. This package links the standard library only.
package forge

import (
	"context"
	"iter"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/store"
)

// A Scraper is one job board. It is safe for concurrent use.
type Scraper interface {
	// Source names the board in every key: "linkedin". It never changes, and no two boards of a pipeline share it.
	Source() string
	// Search lists the cards that match q, fetching pages as they are consumed. An error that wraps scraper.ErrCard skips
	// one card and goes on; scraper.ErrCapped comes last and is not a failure; any other error ends the sequence. A page
	// that the adapter does not know is scraper.ErrMarkup, never an empty result.
	Search(ctx context.Context, q lead.Query) iter.Seq2[lead.Lead, error]
	// Detail fetches the posting. It returns scraper.ErrGone if the job was taken down (404, 410) or is closed, and data with
	// a description otherwise; text that could not be read is an error.
	Detail(ctx context.Context, l lead.Lead) (enrich.Data, error)
}

// A Scorer judges a posting against a résumé.
type Scorer = scorer.Scorer

// A ResumeBinder is a [Scorer] that reads a résumé once. [New] binds it to Config.Resume.
type ResumeBinder = scorer.ResumeBinder

// A ScorerFunc is a function as a [Scorer].
type ScorerFunc func(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error)

// Score calls f.
func (f ScorerFunc) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	return f(ctx, resume, p)
}

// A Store is one user's view of the catalogue. It is safe for concurrent use, and every call may be repeated: a repeat
// changes nothing that the first call did not. Arguments that break the contract are store.ErrInvalid.
type Store interface {
	// Sync records sightings. It returns exactly the jobs that this call made due, in the order of leads: new to this user,
	// or decided and listed again after the re-check age. A [*store.PartialError] names refused leads; the refs beside it are
	// valid and the other leads are stored.
	Sync(ctx context.Context, leads []lead.Lead) ([]store.Ref, error)
	// Decide records a decision, and text if the decision carries any. It returns store.ErrNotFound if the user has no
	// such job, store.ErrLeaseLost if l is not the job's current lease (then nothing was changed), and store.ErrInvalid
	// for a decision that breaks the contract. A lease with token 0 decides without a claim; it is refused while another
	// caller holds one.
	Decide(ctx context.Context, l store.Lease, d enrich.Decision) error
	// Claim leases at most n due jobs (1 to 100) of these sources, oldest due first. If no source is given, jobs of every
	// source are claimed. No job that another call holds is returned. An empty result means that nothing is due.
	Claim(ctx context.Context, n int, lease time.Duration, sources ...string) ([]store.Job, error)
	// Renew makes the lease end d from now. It returns store.ErrLeaseLost if the claim has ended.
	Renew(ctx context.Context, l store.Lease, d time.Duration) error
	// Release ends a claim without a score. It returns store.ErrLeaseLost if the claim has ended already.
	Release(ctx context.Context, l store.Lease, o store.Outcome) error
}

// A Lister lists a user's jobs. Every store that ships with forge is one.
type Lister interface {
	// List returns a page, best score first, and the cursor of the next page, blank after the last.
	List(ctx context.Context, f store.Filter) (entries []store.Entry, next string, err error)
}

// A Reopener makes decided jobs due again. Every store that ships with forge is one.
type Reopener interface {
	// Reopen makes the selected jobs due now and returns how many. They are DISCOVERED again, but for matches and what the
	// application marked, which keep their status until the new decision.
	Reopen(ctx context.Context, which store.Selection) (int, error)
}

// A Marker sets what the user did with a job. Every store that ships with forge is one.
type Marker interface {
	// Mark sets an application status, or MATCHED to take one back. It touches only the status. It returns
	// store.ErrNotFound if the user has no such job, and store.ErrInvalid for another of the pipeline's statuses.
	Mark(ctx context.Context, id int64, s lead.Status) error
}

// A Counter counts a user's jobs. Every store that ships with forge is one.
type Counter interface {
	Stats(ctx context.Context) (store.Stats, error)
}
