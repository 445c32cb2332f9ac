package jobposting

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agent-forge/forge/internal/filter"
	"github.com/agent-forge/forge/lead"
)

// places reads what a posting says of where the work is done: jobLocation and jobLocationType, and
// where remote workers can be. Words for remote work in an address make the job remote, and the
// place beside them one of applicants.
func (d *document) places(p *Posting, o object) {
	p.Workplace = sayings(o["jobLocationType"])
	for _, e := range list(o["applicantLocationRequirements"]) {
		place := d.place(e)
		p.Applicants = appendNew(p.Applicants, line(place))
	}
	where := o["jobLocation"]
	if where == nil {
		where = o["location"]
	}
	for _, e := range list(where) {
		if within := d.object(e); hasType(within, "VirtualLocation") {
			p.Workplace = appendNew(p.Workplace, "VirtualLocation")
		}
		for _, place := range d.addresses(e) {
			p.addPlace(place)
		}
	}
	p.Remote = len(p.Applicants) > 0 || slices.ContainsFunc(p.Workplace, filter.IsRemote)
	p.Location = p.location()
}

func (p *Posting) addPlace(place filter.Place) {
	for _, field := range []*string{&place.Locality, &place.Text} {
		rest, remote := filter.CutRemote(*field)
		if !remote {
			continue
		}
		*field = rest
		p.Workplace = appendNew(p.Workplace, "remote")
		p.Applicants = appendNew(p.Applicants, line(place))
		return
	}
	if line(place) != "" && len(p.Places) < maxEntries && !slices.Contains(p.Places, place) {
		p.Places = append(p.Places, place)
	}
}

// addresses returns the places that a Place, a PostalAddress, an AdministrativeArea or a text
// names.
func (d *document) addresses(v any) (out []filter.Place) {
	o := d.object(v)
	if o == nil {
		return separate(filter.Place{Text: said(v)})
	}
	addresses := list(o["address"])
	if len(addresses) == 0 {
		addresses = []any{o}
	}
	for _, a := range addresses {
		if _, isText := a.(string); isText {
			out = append(out, separate(filter.Place{Text: said(a)})...)
			continue
		}
		for _, town := range d.towns(a) {
			place := d.place(a)
			if place.Text == "" {
				place.Locality = town
			}
			out = append(out, separate(place)...)
		}
	}
	if len(addresses) > 0 && !slices.ContainsFunc(out, func(p filter.Place) bool { return line(p) != "" }) {
		out = append(out, filter.Place{Text: cmp.Or(said(o["name"]), postal(d.object(addresses[0])))})
	}
	return out
}

// towns returns the localities of an address; one that is empty if it has none.
func (d *document) towns(v any) []string {
	names := sayings(d.object(v)["addressLocality"])
	if len(names) == 0 {
		return []string{""}
	}
	return names
}

// separate takes a field apart that names several places: "Oslo~Bergen".
func separate(p filter.Place) (out []filter.Place) {
	field := &p.Locality
	if p.Text != "" {
		field = &p.Text
	}
	between := func(r rune) bool { return strings.ContainsRune("~|;\n", r) }
	for name := range strings.FieldsFuncSeq(*field, between) {
		if name = lead.CleanLine(name); !nothing(name) {
			one := p
			if p.Text != "" {
				one.Text = name
			} else {
				one.Locality = name
			}
			out = append(out, one)
		}
	}
	if out == nil {
		out = []filter.Place{p}
	}
	return out
}

// place reads one address, or what a place is called.
func (d *document) place(v any) filter.Place {
	o := d.object(v)
	if o == nil {
		return filter.Place{Text: said(v)}
	}
	p := filter.Place{
		Locality: said(o["addressLocality"]), Region: said(o["addressRegion"]),
		Country: cmp.Or(d.name(o["addressCountry"]), said(o["addressCountry"])),
	}
	if p == (filter.Place{}) {
		p.Text = said(o["name"])
	}
	return p
}

// postal is the last that an address says.
func postal(o object) string { return cmp.Or(said(o["streetAddress"]), said(o["postalCode"])) }

// line writes a place for people.
func line(p filter.Place) string {
	if p.Text != "" {
		return p.Text
	}
	var parts []string
	for _, s := range []string{p.Locality, p.Region, p.Country} {
		if s != "" && !slices.ContainsFunc(parts, func(p string) bool { return strings.EqualFold(p, s) }) {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

// location writes the places in as many characters as a lead can have, whole places only.
func (p *Posting) location() string {
	var all []string
	if p.Remote {
		all = slices.Clone(p.Applicants)
	}
	for _, place := range p.Places {
		all = appendNew(all, line(place))
	}
	const room = lead.MaxLocationRunes - len("Remote ()")
	size := 0
	for i, s := range all {
		if size += utf8.RuneCountInString(s) + len("; "); size > room {
			all = all[:i]
			break
		}
	}
	s := strings.Join(all, "; ")
	switch {
	case !p.Remote:
		return s
	case s == "":
		return "Remote"
	default:
		return "Remote (" + s + ")"
	}
}
