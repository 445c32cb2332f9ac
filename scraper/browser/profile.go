package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

const (
	profilePrefix = "forge-browser-"
	lockName      = "forge.lock"
)

// A profile is the folder that one Chromium writes to. This process holds a lock in it, which the
// operating system releases when the process dies, however it dies. That is how a later start
// recognises what a killed process left behind.
type profile struct {
	dir  string
	lock *flock.Flock
}

// newProfile makes a profile in the folder temp.
func newProfile(temp string) (*profile, error) {
	var err error
	for range 3 { // another process can take a folder for an abandoned one before it is locked
		var dir string
		if dir, err = os.MkdirTemp(temp, profilePrefix); err != nil {
			break
		}
		p := &profile{dir: dir, lock: flock.New(filepath.Join(dir, lockName))}
		var locked bool
		if locked, err = p.lock.TryLock(); locked {
			if _, err = os.Stat(p.lock.Path()); err == nil {
				return p, nil
			}
		}
		p.remove()
	}
	return nil, fmt.Errorf("browser: make a folder for Chromium: %w", err)
}

// remove removes the folder. Processes of Chromium that are about to end can write to it for a
// moment, or make it again, so it has to stay away for a while.
func (p *profile) remove() {
	const attempts, pause, enough = 50, 20 * time.Millisecond, 3
	p.removeNow()
	for quiet, attempt := 0, 0; quiet < enough && attempt < attempts; attempt++ {
		<-time.After(pause)
		if _, err := os.Stat(p.dir); err != nil {
			quiet++
			continue
		}
		quiet = 0
		p.removeNow()
	}
}

// removeNow removes the folder once. The lock is released last, but before the file where files
// that are open cannot be removed.
func (p *profile) removeNow() {
	if os.RemoveAll(p.dir) != nil {
		_ = p.lock.Close()
		_ = os.RemoveAll(p.dir)
	}
	_ = p.lock.Close()
}

// removeAbandoned removes the profiles of processes that were killed, and returns how many there
// were.
func removeAbandoned(temp string) (removed int) {
	entries, err := os.ReadDir(temp)
	if err != nil {
		return 0 // newProfile says so
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), profilePrefix) {
			continue
		}
		dir := filepath.Join(temp, e.Name())
		p := &profile{dir: dir, lock: flock.New(filepath.Join(dir, lockName))}
		if locked, err := p.lock.TryLock(); err == nil && locked { // an error: it is another user's
			p.removeNow()
			removed++
		}
	}
	return removed
}
