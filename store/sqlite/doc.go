// Package sqlite is a forge.Store in a single SQLite file, for programs on one machine. It uses
// modernc.org/sqlite, which needs no C compiler. For several machines there is store/postgres.
//
//	db, err := sqlite.Open(ctx, "forge.db", nil)
//	…
//	defer db.Close()
//	err = db.Migrate(ctx)
//	pipeline, err := forge.New(forge.Config{Store: db.ForUser("ada"), …})
//
// # What is guaranteed
//
// The file is in WAL mode with synchronous=FULL: a write that returned nil survives a crash of the
// process and of the operating system. Every write is one transaction that takes the write lock at
// its start (BEGIN IMMEDIATE), so it never fails with SQLITE_BUSY after it has begun. Reads do not
// wait for writes, except in a ":memory:" database. Each call also checks that the file is still
// there, which costs one stat.
//
// Several processes can use one file. Their writes are serialized; each waits up to
// [Options.BusyTimeout]. The file must be on a local disk: SQLite's locks do not work on most
// network file systems (https://www.sqlite.org/wal.html).
//
// # Your own pool and transaction
//
// [New] works in a pool that the program has opened with modernc.org/sqlite, beside the program's own
// tables, and [Store.WithTx] in its transaction. Every connection of the pool needs these settings,
// which belong in the DSN. The first call checks them on one connection and names those that are
// missing:
//
//	_pragma=journal_mode(WAL)   reads and writes do not wait for each other
//	_busy_timeout=30000         a write waits for others that write, in milliseconds
//	_pragma=foreign_keys(1)     rows go when what they belong to goes
//	_pragma=synchronous(FULL)   a write that returned survives a crash of the system; NORMAL can lose
//	                            the last ones, and OFF is refused
//
// SQLite has one writer at a time. The calls of one [DB] queue for the write lock; others who write,
// also through the same pool, wait for the busy timeout and then fail with SQLITE_BUSY. So keep
// transactions that write short, and begin them with _txlock=immediate or with a write: one that
// reads first and writes later fails if somebody else wrote in between. Use one DB for each pool. A
// pool of one connection is enough; a call then waits while the program holds it.
//
// Migrate applies the migrations. A program with a migration tool of its own applies those of [Files]
// with goose, or those of [Migrations] with any other, and [DB.Version] says how far the tables are.
//
// # The file
//
// SQLite creates "forge.db-wal" and "forge.db-shm" next to "forge.db". They remain after a crash.
// Always move or delete all three files together. To copy a database that is in use, run "VACUUM
// INTO" on it. A new file is readable by its owner only.
package sqlite
