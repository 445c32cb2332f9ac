// Package boards opens the job boards that the examples search: the demo boards that come with
// them, a folder of saved pages, or the real ones.
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
	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/demoboard"
	"github.com/agent-forge/forge/scraper/browser"
	"github.com/agent-forge/forge/scraper/linkedin"
	"github.com/agent-forge/forge/scraper/naukri"
	"github.com/agent-forge/forge/scraper/polite"
	"github.com/agent-forge/forge/scraper/replay"
)

// Options say which boards to open and where their pages come from. The zero value opens both demo
// boards.
type Options struct {
	// Names is a comma-separated list of boards. If empty, both are opened, or linkedin alone if
	// Replay is set, or none if companies are named. The demo boards of two companies are opened
	// too if it is empty.
	Names string

	// Companies are the URLs of career pages at applicant-tracking systems. They need Live.
	Companies commandline.Repeated
	// Sites are the URLs of career pages on sites of the companies' own, whose adverts hold
	// schema.org data. They need Live.
	Sites commandline.Repeated
	// CompaniesFile is a file of such URLs, one a line. It needs Live.
	CompaniesFile string

	Live      bool   // the real boards are searched
	Replay    string // the folder that saved pages are read from
	Record    string // the folder that pages are saved in
	Browser   bool   // a headless Chromium renders the pages; needs Live
	NoSandbox bool   // Chromium runs without its sandbox, as it must for root; needs Browser

	// IgnoreRobots reads pages that a board's robots.txt forbids. It needs Live.
	IgnoreRobots bool
}

// Flags registers the options' flags on f.
func (o *Options) Flags(f *flag.FlagSet) {
	f.StringVar(&o.Names, "board", "",
		"the boards to search: `linkedin,naukri` (default both, or linkedin with -replay)")
	f.Var(&o.Companies, "company",
		"with -live: search the jobs of the company whose career page is at `URL`; can be repeated")
	f.Var(&o.Sites, "site",
		"with -live: search the career page at `URL`, on a company's own site; can be repeated")
	f.StringVar(&o.CompaniesFile, "companies", "", "with -live: the same for every line of `FILE`")
	f.BoolVar(&o.Live, "live", false, "search the real boards; their terms of use apply to you")
	f.BoolVar(&o.IgnoreRobots, "ignore-robots", false,
		"with -live: read pages that a board's robots.txt forbids")
	f.BoolVar(&o.Browser, "browser", false,
		"with -live: render pages in a headless Chromium, which naukri needs")
	f.BoolVar(&o.NoSandbox, "no-sandbox", false,
		"with -browser: run Chromium without its sandbox, which root has to")
	f.StringVar(&o.Replay, "replay", "", "read saved pages from `DIR` instead of a board")
	f.StringVar(&o.Record, "record", "", "save every page that is read in `DIR`, for -replay")
}

// Demo reports whether the demo boards are searched.
func (o Options) Demo() bool { return !o.Live && o.Replay == "" }

// Check reports the first option that is invalid or excludes another one, by the flag's name.
func (o Options) Check() error {
	problem := commandline.Problem
	switch {
	case o.Live && o.Replay != "":
		return problem("-live", "cannot be used with -replay: search a board, or read saved pages")
	case len(o.Companies) > 0 && !o.Live:
		return problem("-company", "needs -live")
	case len(o.Sites) > 0 && !o.Live:
		return problem("-site", "needs -live")
	case o.CompaniesFile != "" && !o.Live:
		return problem("-companies", "needs -live")
	case o.IgnoreRobots && !o.Live:
		return problem("-ignore-robots", "needs -live")
	case o.Browser && !o.Live:
		return problem("-browser", "needs -live")
	case o.NoSandbox && !o.Browser:
		return problem("-no-sandbox", "needs -browser")
	case o.Record != "" && o.Replay != "":
		return problem("-record", "cannot be used with -replay: those pages are saved already")
	}
	for _, name := range o.names() {
		if openers[name] == nil {
			return problem("-board", fmt.Sprintf("%q is not one of %s", name, all))
		}
	}
	if _, err := o.companies(); err != nil || len(o.Sites) == 0 {
		return err
	}
	_, err := o.openSites()
	return commandline.Usage("-site", err)
}

func (o Options) names() []string {
	switch {
	case o.Names != "":
		return strings.Split(strings.ReplaceAll(o.Names, " ", ""), ",")
	case o.Replay != "":
		return []string{"linkedin"}
	case o.named():
		return nil
	default:
		return Names()
	}
}

const all = "linkedin,naukri"

// Names lists the supported boards.
func Names() []string { return strings.Split(all, ",") }

// Live returns a function for each of the real boards that opens it with the caller's client. The
// client has to be a polite one.
func Live() map[string]func(*http.Client) (forge.Scraper, error) {
	live := map[string]func(*http.Client) (forge.Scraper, error){}
	for name, open := range openers {
		live[name] = func(c *http.Client) (forge.Scraper, error) { return open(c, "") }
	}
	return live
}

// openers open the boards. An empty base is the real board's URL.
var openers = map[string]func(client *http.Client, base string) (forge.Scraper, error){
	"linkedin": func(c *http.Client, base string) (forge.Scraper, error) {
		return linkedin.New(&linkedin.Options{Client: c, BaseURL: base})
	},
	"naukri": func(c *http.Client, base string) (forge.Scraper, error) {
		return naukri.New(&naukri.Options{Client: c, BaseURL: base})
	},
}

// Boards are open boards.
type Boards struct {
	Scrapers []forge.Scraper
	What     string // describes the boards to a person
	demo     *demoboard.Board
	browser  *browser.Transport
}

// Open opens the boards that o names. The caller closes them.
func Open(ctx context.Context, o Options) (*Boards, error) {
	b := &Boards{}
	client, base, err := b.transport(ctx, o)
	if err != nil {
		return nil, err
	}
	for _, name := range o.names() {
		s, err := openers[name](client, base)
		if err != nil {
			_ = b.Close()
			return nil, err
		}
		b.Scrapers = append(b.Scrapers, s)
	}
	if o.companiesNamed() || o.Demo() && o.Names == "" {
		if o.Live && o.Record == "" && !o.IgnoreRobots {
			client = nil // each provider bears another pace
		}
		if err := b.openCompanies(o, client, base); err != nil {
			_ = b.Close()
			return nil, err
		}
	}
	if len(o.Sites) > 0 {
		sites, err := o.openSites()
		if err != nil {
			_ = b.Close()
			return nil, err
		}
		b.Scrapers = append(b.Scrapers, sites)
	}
	b.describe(o)
	return b, nil
}

// transport returns the client of all boards and their base URL, which is empty for the real ones.
func (b *Boards) transport(ctx context.Context, o Options) (client *http.Client, base string, err error) {
	if o.Replay != "" {
		if _, err := os.Stat(o.Replay); err != nil {
			return nil, "", commandline.Usage("-replay", err)
		}
		pages, err := replay.Open(os.DirFS(o.Replay))
		if err != nil {
			return nil, "", fmt.Errorf("-replay: %w", err)
		}
		return &http.Client{Transport: pages}, "", nil
	}
	p := polite.Options{IgnoreRobots: o.IgnoreRobots}
	if !o.named() {
		p.Hosts = []string{"linkedin.com", "naukri.com"}
	}
	if o.Browser {
		if b.browser, err = browser.New(&browser.Options{NoSandbox: o.NoSandbox}); err != nil {
			return nil, "", err
		}
		p.Transport = b.browser
	}
	if o.Demo() {
		if b.demo, err = demoboard.Start(ctx); err != nil {
			return nil, "", err
		}
		base = b.demo.URL
		p = polite.Options{
			AllowLoopback: true, Hosts: []string{"127.0.0.1"}, Interval: 10 * time.Millisecond, Burst: 8,
		}
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

// describe says which boards are open and where their pages come from.
func (b *Boards) describe(o Options) {
	sources := make([]string, len(b.Scrapers))
	for i, s := range b.Scrapers {
		sources[i] = s.Source()
	}
	names := strings.Join(sources, ",")
	switch {
	case o.Replay != "":
		b.What = fmt.Sprintf("%s, from the pages saved in %s", names, o.Replay)
	case o.Live:
		b.What = names + ", live; their terms of use apply to you"
	default:
		b.What = "demo boards on this machine, read by the adapters of " + names
	}
}

// Close stops the demo boards and the browser, if Open started them.
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
