package store

// Limits of what an application keeps for a job: see [Entry.Extra].
const (
	MaxExtraBytes    = 4096 // of one value, without insignificant white space
	MaxExtraKeyBytes = 64
	MaxExtraKeys     = 16 // of one user's job
)
