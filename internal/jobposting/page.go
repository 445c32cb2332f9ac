package jobposting

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"github.com/agent-forge/forge/internal/dates"
)

// What is read of one page at most.
const (
	maxPostings = 5000 // postings, and scripts
	// maxValues bounds what a page's scripts hold: an empty object of two bytes costs a hundred
	// times as much in memory. A list of a thousand postings stays under 100,000.
	maxValues = 250_000
)

// A Page is what the JSON-LD of one page says.
type Page struct {
	Postings []Posting // in the page's order. A JobPosting inside another one is another job, and is left out
	Items    []Item    // the entries of every ItemList that have a URL; breadcrumbs are left out
	Lists    int       // ItemLists, those without entries included
	Links    []string  // absolute URLs that the page links to; read by [ReadWithLinks] only
	Next     []string  // those of Links that the page names as the one after it
	Scripts  int       // JSON-LD scripts
	// scripts about jobs that are not JSON even after repair, or that hold more than is read
	Broken int
	Cut    bool // the page ends in the middle of its JSON-LD
}

// An Item is an entry of a list that names a page without describing it.
type Item struct {
	URL  string // absolute, unless neither the entry's nor the page's URL was
	Name string // empty if the list does not say
}

// Read reads a page, which is HTML or JSON-LD alone. URLs are resolved against pageURL, which can
// be empty. It takes time and memory linear in the page's size, and every input is a page.
func Read(page []byte, pageURL string) *Page { return read(page, pageURL, false) }

// ReadWithLinks is [Read], and fills [Page.Links].
func ReadWithLinks(page []byte, pageURL string) *Page { return read(page, pageURL, true) }

// Saw says what there was instead of what was looked for: "2 JSON-LD scripts, 1 of them not
// readable".
func (p *Page) Saw() string {
	s := fmt.Sprintf("%d JSON-LD scripts", p.Scripts)
	if p.Broken > 0 {
		s += fmt.Sprintf(", %d of them not readable", p.Broken)
	}
	return s
}

func read(page []byte, pageURL string, links bool) *Page {
	found := scan(page, links)
	d := &document{byID: map[string]object{}}
	if u, err := url.Parse(pageURL); err == nil && u.Host != "" {
		d.self, d.base = u, u
	}
	if u, err := url.Parse(d.resolve(found.baseHref)); err == nil && u.Host != "" {
		d.base = u
	}
	p := &Page{Scripts: len(found.scripts)}
	p.Broken, p.Cut = d.decode(found.scripts)
	d.index(d.roots, 0, false, false)

	self := ""
	if d.self != nil {
		u := *d.self
		u.User, u.Fragment = nil, ""
		self = u.String()
	}
	for _, o := range d.jobs {
		if len(p.Postings) == maxPostings {
			p.Broken++
			break
		}
		p.Postings = append(p.Postings, d.posting(o, self))
	}
	p.Lists = len(d.lists)
	for _, o := range d.lists {
		for _, e := range list(o["itemListElement"]) {
			if it, ok := d.item(e); ok {
				p.Items = append(p.Items, it)
			}
		}
	}
	p.Links, p.Next = d.resolveAll(found.links), d.resolveAll(found.next)
	return p
}

func (d *document) resolveAll(links []string) (out []string) {
	for _, href := range links {
		if u := d.resolve(href); u != "" {
			out = append(out, u)
		}
	}
	return out
}

// A document is the JSON-LD of one page.
type document struct {
	self   *url.URL // the page; nil if it is not known
	base   *url.URL // that URLs are relative to
	roots  []any
	jobs   []object // JobPostings
	lists  []object // ItemLists
	byID   map[string]object
	proven *dates.Order // of days and months; nil until it is needed
}

// decode reads the scripts. It returns how many of them are broken, and whether one breaks off with
// the page.
func (d *document) decode(scripts []script) (broken int, cut bool) {
	size, budget := 0, maxValues
	for _, s := range scripts {
		size += len(s.text)
	}
	for i, s := range scripts {
		if size > maxValues { // a value takes a byte at least
			budget -= countValues(s.text)
		}
		if budget < 0 || i == maxPostings {
			return broken + 1, cut
		}
		values, err := s.decode()
		aboutJobs := bytes.Contains(s.text, []byte("JobPosting")) ||
			bytes.Contains(s.text, []byte("ItemList"))
		if err != nil && aboutJobs {
			broken++
			cut = cut || s.cut
		}
		d.roots = append(d.roots, values...)
	}
	return broken, cut
}

func (d *document) item(v any) (Item, bool) {
	if s, ok := v.(string); ok {
		it := Item{URL: d.resolve(s)}
		return it, it.URL != ""
	}
	o := d.object(v)
	inner := d.object(o["item"])
	it := Item{
		URL:  d.resolve(cmp.Or(link(o["url"]), link(o["item"]))),
		Name: firstText(o["name"], inner["name"], inner["title"]),
	}
	return it, it.URL != ""
}

// resolve makes a URL absolute, and empty if the URL has no http or https scheme.
func (d *document) resolve(s string) string {
	if s = strings.TrimSpace(s); s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	if d.base != nil {
		u = d.base.ResolveReference(u)
	}
	if u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	u.User = nil
	return u.String()
}
