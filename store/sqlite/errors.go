package sqlite

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// explain adds the way out to the driver's errors that have one. It goes by SQLite's result codes, the low byte of each:
// https://www.sqlite.org/rescode.html.
func explain(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("the file is not a SQLite database; name another, or move it away: %w", err)
	case sqlite3.SQLITE_BUSY:
		return fmt.Errorf("another process kept the database locked; try again, or raise Options.BusyTimeout: %w", err)
	case sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf(`the file is damaged; restore a copy, or save what is left with the sqlite3 command ".recover": %w`, err)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("the disk is full; nothing of this call was stored: %w", err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
		return fmt.Errorf("the file and its directory must be writable: %w", err)
	}
	return err
}
