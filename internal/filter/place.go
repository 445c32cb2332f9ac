package filter

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// A Place is one place of an advert. Text is for places that the advert does not take apart:
// "Berlin, Germany". A field can name several: "Oslo or Bergen".
type Place struct{ Locality, Region, Country, Text string }

// A spot is what is understood of a place. An empty field is not known.
type spot struct {
	countries []string // one of these
	regions   []string // one of these; ISO 3166-2
	towns     []string // names, each of which can be what is meant
	anywhere  bool
	exactly   bool // the region's name is also a town's, so that it counts only where both sides name it
}

// unknown reports whether nothing is known of the spot, so that it can be everywhere.
func (s spot) unknown() bool {
	return s.anywhere || s.countries == nil && s.regions == nil && s.towns == nil
}

// wantsPlace reports whether one of the places can be one that was asked for.
func (f *Filter) wantsPlace(j *Job) bool {
	if f.places == nil {
		return true
	}
	if len(j.Applicants) > 0 {
		// An office is no limit for applicants, and the advert can mean either.
		return slices.ContainsFunc(j.Applicants, f.admits) || slices.ContainsFunc(j.Places, f.near)
	}
	return len(j.Places) == 0 || slices.ContainsFunc(j.Places, f.near) ||
		slices.ContainsFunc(j.Workplace, IsRemote)
}

// near reports whether a place can be one of those that the query names.
func (f *Filter) near(p Place) bool {
	return f.remember("near\x00"+p.Locality+"\x00"+p.Region+"\x00"+p.Country+"\x00"+p.Text, func() bool {
		return slices.ContainsFunc(p.spots(), f.covers)
	})
}

// admits reports whether somebody who lives where the query asks can be an applicant: the country
// decides.
func (f *Filter) admits(applicants string) bool {
	return f.remember("admits\x00"+applicants, func() bool {
		return slices.ContainsFunc(readPlace(applicants), func(s spot) bool {
			s.towns, s.regions = nil, nil
			return f.covers(s)
		})
	})
}

func (f *Filter) covers(there spot) bool {
	return slices.ContainsFunc(f.places, func(asked spot) bool { return asked.covers(there) })
}

// covers reports whether there can lie where the query asks.
func (s spot) covers(there spot) bool {
	switch {
	case s.unknown(), there.unknown():
		return true
	case s.countries != nil && there.countries != nil && !overlap(s.countries, there.countries):
		return false
	case s.towns == nil && s.regions == nil: // a country was asked for
		return true
	case there.towns == nil && there.regions == nil: // a country is all that is known
		return true
	case s.regions != nil && there.regions != nil && !overlap(s.regions, there.regions),
		s.exactly && there.regions == nil, there.exactly && s.regions == nil:
		return false
	case s.towns == nil || there.towns == nil: // one is a region, in which the other can lie
		return true
	}
	return sameTown(s.towns, there.towns)
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// sameTown reports whether a name of a town stands in a name of another list: "Frankfurt" in
// "Frankfurt am Main".
func sameTown(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			if hasWord(x, y) || hasWord(y, x) {
				return true
			}
		}
	}
	return false
}

// asked reads the location of a query. Nil: every place.
func asked(location string) []spot {
	rest, _ := CutRemote(location)
	spots := readPlace(rest)
	for i, s := range spots {
		if s.unknown() {
			return nil
		}
		var towns []string
		for _, t := range s.towns {
			towns = appendAll(append(towns, t), places().towns[t])
		}
		spots[i].towns = towns
	}
	return spots
}

func (p Place) spots() []spot {
	if p.Text != "" {
		return readPlace(p.Text)
	}
	if len(p.Locality)+len(p.Region)+len(p.Country) > maxPlace {
		return []spot{{}}
	}
	g := places()
	var out []spot
	for _, locality := range alternatives(p.Locality) {
		parts := append(split(locality), split(p.Region)...)
		s := spot{countries: g.countries[foldPlace(p.Country)]}
		if s.countries == nil {
			parts = append(parts, split(p.Country)...)
		}
		out = append(out, s.read(parts)...)
	}
	return out
}

// maxPlace is the length of the longest text, in bytes, that is read as a place.
const maxPlace = 500

// readPlace reads a place as people write it.
func readPlace(s string) (out []spot) {
	if len(s) > maxPlace {
		return []spot{{}}
	}
	for _, a := range alternatives(s) {
		out = append(out, spot{}.read(split(a))...)
	}
	return out
}

// between stand between places of which each is meant.
var between = regexp.MustCompile(`(?i)\s*[;|/~•·]\s*|\s+(?:or|and|oder|und|ou|et|&)\s+`)

// alternatives splits a text that names several places. The result is never empty.
func alternatives(s string) []string {
	if places().knows(foldPlace(s)) {
		return []string{s}
	}
	return between.Split(s, -1)
}

// separators stand between the parts of one place.
var separators = strings.NewReplacer(
	"(", ",", ")", ",", "[", ",", "]", ",", " - ", ",", " – ", ",", " — ", ",", ":", ",", "、", ",",
)

// split takes a place apart: "Bergen (Norway)", "Norway - Bergen".
func split(s string) []string {
	var parts []string
	for part := range strings.SplitSeq(separators.Replace(s), ",") {
		if part = clean(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// everyPlace is a part that names every place.
const everyPlace = "*"

// clean leaves the name of one part of a place, folded; empty if the part names none.
func clean(part string) string {
	g := places()
	part = strings.Trim(foldPlace(part), " -'\"")
	if g.knows(part) {
		return part
	}
	part = g.bare(part)
	switch {
	case slices.ContainsFunc(g.words["anywhere"], func(w string) bool { return hasWord(part, w) }),
		slices.Contains(g.words["world"], part):
		return everyPlace
	case !g.knows(part):
		part = withoutNumbers(part)
	}
	if slices.Contains(g.words["nowhere"], part) || !strings.ContainsFunc(part, unicode.IsLetter) {
		return ""
	}
	return part
}

// withoutNumbers leaves out numbers of houses and postal codes.
func withoutNumbers(s string) string {
	numbered := func(w string) bool { return strings.ContainsFunc(w, unicode.IsDigit) }
	return strings.Join(slices.DeleteFunc(strings.Fields(s), numbered), " ")
}

// read understands the parts of a place, the widest last, beside what s says already. A code can be
// a country's and a state's ("Oakland, CA"), and so be two spots.
func (s spot) read(parts []string) []spot {
	g := places()
	if slices.Contains(parts, everyPlace) {
		return []spot{{anywhere: true}}
	}
	out := []spot{s}
	for i, part := range slices.Backward(parts) {
		var next []spot
		for _, s := range out {
			next = append(
				next,
				s.with(part, g.countries[part], g.regions[part], i == 0 && g.townToo[part])...)
		}
		out = next
	}
	return out
}

// with adds one part to what is understood. town says that the part is more likely a town than the
// region of that name.
func (s spot) with(part string, countries, regions []string, town bool) (out []spot) {
	if countries != nil && s.countries == nil {
		as := s
		as.countries = countries
		out = append(out, as)
	}
	if s.countries != nil {
		regions = slices.DeleteFunc(slices.Clone(regions), func(r string) bool {
			return !slices.Contains(s.countries, r[:2])
		})
	}
	if len(regions) > 0 && s.regions == nil {
		as := s
		as.regions, as.exactly = regions, town
		if as.countries == nil {
			for _, r := range regions {
				as.countries = appendAll(as.countries, []string{r[:2]})
			}
		}
		out = append(out, as)
	}
	if out == nil || town {
		s.towns = append(slices.Clone(s.towns), part)
		out = append(out, s)
	}
	return out
}
