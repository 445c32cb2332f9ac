package sqlite

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// resultCode returns the primary SQLite result code of err, or 0:
// https://www.sqlite.org/rescode.html.
func resultCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return 0
}

func isBusy(err error) bool { return resultCode(err) == sqlite3.SQLITE_BUSY }

// explain wraps the driver's errors with advice for the user.
func explain(err error) error {
	switch resultCode(err) {
	case sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("the file is not a SQLite database: use another path, or remove the file: %w", err)
	case sqlite3.SQLITE_BUSY:
		if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code() == sqlite3.SQLITE_BUSY_SNAPSHOT {
			return fmt.Errorf("another connection has written since this transaction first read: "+
				"roll back and repeat the transaction, or begin it with _txlock=immediate: %w", err)
		}
		return fmt.Errorf("another process kept the database locked; try again, or raise "+
			"Options.BusyTimeout: %w", err)
	case sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf(`the file is damaged; restore a copy, or run ".recover" in the sqlite3 shell: %w`,
			err)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("the disk is full; no changes were saved: %w", err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
		return fmt.Errorf("the file and its directory must be writable: %w", err)
	}
	return err
}
