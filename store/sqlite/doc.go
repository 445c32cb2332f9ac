// Package sqlite keeps the catalogue in one file, with no server: the store for one machine. It
// uses modernc.org/sqlite, which needs no C compiler. For several machines there is store/postgres.
//
//	db, err := sqlite.Open(ctx, "forge.db", nil)
//	…
//	defer db.Close()
//	err = db.Migrate(ctx)
//	pipeline, err := forge.New(forge.Config{Store: db.ForUser("ada"), …})
//
// # What is guaranteed
//
// The file is in WAL mode with synchronous=FULL: what a call acknowledged survives the death of the
// process and of the machine. Every write is one transaction that takes the write lock at its start
// (BEGIN IMMEDIATE), so it cannot fail half way because another one came first. Readers never wait.
//
// Several processes may use one file at once; their writes wait for each other, for at most
// [Options.BusyTimeout]. The file must be on a local disk: SQLite's locks do not work on most
// network file systems (https://www.sqlite.org/wal.html).
//
// # The file
//
// Beside "forge.db" SQLite keeps "forge.db-wal" and "forge.db-shm" while the database is open, and
// after a crash. They belong to the database: move or delete the three together. To copy a database
// that is in use, run "VACUUM INTO" on it. A new file is readable by its owner only.
package sqlite
