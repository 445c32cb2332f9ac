package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A file is the database file on disk. If the file is deleted or replaced while the database is
// open, SQLite keeps writing to a file that no longer has a name, and those writes are lost.
type file struct {
	path string // absolute, because the working directory can change
	info os.FileInfo
}

// openFile creates the file if there is none. SQLite would report a bad path without a reason, and
// would create a file that everyone can read.
func openFile(path string) (*file, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(absolute, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		if wrong, ok := errors.AsType[*os.PathError](err); ok {
			err = wrong.Err // Open adds the path
		}
		return nil, err
	}
	info, err := f.Stat()
	return &file{path: absolute, info: info}, errors.Join(err, f.Close())
}

// present returns an error if the database's file is no longer the one that was opened.
func (d *DB) present() error {
	if d.file == nil {
		return nil
	}
	info, err := os.Stat(d.file.path)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the file cannot be looked at: %w", err)
	case err == nil && os.SameFile(info, d.file.info):
		return nil
	}
	return errors.New("the file was deleted or replaced while the database was open: stop the program, " +
		"put the file back with its -wal and -shm, and start again")
}
