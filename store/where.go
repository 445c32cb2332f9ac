package store

import "time"

// A Where narrows a listing by what is known of the jobs. All that is set must hold. A job of which it
// is not known whether it holds is listed, because unknown is not no; Stated leaves it out. A rejected
// job is one without data here, whatever other users brought. The zero value narrows nothing.
type Where struct {
	// Words must all be found, the letters a to z in either case: each as a part of the title, the
	// company, the place, the reasoning, a missing skill, [enrich.AttrSkills] or the text. At most
	// [MaxWords], of 1 to [MaxWordBytes] bytes.
	Words []string

	Place   string   // a part of the place, the letters a to z in either case; if empty, any
	Sources []string // the boards; if empty, any

	PostedAfter  time.Time // posted at this time or later; if zero, at any time
	UpdatedAfter time.Time // with a status that changed later than this; if zero, at any time

	// MinPay is the least pay for a year of full-time work, as the best that the advert offers, in
	// Currency. Pay in another currency is not known. If zero, any.
	MinPay   int
	Currency string // ISO 4217; required with MinPay and with [ByPay]

	EasyApply bool // only what can be applied for on the board itself
	Remote    bool // only what is done from home altogether

	BelowScore int // 1 to 101, and only jobs that have a score; if zero, any score and none

	Stated bool // leave out the jobs of which it is not known
}

// Limits of a [Where].
const (
	MaxWords     = 20
	MaxWordBytes = 100 // of a word or a place
	MaxMinPay    = 1_000_000_000
)

// An Order says in which order a listing is. Jobs that are equal in it are listed by id, newest first.
type Order string

// The orders. Jobs without what they are ordered by come last.
const (
	ByScore Order = ""       // the best first
	ByDate  Order = "posted" // the latest posted first
	ByPay   Order = "pay"    // the best paid first, see [Where.MinPay]
)
