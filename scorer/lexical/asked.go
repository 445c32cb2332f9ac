package lexical

// A posting that asks for many skills of its trade is described by them, more than by its title or
// by the words of its field. Two rules follow. Each holds the more, the greater the weight of those
// skills: not at all up to the first value, in full from the second on.
const (
	roleFrom, roleFull   = 5.0, 9.0
	wordsFrom, wordsFull = 3.0, 4.0

	backedRole  = 0.4 // the share of the skills that makes the role count in full
	ownAffinity = 0.4 // the affinity that makes the words of the field count in full
	ownRole     = 0.6 // from which on the posting's role is the person's own
)

// backing returns the share of a role that counts where the résumé shows this share of the skills.
// A frontend developer is no backend developer, though both are developers.
func backing(skills, asked float64) float64 {
	return asFar(skills/backedRole, asked, roleFrom, roleFull)
}

// hearing returns the share that counts of what words of the posting's field say for the job. A
// bookkeeper shares many words with a posting for developers of accounting software.
func hearing(affinity, asked float64) float64 {
	return asFar(affinity/ownAffinity, asked, wordsFrom, wordsFull)
}

// asFar returns 1 up to from, share (at most 1) from full on, and a value on the line between.
func asFar(share, asked, from, full float64) float64 {
	holds := min(1, max(0, (asked-from)/(full-from)))
	return 1 - holds*(1-min(1, share))
}
