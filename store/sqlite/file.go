package sqlite

import (
	"errors"
	"os"
	"path/filepath"
)

// A file is the database's file on the disk. If it is deleted or replaced while the database is
// open, SQLite goes on with a file that nobody can open any more, and what it acknowledged is lost.
type file struct {
	path string // absolute, because the working directory can change
	info os.FileInfo
}

// openFile creates the file if there is none. SQLite's own errors do not say what is wrong with a
// path, and its files are readable by everyone.
func openFile(path string) (*file, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(absolute, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		if wrong, ok := errors.AsType[*os.PathError](err); ok {
			err = wrong.Err // the path is named already
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
	if err == nil && os.SameFile(info, d.file.info) {
		return nil
	}
	return errors.New("the file was deleted or replaced while the database was open: stop the program, " +
		"put the file back with its -wal and -shm, and start again")
}
