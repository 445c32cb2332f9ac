package postgres

// The hot statements, for the test of their plans.
const (
	ClaimSQL  = claimSQL
	TidySQL   = tidySQL
	LookSQL   = lookSQL
	RenewSQL  = renewSQL
	LockSQL   = lockWithJobSQL
	ExpireSQL = expireSQL
	NoteSQL   = noteSQL
)
