package browser

import (
	"sync"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/page"
)

// events queues the events of a tab until the tab's own goroutine takes them: listeners must not
// block.
type events struct {
	ready   chan struct{} // holds a token when there is something to take
	dialogs chan struct{} // holds a token for a dialog that waits for an answer

	mu   sync.Mutex
	list []any
}

func newEvents() *events {
	return &events{ready: make(chan struct{}, 1), dialogs: make(chan struct{}, 1)}
}

func (q *events) add(event any) {
	ready := q.ready
	switch event.(type) {
	case *fetch.EventRequestPaused, *page.EventFrameNavigated, *page.EventLifecycleEvent:
		q.mu.Lock()
		q.list = append(q.list, event)
		q.mu.Unlock()
	case *page.EventJavascriptDialogOpening:
		ready = q.dialogs
	default:
		return
	}
	select {
	case ready <- struct{}{}:
	default: // there is a token already
	}
}

func (q *events) take() []any {
	q.mu.Lock()
	defer q.mu.Unlock()
	list := q.list
	q.list = nil
	return list
}
