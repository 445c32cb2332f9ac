package forge

import "context"

// A semaphore bounds how much is done at the same time.
type semaphore chan struct{}

// acquire waits for a slot until ctx ends or stopped is closed. The zero slot comes with the error.
func (s semaphore) acquire(ctx context.Context, stopped <-chan struct{}) (slot, error) {
	select {
	case <-ctx.Done():
		return slot{}, ctx.Err()
	case <-stopped:
		return slot{}, errNotStarted
	case s <- struct{}{}:
	}
	got := slot{s}
	if isClosed(stopped) { // select does not say which came first
		got.release()
		return got, errNotStarted
	}
	if ctx.Err() != nil {
		got.release()
	}
	return got, ctx.Err()
}

// tryAcquire returns the zero slot if none is free.
func (s semaphore) tryAcquire() slot {
	select {
	case s <- struct{}{}:
		return slot{s}
	default:
		return slot{}
	}
}

// drain waits until every slot is free. Nobody else may acquire one meanwhile.
func (s semaphore) drain() {
	for range cap(s) {
		s <- struct{}{}
	}
	for range cap(s) {
		<-s
	}
}

// A slot of a semaphore belongs to one goroutine. The zero slot is none.
type slot struct{ of semaphore }

// release gives the slot back. Releasing it again does nothing.
func (s *slot) release() {
	if s.of != nil {
		<-s.of
		s.of = nil
	}
}

func (s slot) held() bool { return s.of != nil }

func isClosed(ch <-chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
		return false
	}
}
