// Package faultboard is a board on which everything is wrong: a local server with one route per
// quirk of real boards and of the networks before them. [Run] asks it through an adapter and the
// polite client, over real connections, and holds the adapter to the right kind of error each time,
// in bounded memory and time, and never an empty success. It is for tests only; nothing that ships
// imports it.
package faultboard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/internal/measure"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
)

// Host is the board's name. It resolves nowhere; the client's connections all lead to the local
// server.
const Host = "board.test"

// What one call may cost, of which the transport's reading of 5 MB, and the server's part in it,
// are the most.
const (
	maxProcessor = 3 * time.Second
	maxAlloc     = 200 << 20
	maxWait      = 2 * time.Minute // who needs longer hangs, however busy the machine is
)

// A Board is an adapter under test.
type Board struct {
	// Open returns the adapter, asking baseURL through client.
	Open func(tb testing.TB, client *http.Client, baseURL string) forge.Scraper
	// Lead is a job of the board.
	Lead lead.Lead
	// Client returns a polite client of this timeout, on top of a transport. It is here, and not in
	// this package, because the adapter's own way to be polite is what is tested.
	Client func(tb testing.TB, timeout time.Duration, base http.RoundTripper) *http.Client
	// Adverts are odd adverts in the board's own markup. Each is served for every request for Lead.
	Adverts []Advert
}

// An Advert is the page of one advert that cannot be read, or that says that its job is closed.
type Advert struct {
	Name string
	Page string
	Want error // scraper.ErrPosting or scraper.ErrGone
}

// Run asks the board for a search and a posting under every fault, each with a client and an
// adapter of its own, and for the board's odd adverts.
func Run(t *testing.T, b Board) {
	t.Helper()
	for _, a := range b.Adverts {
		t.Run(a.Name, func(t *testing.T) {
			board := b.serve(
				t, maxWait, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, a.Page) },
			)()
			_, err := board.Detail(t.Context(), b.Lead)
			classes := []error{scraper.ErrPosting, scraper.ErrGone, scraper.ErrBlocked, scraper.ErrMarkup}
			for _, class := range classes {
				if errors.Is(err, class) != errors.Is(a.Want, class) {
					t.Errorf("detail: got error %v, want one that wraps %q alone", err, a.Want)
				}
			}
		})
	}
	for _, f := range Faults() {
		t.Run(f.Name, func(t *testing.T) { // one at a time: allocations are counted
			open := b.serve(t, f.timeout(), f.Serve)
			board := open()
			f.check(t, "search", scraper.ErrMarkup, func(ctx context.Context) (end error) {
				for l, err := range board.Search(ctx, lead.Query{Keywords: userWord, Limit: 100}) {
					if err == nil {
						t.Errorf("search: a job %q out of nothing", l.ExternalID)
					}
					end = err
				}
				return end
			})
			board = open()
			f.check(t, "detail", scraper.ErrPosting, func(ctx context.Context) error {
				_, err := board.Detail(ctx, b.Lead)
				return err
			})
		})
	}
}

// serve starts a board, and returns what opens an adapter to it.
func (b Board) serve(t *testing.T, timeout time.Duration, h http.HandlerFunc) (open func() forge.Scraper) {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = slog.NewLogLogger(
		slog.DiscardHandler, slog.LevelError,
	) // of connections that faults took over
	srv.Start()
	t.Cleanup(srv.Close)
	t.Cleanup(srv.CloseClientConnections)
	return func() forge.Scraper {
		client := b.Client(t, timeout, &http.Transport{
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, srv.Listener.Addr().String())
			},
			DisableCompression: true, MaxResponseHeaderBytes: 256 << 10,
		})
		t.Cleanup(client.CloseIdleConnections)
		return b.Open(t, client, "http://"+Host)
	}
}

// userWord is in every query and must be in no error.
const userWord = "quetzalcoatlus"

// check holds one call to what the fault must become. Unknown is the error of a page that is not
// known.
func (f Fault) check(t *testing.T, what string, unknown error, call func(ctx context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), maxWait)
	defer cancel()
	var err error
	began := time.Now()
	processor, used := measure.Cost(func() { err = call(ctx) })

	t.Logf(
		"%s: %v, %v of the processor, %.1f MB: %v", what, time.Since(began).Round(time.Millisecond),
		processor.Round(time.Millisecond), float64(used)/1e6, err,
	)
	if ctx.Err() != nil {
		t.Errorf("%s hangs", what)
	}
	if processor > maxProcessor && !measure.RaceDetector {
		t.Errorf("%s took %v of the processor, want at most %v", what, processor, maxProcessor)
	}
	if used > maxAlloc {
		t.Errorf("%s allocated %d MB, want at most %d", what, used>>20, maxAlloc>>20)
	}
	if err == nil {
		t.Fatalf("%s: an empty success", what)
	}
	if problem := f.Want.problem(err, unknown); problem != "" {
		t.Errorf("%s: %s: %v", what, problem, err)
	}
	if f.Wait > 0 {
		e, ok := errors.AsType[interface {
			error
			RetryAfter() time.Duration
		}](err)
		if !ok || e.RetryAfter() < f.Wait-2*time.Second || e.RetryAfter() > f.Wait+2*time.Second {
			t.Errorf("%s: want an error that says to wait %v: %v", what, f.Wait, err)
		}
	}
	if !strings.Contains(err.Error(), Host) || strings.Contains(err.Error(), userWord) ||
		strings.Contains(err.Error(), pageWord) {
		t.Errorf("%s: want an error that names the page and repeats neither it nor the query: %v", what, err)
	}
}

// A Want is the kind of error that a fault must become.
type Want int

// The kinds.
const (
	Blocked Want = iota // scraper.ErrBlocked: the board is left alone
	// scraper.ErrMarkup of a search, scraper.ErrPosting of an advert: the page is not known
	Unknown
	Refused // either of the two: a redirect to where nobody should go is as much one as the other
	Passing // a net.Error or a temporary status: the same request may succeed later
)

// problem says why err is not of the kind, or "".
func (w Want) problem(err, unknown error) string {
	if errors.Is(err, scraper.ErrGone) {
		return "it closes the job"
	}
	blocked := errors.Is(err, scraper.ErrBlocked)
	own := errors.Is(err, unknown)
	switch {
	//nolint:errorlint // it is the sentinel itself
	case errors.Is(err, scraper.ErrMarkup) && unknown != scraper.ErrMarkup:
		return "it blames the board's markup for one advert"
	case w == Blocked && !blocked:
		return "want an error that wraps scraper.ErrBlocked"
	case w == Unknown && !own:
		return fmt.Sprintf("want an error that wraps %q", unknown)
	case w == Refused && !blocked && !own:
		return fmt.Sprintf("want an error that wraps %q or %q", scraper.ErrBlocked, unknown)
	case w == Passing && (blocked || own || !passing(err)):
		return "want a net.Error, or a PageError whose status is temporary"
	}
	return ""
}

func passing(err error) bool {
	if page, ok := errors.AsType[*scraper.PageError](err); ok && page.Temporary() {
		return true
	}
	_, ok := errors.AsType[net.Error](err)
	return ok
}
