package forge

import "github.com/agent-forge/forge/lead"

// An EventKind says what an [Event] reports.
type EventKind string

// The kinds of event, with what N and Err hold. Key is set where the event is about one job, Source
// where it is about one board or one job.
const (
	// Stage 1.
	EventFound       EventKind = "found"       // N leads went to the store or the blacklist
	EventBlacklisted EventKind = "blacklisted" // Key was dropped unseen: Err is a [*lead.ExcludedError]
	EventSkipped     EventKind = "skipped"     // a card or a lead could not be used: Err
	EventSynced      EventKind = "synced"      // N of a batch are due
	EventCapped      EventKind = "capped"      // the board lists no more than what was read: Err
	EventUnfiltered  EventKind = "unfiltered"  // the board does not apply a part of the query: Err
	EventSearched    EventKind = "searched"    // one query of one board is done; N leads were listed

	// Stages 2 and 3.
	EventClaimed  EventKind = "claimed"  // N jobs were taken
	EventScraped  EventKind = "scraped"  // Key's text was read; N bytes
	EventReused   EventKind = "reused"   // Key's text was in the store; N bytes
	EventTwin     EventKind = "twin"     // Key takes over the score N of the same advert elsewhere
	EventMatched  EventKind = "matched"  // Key scored N and was kept
	EventRejected EventKind = "rejected" // Key scored N, and its text was dropped
	EventClosed   EventKind = "closed"   // Key was taken down by the board
	EventFailed   EventKind = "failed"   // Key failed too often: Err
	EventRetried  EventKind = "retried"  // Key was given back, due later: Err
	EventLost     EventKind = "lost"     // another worker has Key now; the work was dropped: Err

	// What keeps a run from being complete.
	EventResting EventKind = "resting" // the board is paused for this run: Err; twice if searches end later
	EventStopped EventKind = "stopped" // the scorer or the store failed; no more jobs are claimed: Err
)

// An Event reports progress. It never holds text of a résumé or a posting.
type Event struct {
	Kind   EventKind
	Source string
	Key    lead.Key
	N      int
	Err    error
}
