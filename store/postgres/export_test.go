package postgres

// The hot statements, for the test of their plans.
const (
	ClaimSQL = claimSQL
	TidySQL  = tidySQL
	LookSQL  = lookSQL
	RenewSQL = renewSQL
	LockSQL  = lockWithJobSQL
	NoteSQL  = noteSQL
	ListSQL  = listSQL
)

// DropIdle closes the connections that no call uses.
func (d *DB) DropIdle() {
	d.db.SetMaxIdleConns(-1)
	d.db.SetMaxIdleConns(d.opts.MaxOpenConns)
}

// ExpireSQL is a hot statement, too.
var ExpireSQL = expireSQL.plain

// PlainForms are the statements of a catalogue that records no changes.
var PlainForms = []string{
	addSQL.plain, expireSQL.plain, decisionSQL.plain, releaseSQL.plain, markSQL.plain, reopenSQL.plain,
}
