// Package forge finds jobs, judges them against a résumé on the user's own machine, and keeps only
// what matters.
//
// A [Pipeline] works in three stages. Discover reads search pages and tells the store which jobs it
// saw. Enrich claims the next due job, reads its advert if nobody has, and has a local model score
// it; the gate drops what scores too low. The store then records the decision: a match with its
// text, a rejection without.
//
// The parts are interfaces with adapters in packages of their own, so a program links only those
// that it imports: boards are below scraper, models below scorer, databases below store. This
// package links the standard library only.
package forge

import (
	"context"
	"iter"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/store"
)

// A Scraper is one job board. It is safe for concurrent use.
type Scraper interface {
	// Source names the board in every key, for example "linkedin". It never changes, and no two
	// boards of a pipeline have the same.
	Source() string

	// Search lists the cards that match q. It fetches a page when the loop asks for its cards. Most
	// errors end the sequence. These do not: scraper.ErrCard skips one card, scraper.ErrUnfiltered
	// names fields of q that the board cannot apply, and scraper.ErrCapped comes last and is not a
	// failure. A page that the adapter does not know is scraper.ErrMarkup, never an empty result.
	Search(ctx context.Context, q lead.Query) iter.Seq2[lead.Lead, error]

	// Detail reads the advert of l. The data that it returns has a description. It returns
	// scraper.ErrGone if the job was taken down (404, 410) or is closed, scraper.ErrPosting if this
	// advert cannot be read, and scraper.ErrBlocked if the board refuses this client.
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

// A Store is one user's view of the catalogue. It is safe for concurrent use. Every call can be
// repeated; a repeat changes nothing. Arguments that break the contract are store.ErrInvalid.
type Store interface {
	// Sync records that the boards listed these jobs. It returns exactly the jobs that this call
	// made due, in the order of leads: those that are new to this user, and those that were decided
	// longer ago than the re-check age. A [*store.PartialError] names the leads that were refused.
	// All others are stored, and the refs beside the error are valid.
	Sync(ctx context.Context, leads []lead.Lead) ([]store.Ref, error)

	// Decide records a decision, and the text if the decision carries any. If l is not the job's
	// current lease, it returns store.ErrLeaseLost and changes nothing. A lease with token 0
	// decides without a claim and is refused while another caller holds one. Decide returns
	// store.ErrNotFound if the user has no such job.
	Decide(ctx context.Context, l store.Lease, d enrich.Decision) error

	// Claim leases at most n due jobs, 1 to 100, oldest due first. If sources are given, only their
	// jobs are claimed. Claim never returns a job that another call holds. An empty result means
	// that nothing is due.
	Claim(ctx context.Context, n int, lease time.Duration, sources ...string) ([]store.Job, error)

	// Renew makes the lease end d from now. It returns store.ErrLeaseLost if the claim has ended.
	Renew(ctx context.Context, l store.Lease, d time.Duration) error

	// Release ends a claim without a score. It returns store.ErrLeaseLost if the claim has ended.
	Release(ctx context.Context, l store.Lease, o store.Outcome) error
}

// A Lister lists a user's jobs. Every store that ships with forge is one.
type Lister interface {
	// List returns one page, best score first, and the cursor of the next. The cursor is empty
	// after the last page.
	List(ctx context.Context, f store.Filter) (entries []store.Entry, next string, err error)
}

// A Reopener makes decided jobs due again. Every store that ships with forge is one.
type Reopener interface {
	// Reopen makes the selected jobs due now and returns their number. They become DISCOVERED,
	// except that matches and jobs that the application marked keep their status until the new
	// decision.
	Reopen(ctx context.Context, which store.Selection) (int, error)
}

// A Marker sets what the user did with a job. Every store that ships with forge is one.
type Marker interface {
	// Mark sets a status of the application, or MATCHED to take one back. It changes nothing else.
	// It returns store.ErrNotFound if the user has no such job, and store.ErrInvalid for any other
	// status of the pipeline.
	Mark(ctx context.Context, id int64, s lead.Status) error
}

// A Counter counts a user's jobs. Every store that ships with forge is one.
type Counter interface {
	// Stats returns the number of jobs by status and by score.
	Stats(ctx context.Context) (store.Stats, error)
}

// An Auditor asks the user about rejected jobs that it draws at random, and knows which jobs the user
// called worth it. Every store that ships with forge is one.
type Auditor interface {
	// Audit returns at most n rejected jobs, 1 to store.MaxAudit, for the user to look at. It returns
	// those that it drew before and that the user has not judged, and draws as many more as are
	// missing: at random within each band of ten scores, evenly over the bands. No job is drawn
	// twice, and no verdict is asked for a job that the application marked. An empty result means
	// that nothing is left to draw.
	Audit(ctx context.Context, n int) ([]store.Entry, error)

	// Judge records what the user says of a job that Audit drew. A later verdict replaces it, and an
	// empty one takes it back, so that Audit returns the job again. Judge returns store.ErrNotFound
	// if the user has no such job, and store.ErrInvalid if Audit did not draw it.
	Judge(ctx context.Context, id int64, v store.Verdict) error

	// Evidence returns a label of each scored job that the user judged or marked, by id, and the
	// number of jobs that the labels were given out of. See store.Verdict for what counts as a label.
	Evidence(ctx context.Context) (gate.Evidence, error)
}
