package server

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	diskEvery = 10 * time.Second // between two trial writes
	diskTrial = 64 << 10         // bytes of a trial write
	fullFor   = time.Minute      // how long a failed write of the store counts
)

// A disk tells whether the store's disk is full: by a trial write if the database is a file of this
// machine, and by what the store's own writes met. A read cannot tell.
type disk struct {
	create func() (*os.File, error) // a file for a trial write; nil if the database is on another machine

	full atomic.Int64 // when the store last met a full disk, in Unix nanoseconds

	mu    sync.Mutex
	tried time.Time
	err   error
}

// diskOf returns the disk of a SQLite file, or that of a database server if the path is empty.
func diskOf(path string) *disk {
	if path == "" {
		return &disk{}
	}
	return &disk{create: func() (*os.File, error) {
		return os.CreateTemp(filepath.Dir(path), ".forge-trial-*")
	}}
}

// met notes how one of the store's writes ended.
func (d *disk) met(err error) {
	switch {
	case err == nil:
		d.full.Store(0)
	case isFull(err):
		d.full.Store(time.Now().UnixNano())
	}
}

// isFull reports whether an error means that there is no room on a disk: the system's error,
// SQLite's SQLITE_FULL, or PostgreSQL's disk_full.
func isFull(err error) bool {
	var sqlite interface{ Code() int }
	var postgres interface{ SQLState() string }
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) ||
		errors.As(err, &sqlite) && sqlite.Code()&0xff == 13 ||
		errors.As(err, &postgres) && postgres.SQLState() == "53100"
}

// isFullNow reports whether nothing can be stored.
func (d *disk) isFullNow() bool {
	if met := d.full.Load(); met != 0 && time.Since(time.Unix(0, met)) < fullFor {
		return true
	}
	if d.create == nil {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if time.Since(d.tried) >= diskEvery {
		d.tried, d.err = time.Now(), d.try()
	}
	return isFull(d.err)
}

// try writes a small file and removes it.
func (d *disk) try() error {
	f, err := d.create()
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, diskTrial))
	return errors.Join(err, f.Sync(), f.Close(), os.Remove(f.Name()))
}
