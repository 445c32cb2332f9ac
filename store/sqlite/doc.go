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
// # The file
//
// SQLite creates "forge.db-wal" and "forge.db-shm" next to "forge.db". They remain after a crash.
// Always move or delete all three files together. To copy a database that is in use, run "VACUUM
// INTO" on it. A new file is readable by its owner only.
package sqlite
