package jsonld

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/agent-forge/forge/internal/jobposting"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/fetch"
)

// An identity is what tells a posting from every other one.
//
// What postings state cannot be trusted alone: an identifier is often the employer's name or a
// requisition that several jobs share, and a URL is often the list's or the front page's. What a
// search sees beside a posting cannot be used either, because the key of a job must not change when
// other jobs come and go. So a key is made of the posting's own members, of as few as tell it
// apart, and two postings that still have the same key, and are seen to differ, get the next longer
// one.
type identity struct {
	*jobposting.Posting
	own   string   // where the posting says that its page is, if that can be an advert's page; canonical
	url   string   // own, as the posting writes it
	found bool     // it was read there
	id    string   // the identifier, if it can be one
	title string   // folded
	text  uint64   // hash of the text; 0: it has none
	keys  []string // external ids that it can have, the one of fewest members first
}

const maxIdentifier = 128 // bytes; longer ones are texts

// identify returns a posting's identity. alone says that its page has no other.
func (s *Scraper) identify(p *jobposting.Posting, alone bool) identity {
	i := identity{Posting: p, title: strings.ToLower(norm.NFKC.String(p.Title)), text: p.TextHash(s.seed)}
	if len(p.ID) <= maxIdentifier {
		i.id = p.ID
	}
	page, fragment := canonicalURL(p.Page), ""
	for _, u := range p.URLs {
		c := canonicalURL(u)
		if c == page && fragment == "" {
			fragment = fragmentOf(u)
		}
		elsewhere := alone && c != page && s.follows(p.Page) && !s.follows(u)
		if i.own == "" && s.isAdvert(u) && !elsewhere {
			i.own, i.url, i.found = c, u, c == page
		}
	}
	at := cmp.Or(i.own, page)
	if names(at, i.id) {
		i.keys = append(i.keys, s.key(at, i.id))
	}
	if i.own != "" {
		i.keys = append(i.keys, s.key(at, hash("advert", i.own, i.title)))
	}
	place := strings.ToLower(p.Location)
	i.keys = append(i.keys, s.key(page, hash("page", page, fragment, p.ID, i.title, place)))
	return i
}

// follows reports whether Options.Follow leads to a page that can be one advert's. The only posting
// of such a page is at home there, unless it names another page of that kind.
func (s *Scraper) follows(rawURL string) bool {
	return s.follow != nil && s.follow.MatchString(rawURL) && s.isAdvert(rawURL)
}

// textKey is the key of a posting that has nothing but its text to tell it from another one. A new
// text makes it a new job.
func (s *Scraper) textKey(i *identity) string {
	page := canonicalURL(i.Page)
	return s.key(page, hash("text", page, i.title, i.Description()))
}

// key puts the host before an id where several hosts may use the same one.
func (s *Scraper) key(canonical, id string) string {
	if len(s.hosts) > 1 {
		host, _, _ := strings.Cut(canonical, "/")
		return host + "/" + id
	}
	return id
}

func hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// names reports whether a URL is made of an identifier, so that each confirms the other:
// "/jobs/1042", "/job?id=1042".
func names(canonical, id string) bool {
	if !strings.ContainsFunc(id, unicode.IsDigit) {
		return false
	}
	path, query, hasQuery := strings.Cut(canonical, "?")
	if hasQuery {
		_, value, _ := strings.Cut(query, "=")
		return strings.EqualFold(value, url.QueryEscape(id))
	}
	return strings.EqualFold(path[strings.LastIndexByte(path, '/')+1:], id)
}

// differs reports whether two postings with the same key are two jobs.
func (i *identity) differs(other *identity) bool {
	unlike := func(a, b string) bool { return a != "" && b != "" && a != b }
	// A list can show a part of the text, so texts count only where neither is the advert's own
	// page.
	texts := !i.found && !other.found && i.text != 0 && other.text != 0
	return i.title != other.title || unlike(i.own, other.own) || unlike(i.id, other.id) ||
		texts && i.text != other.text
}

// trackers are parts of queries that do not tell pages apart.
var trackers = wordSet(`gclid fbclid msclkid yclid dclid gbraid wbraid gh_src mc_cid mc_eid _ga _gl
	_hsenc _hsmi jsessionid phpsessid lever-source lever-origin trk trackingid igshid mkt_tok`)

// canonicalURL leaves out what changes without changing the page: host, path and query remain.
func canonicalURL(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return s
	}
	q := u.Query()
	for k := range q {
		name := strings.TrimSuffix(strings.ToLower(k), "[]")
		if strings.HasPrefix(name, "utm_") || trackers[name] {
			q.Del(k)
		}
	}
	host := strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(u.Host), ":443"), ":80")
	path, _, _ := strings.Cut(u.Path, ";jsessionid=")
	c := host + strings.TrimRight(path, "/")
	if len(q) > 0 {
		c += "?" + q.Encode()
	}
	return c
}

func fragmentOf(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return u.Fragment
}

var (
	// language is a path that holds a language only: "/en", "/de-CH".
	language = regexp.MustCompile(`^[a-z]{2}(?:[-_][a-z]{2})?$`)
	// general are last parts of paths that lead to the site, to a list of jobs or to a form, and
	// never to one advert.
	general = wordSet(`
		home index default main welcome start career careers job jobs vacancy vacancies opening
		openings position positions opportunity opportunities role roles listing listings all-jobs
		all-positions job-list joblist job-listing job-listings job-openings job-search jobsearch
		job-board jobboard search results current-openings current-vacancies open-positions
		open-jobs open-roles open-vacancies work-with-us work-for-us join join-us joinus
		jobs-and-careers careers-home hiring we-are-hiring recruitment recruiting employment team
		company about about-us karriere stellen stellenangebote stellenanzeigen offene-stellen
		jobboerse jobbörse jobangebote bewerbung emploi emplois offres offres-emploi offres-d-emploi
		recrutement carriere carrieres carrières nous-rejoindre empleo empleos ofertas
		ofertas-de-empleo trabaja-con-nosotros vacantes carrera carreras lavora-con-noi
		posizioni-aperte offerte-di-lavoro vagas vagas-abertas carreira carreiras trabalhe-conosco
		vacatures werken-bij praca kariera oferty-pracy kariéra volne-pozice lediga-jobb jobb
		karriär karriar ledige-stillinger avoimet-tyopaikat kariyer iş-ilanları apply apply-now
		application applications form contact kontakt login register signup`)
	// paging are names in queries of lists.
	paging = wordSet(`page start offset from limit size sort order q query keyword keywords search s
		location category department team lang language locale`)
)

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// isAdvert reports whether a URL can be that of one advert's page: on an allowed host, and neither
// a page of the options nor one that every site has.
func (s *Scraper) isAdvert(rawURL string) bool {
	u, err := url.Parse(rawURL)
	if err != nil || u.Host == "" || !fetch.Allowed(s.hosts, u) {
		return false
	}
	canonical := canonicalURL(rawURL)
	if s.lists[canonical] {
		return false
	}
	path, query, _ := strings.Cut(canonical, "?")
	_, path, _ = strings.Cut(path, "/")
	last := strings.ToLower(path[strings.LastIndexByte(path, '/')+1:])
	for _, extension := range []string{".html", ".htm", ".php", ".aspx", ".asp", ".jsp", ".cfm"} {
		last = strings.TrimSuffix(last, extension)
	}
	if last != "" && !general[last] && !language.MatchString(strings.ToLower(path)) {
		return true
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return false
	}
	for k := range values { // "/careers?job=7"
		if !paging[strings.ToLower(k)] {
			return true
		}
	}
	return false
}

// aroundTitles are words beside titles that name no job.
const aroundTitles = "m w f d x h gn div divers all genders remote hybrid job jobs career careers at"

// sameTitle reports whether two titles of one page name one job. Lists and adverts write them
// differently: with the employer, with the place, with letters that invite everybody.
func sameTitle(l lead.Lead, p *jobposting.Posting) bool {
	around := titleWords(
		strings.Join([]string{l.Company, p.Company, l.Location, p.Location, aroundTitles}, " "),
	)
	core := func(title string) []string {
		return slices.DeleteFunc(titleWords(title), func(w string) bool {
			number := strings.ContainsFunc(
				w, unicode.IsDigit,
			) // tells "Cook 2" from "Cook 3", also at "Studio 3"
			return slices.Contains(around, w) && !number
		})
	}
	a, b := core(l.Title), core(p.Title)
	if len(a) == 0 || len(b) == 0 {
		a, b = titleWords(l.Title), titleWords(p.Title)
	}
	return slices.Equal(a, b)
}

func titleWords(s string) []string {
	return strings.FieldsFunc(strings.ToLower(norm.NFKC.String(s)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) &&
			!strings.ContainsRune("+#", r)
	})
}
