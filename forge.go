// Package forge finds jobs on job boards, scores them against a résumé, and keeps the text of good
// matches only.
//
// A [Pipeline] works in three stages. Stage 1, Discover, reads search pages and tells the store
// which jobs are listed. Stage 2, Enrich, claims the next due job, reads its advert unless the
// store has the text, and scores it, usually on a model of the user's own machine. In stage 3 the
// gate decides and the store records the decision: matches with their text, rejections without
// text. A job whose process dies before that is scored again after its lease ends.
//
// A card is a job as a search page lists it, and a [lead.Lead] is what is kept of it. An advert is
// the board's page about one job; its text and the lead are a posting. A job is a row of the store,
// claimed under a lease by whoever works on it. A match is a job that the gate kept. Its status
// moves as ARCHITECTURE.md draws it.
//
// Each method returns a valid [Report] together with its error, which is nil if the work was
// complete. The example of [Pipeline.Run] is a whole program.
//
// [Scraper], [Scorer] and [Store] are interfaces. Their adapters are the subpackages of scraper,
// scorer and store, so a program links only the adapters that it imports. This package links the
// standard library only.
package forge

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer"
	"github.com/agent-forge/forge/store"
)

// A Scraper reads one job board. It is safe for concurrent use.
type Scraper interface {
	// Source names the board in every key, for example "linkedin". The name never changes and is
	// unique within a pipeline.
	Source() string

	// Search lists the cards that match q. Pages are fetched as the caller iterates. An error ends
	// the sequence, with two exceptions: scraper.ErrCard skips one card, and scraper.ErrUnfiltered
	// names fields of q that the board cannot apply. scraper.ErrCapped is always last and is not a
	// failure. If the adapter does not recognise a page, Search yields scraper.ErrMarkup, never an
	// empty result.
	Search(ctx context.Context, q lead.Query) iter.Seq2[lead.Lead, error]

	// Detail reads the advert of l. The returned data must have a description. Detail returns
	// scraper.ErrGone if the job was taken down (404, 410) or is closed, scraper.ErrPosting if this
	// advert cannot be read, and scraper.ErrBlocked if the board refuses this client.
	Detail(ctx context.Context, l lead.Lead) (enrich.Data, error)
}

// A ListScraper is a [Scraper] that can tell when it has read all jobs of a company. Whoever wraps a
// Scraper can leave the ability out: nothing but [ListCloser] is lost.
type ListScraper interface {
	Scraper

	// SearchLists is Search. It also calls whole with each list that it knows to be complete: its
	// stated total was met, it ended by itself, it was neither capped nor cut off, and each of its
	// entries could be identified. The calls come from the goroutine that iterates, before or after
	// the list's leads. If whole is nil, SearchLists is Search.
	SearchLists(ctx context.Context, q lead.Query, whole func(lead.List)) iter.Seq2[lead.Lead, error]
}

// A Scorer judges a posting against a résumé.
type Scorer = scorer.Scorer

// A ResumeBinder is a [Scorer] that parses a résumé once. [New] calls ForResume with Config.Resume.
type ResumeBinder = scorer.ResumeBinder

// A Sketcher makes what is kept of a rejected posting, and judges it. See [Config.Sketcher].
type Sketcher = scorer.Sketcher

// A ScorerFunc adapts an ordinary function to a [Scorer].
type ScorerFunc func(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error)

// Score calls f.
func (f ScorerFunc) Score(ctx context.Context, resume string, p enrich.Posting) (enrich.Assessment, error) {
	return f(ctx, resume, p)
}

// A Store is one user's view of the catalogue. It is safe for concurrent use. Every call can be
// repeated. A repeat changes nothing, except that another Claim leases other jobs. Methods return
// store.ErrInvalid for invalid arguments.
type Store interface {
	// Sync records that the boards listed these jobs. It returns exactly the jobs that this call
	// made due, in the order of leads: jobs that are new to this user, matches whose text is older
	// than the re-check age, and closed jobs that are listed again. If some leads are invalid, Sync
	// stores the others, returns their refs, and names the invalid ones in a [*store.PartialError].
	Sync(ctx context.Context, leads []lead.Lead) ([]store.Ref, error)

	// Decide records d, and the text of the posting if d.Data is set. If l is not the job's current
	// lease, it returns store.ErrLeaseLost and changes nothing. A lease with Token 0 needs no
	// claim, but it is refused while another caller holds one. Decide returns store.ErrNotFound if
	// the user has no such job.
	Decide(ctx context.Context, l store.Lease, d enrich.Decision) error

	// Claim leases at most n due jobs, the one that has been due longest first. n must be between 1
	// and 100. If sources are given, only their jobs are claimed. Claim never returns a job that is
	// under another claim. An empty result means that nothing is due.
	Claim(ctx context.Context, n int, lease time.Duration, sources ...string) ([]store.Job, error)

	// Renew extends the lease to d from now. It returns store.ErrLeaseLost if the claim has ended.
	Renew(ctx context.Context, l store.Lease, d time.Duration) error

	// Release ends a claim without a decision. It returns store.ErrLeaseLost if the claim has
	// ended.
	Release(ctx context.Context, l store.Lease, o store.Outcome) error
}

// A Lister lists a user's jobs. All stores of this module implement it. Use a type assertion to
// find out whether another [Store] does; the same holds for the other optional interfaces below.
type Lister interface {
	// List returns one page, best score first, and the cursor of the next page. The cursor is empty
	// on the last page. A store that cannot narrow or order a listing as store.Filter.Where and Order
	// say fails with errors.ErrUnsupported.
	List(ctx context.Context, f store.Filter) (entries []store.Entry, next string, err error)
}

// A Reopener makes decided jobs due again. All stores of this module implement it.
type Reopener interface {
	// Reopen makes the selected jobs due now, also those that wait or are claimed, and returns their
	// number. Claim gives them in the order of the ids if the selection has some, and else the best
	// score first. Matches and jobs with a status set by Mark
	// keep it until the next decision. All others become DISCOVERED.
	Reopen(ctx context.Context, which store.Selection) (int, error)
}

// A Marker records what the user did about a job, for example that they applied. All stores of this
// module implement it.
type Marker interface {
	// Mark sets a status that the calling program defines, such as APPLIED. MATCHED takes it back:
	// the job gets the status that it would have without any mark, which the store remembers, and
	// stays as it is if that is MATCHED already. Mark changes nothing but the status.
	// It returns store.ErrNotFound if the user has no such job, and store.ErrInvalid for every other
	// status that the pipeline itself sets.
	Mark(ctx context.Context, id int64, s lead.Status) error
}

// An Annotator keeps what the calling program knows of a user's job, for example the id that the job
// has in another system. All stores of this module implement it.
type Annotator interface {
	// Put sets the value of a key of the job, which then is in store.Entry.Extra. No other call of a
	// store changes it, and no other user sees it. The value is JSON of at most store.MaxExtraBytes,
	// which keeps its spelling but for insignificant white space. If it is empty or null, the key is
	// removed. A key is 1 to store.MaxExtraKeyBytes letters, digits, dots, dashes and underscores, and
	// begins with a letter or a digit. A job has at most store.MaxExtraKeys keys for each user. Put
	// returns store.ErrNotFound if the user has no such job.
	Put(ctx context.Context, id int64, key string, value json.RawMessage) error
}

// A Counter counts a user's jobs. All stores of this module implement it.
type Counter interface {
	// Stats returns the number of jobs by status and by score.
	Stats(ctx context.Context) (store.Stats, error)
}

// A Watcher follows what happens to a user's jobs. All stores of this module implement it. A store
// that does not record changes, which is the default, fails with errors.ErrUnsupported.
type Watcher interface {
	// Changes yields what happened after a cursor, and then waits for more: the user's changes in the
	// order in which they were committed, without a hole. The cursor is the ID of a change, and 0 is
	// before the first. If kinds are given, only those are yielded. The sequence ends with an error:
	// store.ErrPruned if changes after the cursor are gone, or the context's error when it ends. A
	// reader that keeps the ID of the last change that it dealt with resumes there after a crash.
	Changes(ctx context.Context, after int64, kinds ...store.ChangeKind) iter.Seq2[store.Change, error]

	// ListChanges returns at most n of the same changes, 1 to store.MaxChanges, and waits for none.
	ListChanges(ctx context.Context, after int64, n int, kinds ...store.ChangeKind) ([]store.Change, error)
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

// A SketchLister lists what is known of rejected jobs without their texts. Every store that ships with
// forge is one.
type SketchLister interface {
	// Sketches returns at most n rejected jobs, 1 to store.MaxSketches, in the order of their ids and
	// with ids above after. An empty result means that there are no more.
	Sketches(ctx context.Context, after int64, n int) ([]store.Sketched, error)
}

// A ListCloser closes the jobs that their company no longer lists. All stores of this module
// implement it.
type ListCloser interface {
	// CloseUnlisted records that a board listed exactly the jobs of l under the list's name. A job
	// of the user becomes CLOSED when two lists that were confirmed at least an hour apart lack it,
	// an earlier one had it, and no other list of the user has it. DISCOVERED and MATCHED change;
	// jobs under a claim, other statuses and other users' rows do not. For those who see the job
	// with another status, and for other users, Release with CLOSED says what is recorded.
	//
	// A list that has none of the jobs of the list before it can be another company's. It changes
	// nothing until all lists have been so for the re-check age. An empty list is believed.
	//
	// A job that a list closed and that is listed again is due at once. CloseUnlisted returns these
	// jobs as EXPIRED, and those that it closed as CLOSED, in the order of their ids. If the list
	// changes nothing, CloseUnlisted only reads.
	CloseUnlisted(ctx context.Context, l lead.List) ([]store.Ref, error)
}

// A Keeper keeps rejected jobs against the gate, and takes a reopening back. All stores of this module
// implement it.
type Keeper interface {
	// Keep reopens those of the jobs that are AUTO_REJECTED, at most store.MaxBatch ids, and returns
	// their number. From then on they are kept whatever they score: store.Job.Keep tells their agent.
	// That the user kept a job counts as a label, see store.Verdict.
	Keep(ctx context.Context, ids []int64) (int, error)

	// Restore takes a Reopen, a Keep and a Regate back, for those of the jobs that it reopened and that
	// nobody has decided or is working on since, and returns their number. They get the status that
	// they had and are not due. At most store.MaxBatch ids can be given.
	Restore(ctx context.Context, ids []int64) (int, error)
}

// A Regater applies another gate to jobs that are decided. All stores of this module implement it.
type Regater interface {
	// Regate rejects each match that g would reject and reopens each rejected job that g would keep.
	// What the application marked, what the user keeps and what is unverified stays. The texts of the
	// rejected stay in the catalogue, which other users share. store.Stats.Regating counts in advance.
	Regate(ctx context.Context, g gate.Gate) (store.Regating, error)
}

// A Grouper knows which of a user's jobs are one advert: see package enrich/twin. Jobs are grouped and
// never merged. A match that joins a group when it is first decided gets the mark that the user gave the
// same advert in the same place. All stores of this module implement it.
type Grouper interface {
	// Twins returns, for each of at most store.MaxBatch jobs, the other jobs of its group, in the order
	// of ids. A job without twins, one that is not scored, and one of another user have none.
	Twins(ctx context.Context, ids []int64) ([]store.Twin, error)

	// Separate takes a job out of its group, because the user says that it is another job. It joins
	// no group until apart is false, which takes that back. Separate returns store.ErrNotFound if the
	// user has no such job with a score.
	Separate(ctx context.Context, id int64, apart bool) error
}
