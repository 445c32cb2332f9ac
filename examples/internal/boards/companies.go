package boards

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"

	"github.com/agent-forge/forge/examples/internal/commandline"
	"github.com/agent-forge/forge/examples/internal/demoboard"
	"github.com/agent-forge/forge/scraper/ats"
	"github.com/agent-forge/forge/scraper/jsonld"
)

// companies returns the boards of the companies that the flags name, in their order.
func (o Options) companies() ([]ats.Board, error) {
	var found []ats.Board
	var wrong []error
	add := func(flagName, where, careers string) {
		b, err := ats.Detect(careers)
		if err != nil {
			wrong = append(wrong, commandline.Usage(flagName, fmt.Errorf("%s%w", where, err)))
			return
		}
		found = append(found, b)
	}
	for _, careers := range o.Companies {
		add("-company", "", careers)
	}
	if o.CompaniesFile == "" {
		return found, errors.Join(wrong...)
	}
	list, err := os.ReadFile(o.CompaniesFile)
	if err != nil {
		return nil, commandline.Usage("-companies", err)
	}
	for n, entry := range commandline.Lines(list) {
		add("-companies", fmt.Sprintf("line %d: ", n), entry)
	}
	if len(found) == 0 && len(wrong) == 0 {
		return nil, commandline.Problem("-companies", "the file names no company; want a career page a line")
	}
	return found, errors.Join(wrong...)
}

func (o Options) companiesNamed() bool { return len(o.Companies) > 0 || o.CompaniesFile != "" }

// named reports whether companies or sites are named.
func (o Options) named() bool { return o.companiesNamed() || len(o.Sites) > 0 }

// openSites returns the board of all sites. It reads the pages that are named, and what they link
// to below them. Its client is its own, which asks no other host.
func (o Options) openSites() (*jsonld.Scraper, error) {
	below := make([]string, len(o.Sites))
	for i, page := range o.Sites {
		below[i] = regexp.QuoteMeta(strings.TrimSuffix(page, "/"))
	}
	follow, err := regexp.Compile(`^(?:` + strings.Join(below, "|") + `)[/?]`)
	if err != nil {
		return nil, err
	}
	return jsonld.New(&jsonld.Options{Pages: o.Sites, Follow: follow})
}

// openCompanies adds a scraper for each provider of the companies. If client is nil, each provider
// gets a client of its own pace.
func (b *Boards) openCompanies(o Options, client *http.Client, base string) error {
	list := demoboard.Companies()
	if !o.Demo() {
		var err error
		if list, err = o.companies(); err != nil {
			return err
		}
	}
	scrapers, err := ats.New(&ats.Options{Boards: list, Client: client, BaseURL: base})
	if err != nil {
		return err
	}
	for _, s := range scrapers {
		b.Scrapers = append(b.Scrapers, s)
	}
	return nil
}
