// Package boards opens the job boards that the examples search: the demo boards that come with them, a folder of saved
// pages, or the real ones.
package boards

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/examples/internal/demoboard"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/browser"
	"github.com/agent-forge/forge/scraper/linkedin"
	"github.com/agent-forge/forge/scraper/naukri"
	"github.com/agent-forge/forge/scraper/polite"
	"github.com/agent-forge/forge/scraper/replay"
)

// Options say which boards to open and where their pages come from. The zero value is both demo boards.
type Options struct {
	Names        string // comma-separated; "": both, but only linkedin with Replay
	Live         bool   // the real boards
	Replay       string // folder of saved pages
	Record       string // folder to save pages in
	Browser      bool   // with Live: pages are drawn by a headless Chromium
	NoSandbox    bool   // with Browser: as root, Chromium wants it
	IgnoreRobots bool   // with Live
}

// Flags registers the options' flags on f.
func (o *Options) Flags(f *flag.FlagSet) {
	f.StringVar(&o.Names, "board", "", "which boards, separated by commas: `linkedin,naukri` (default: both; linkedin with -replay)")
	f.BoolVar(&o.Live, "live", false, "search the real boards; their terms bind you")
	f.BoolVar(&o.IgnoreRobots, "ignore-robots", false, "with -live: read pages that a board's robots.txt forbids")
	f.BoolVar(&o.Browser, "browser", false, "with -live: let a headless Chromium draw the pages; naukri needs it")
	f.BoolVar(&o.NoSandbox, "no-sandbox", false, "with -browser: run Chromium without its sandbox, as root has to")
	f.StringVar(&o.Replay, "replay", "", "read saved pages from `DIR` instead of a board")
	f.StringVar(&o.Record, "record", "", "save every page that is read in `DIR`, for -replay and for tests")
}

// Demo reports whether the boards are those that come with the examples.
func (o Options) Demo() bool { return !o.Live && o.Replay == "" }

// Check reports options that exclude each other, with the flag's name.
func (o Options) Check() error {
	problem := func(flag, what string) error { return &lead.FieldError{Field: flag, Problem: what} }
	switch {
	case o.Live && o.Replay != "":
		return problem("-live", "excludes -replay: read a board or saved pages")
	case o.IgnoreRobots && !o.Live:
		return problem("-ignore-robots", "needs -live")
	case o.Browser && !o.Live:
		return problem("-browser", "needs -live")
	case o.NoSandbox && !o.Browser:
		return problem("-no-sandbox", "needs -browser")
	case o.Record != "" && o.Replay != "":
		return problem("-record", "excludes -replay: those pages are saved already")
	}
	for name := range strings.SplitSeq(o.names(), ",") {
		if openers()[name] == nil {
			return problem("-board", fmt.Sprintf("%q is not one of %s", name, all))
		}
	}
	return nil
}

func (o Options) names() string {
	switch {
	case o.Names != "":
		return strings.ReplaceAll(o.Names, " ", "")
	case o.Replay != "":
		return "linkedin"
	default:
		return all
	}
}

const all = "linkedin,naukri"

// Names lists the boards that the examples know.
func Names() []string { return strings.Split(all, ",") }

// Live returns how to open each of the real boards with a client of the caller's, which has to be a polite one.
func Live() map[string]func(*http.Client) (forge.Scraper, error) {
	live := map[string]func(*http.Client) (forge.Scraper, error){}
	for name, open := range openers() {
		live[name] = func(c *http.Client) (forge.Scraper, error) { return open(c, "") }
	}
	return live
}

// openers is how each board is opened; a blank base URL is the real one.
func openers() map[string]func(client *http.Client, base string) (forge.Scraper, error) {
	return map[string]func(*http.Client, string) (forge.Scraper, error){
		"linkedin": func(c *http.Client, base string) (forge.Scraper, error) {
			return linkedin.New(&linkedin.Options{Client: c, BaseURL: base})
		},
		"naukri": func(c *http.Client, base string) (forge.Scraper, error) {
			return naukri.New(&naukri.Options{Client: c, BaseURL: base})
		},
	}
}

// Boards are open boards.
type Boards struct {
	Scrapers []forge.Scraper
	What     string // for people
	demo     *demoboard.Board
	browser  *browser.Transport
}

// Open opens the boards that o names. Close them.
func Open(ctx context.Context, o Options) (*Boards, error) {
	b := &Boards{}
	client, base, err := b.transport(ctx, o)
	if err != nil {
		return nil, err
	}
	for name := range strings.SplitSeq(o.names(), ",") {
		s, err := openers()[name](client, base)
		if err != nil {
			_ = b.Close()
			return nil, err
		}
		b.Scrapers = append(b.Scrapers, s)
	}
	return b, nil
}

// transport returns the client of all boards, and their base URL; "" is the real one.
func (b *Boards) transport(ctx context.Context, o Options) (client *http.Client, base string, err error) {
	if o.Replay != "" {
		b.What = fmt.Sprintf("%s, from the pages saved in %s", o.names(), o.Replay)
		if _, err := os.Stat(o.Replay); err != nil {
			return nil, "", &lead.FieldError{Field: "-replay", Problem: err.Error()}
		}
		pages, err := replay.Open(os.DirFS(o.Replay))
		if err != nil {
			return nil, "", fmt.Errorf("-replay: %w", err)
		}
		return &http.Client{Transport: pages}, "", nil
	}
	p := polite.Options{IgnoreRobots: o.IgnoreRobots, Hosts: []string{"linkedin.com", "naukri.com"}}
	if o.Browser {
		if b.browser, err = browser.New(&browser.Options{NoSandbox: o.NoSandbox}); err != nil {
			return nil, "", err
		}
		p.Transport = b.browser
	}
	b.What = o.names() + ", live; their terms bind you"
	if o.Demo() {
		if b.demo, err = demoboard.Start(ctx); err != nil {
			return nil, "", err
		}
		b.What = "demo boards on this machine, read by the adapters of " + o.names()
		base = b.demo.URL
		p = polite.Options{AllowLoopback: true, Hosts: []string{"127.0.0.1"}, Interval: 10 * time.Millisecond, Burst: 8}
	}
	if o.Record != "" {
		if p.Transport == nil {
			p.Transport = polite.NewTransport(o.Demo())
		}
		if p.Transport, err = replay.NewRecorder(o.Record, p.Transport); err != nil {
			return nil, "", err
		}
	}
	client, err = polite.NewClient(&p)
	return client, base, err
}

// Close ends what Open started.
func (b *Boards) Close() error {
	var err error
	if b.demo != nil {
		err = b.demo.Close()
	}
	if b.browser != nil {
		err = errors.Join(err, b.browser.Close())
	}
	return err
}
