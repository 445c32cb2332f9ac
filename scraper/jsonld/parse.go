package jsonld

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/agent-forge/forge/scraper"
)

// Parse returns the postings of a page in its order: HTML, or JSON-LD alone. URLs are resolved against pageURL, which may be
// blank. A JobPosting inside another one is not a posting of the page. Parse returns an error that wraps scraper.ErrMarkup
// if it finds none, and at most 5,000 postings. It takes time and memory linear in the page's size, and any bytes.
func Parse(page []byte, pageURL string) ([]Posting, error) {
	d := read(page, pageURL, false)
	postings := d.postings()
	if len(postings) == 0 {
		return nil, fmt.Errorf("%w: no JobPosting in %s", scraper.ErrMarkup, d.saw())
	}
	return postings, nil
}

func (d *document) postings() (postings []Posting) {
	page := d.page()
	for o := range d.objects("JobPosting") {
		if len(postings) == maxPostings {
			d.broken++
			break
		}
		postings = append(postings, d.posting(o, page))
	}
	return postings
}

// maxPostings is how many postings, and how many scripts, are read of one page.
const maxPostings = 5000

// An Item is an entry of a list that names pages without describing them.
type Item struct {
	URL  string // absolute, where pageURL or the entry was
	Name string // blank: the list does not say
}

// ParseItems returns the entries that have a URL of every ItemList on the page (https://schema.org/ItemList), breadcrumbs
// left out. It returns an error that wraps scraper.ErrMarkup if there is no list; a list without entries is no error.
func ParseItems(page []byte, pageURL string) ([]Item, error) {
	d := read(page, pageURL, false)
	items, found := d.items()
	if !found {
		return nil, fmt.Errorf("%w: no ItemList in %s", scraper.ErrMarkup, d.saw())
	}
	return items, nil
}

// items also reports whether there is a list at all.
func (d *document) items() (items []Item, found bool) {
	for o := range d.objects("ItemList") {
		found = true
		for _, e := range list(o["itemListElement"]) {
			if it, ok := d.item(e); ok {
				items = append(items, it)
			}
		}
	}
	return items, found
}

func (d *document) item(v any) (Item, bool) {
	if s, ok := v.(string); ok {
		return Item{URL: d.resolve(s)}, s != ""
	}
	o := d.object(v)
	inner := d.object(o["item"])
	it := Item{URL: d.resolve(cmp.Or(link(o["url"]), link(o["item"]))), Name: firstText(o["name"], inner["name"], inner["title"])}
	return it, it.URL != ""
}

// A document is what the JSON-LD of one page says.
type document struct {
	sheet
	self   *url.URL // the page; nil: not known
	base   *url.URL // that URLs are relative to
	roots  []any
	byID   map[string]object
	broken int // scripts about jobs that are no JSON even after repair, or hold more than is read
}

func read(page []byte, pageURL string, links bool) *document {
	d := &document{sheet: scan(page, links), byID: map[string]object{}}
	if u, err := url.Parse(pageURL); err == nil && u.Host != "" {
		d.self, d.base = u, u
	}
	if u, err := url.Parse(d.resolve(d.baseHref)); err == nil && u.Host != "" {
		d.base = u
	}
	budget := maxValues
	for i, text := range d.scripts {
		if budget -= countValues(text); budget < 0 || i == maxPostings {
			d.broken++
			break
		}
		values, err := decode(text)
		if err != nil && (bytes.Contains(text, []byte("JobPosting")) || bytes.Contains(text, []byte("ItemList"))) {
			d.broken++
		}
		d.roots = append(d.roots, values...)
	}
	for o := range d.walk() {
		if id, ok := o["@id"].(string); ok && len(o) > 2 {
			if _, taken := d.byID[id]; !taken {
				d.byID[id] = o
			}
		}
	}
	return d
}

func (d *document) saw() string {
	s := fmt.Sprintf("%d JSON-LD scripts", len(d.scripts))
	if d.broken > 0 {
		s += fmt.Sprintf(", %d of them not readable", d.broken)
	}
	return s
}

// resolve makes a URL absolute, and blank if it is none that a browser could open.
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

// hasType reports whether an object's @type is name, alone or among others, with or without the vocabulary before it.
func hasType(o object, name string) bool {
	return slices.ContainsFunc(list(o["@type"]), func(v any) bool {
		s, _ := v.(string)
		return strings.EqualFold(s[strings.LastIndexAny(s, "/#:")+1:], name)
	})
}
