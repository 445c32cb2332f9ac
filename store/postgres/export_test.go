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

// DropIdle closes the connections that no call uses.
func (d *DB) DropIdle() {
	d.db.SetMaxIdleConns(-1)
	d.db.SetMaxIdleConns(d.opts.MaxOpenConns)
}
