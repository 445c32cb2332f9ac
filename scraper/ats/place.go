package ats

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/facts"
	"github.com/agent-forge/forge/internal/filter"
	"github.com/agent-forge/forge/lead"
)

// setWorkplace notes where the work is done, by the provider's word for it.
func (j *job) setWorkplace(word string) {
	switch strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(word)) {
	case "remote", "fullyremote", "telecommute":
		word = "remote"
	case "hybrid", "hybridremote":
		word = "hybrid"
	case "onsite", "office", "inoffice":
		word = "on-site"
	default:
		return
	}
	if !slices.Contains(j.workplace, word) {
		j.workplace = append(j.workplace, word)
	}
	j.set(enrich.AttrWorkplace, j.workplace[0])
}

// addPlace adds a place in the provider's words.
func (j *job) addPlace(words string) {
	if words = facts.Place(words); words == "" {
		return
	}
	if !slices.Contains(j.shown, words) {
		j.shown = append(j.shown, words)
	}
	for name := range strings.SplitSeq(words, ";") {
		j.locate(filter.Place{Text: strings.TrimSpace(name)})
	}
}

// addAddress adds a place in parts, of which any can be empty.
func (j *job) addAddress(town, region, country string) {
	p := filter.Place{Locality: facts.Place(town), Region: facts.Place(region), Country: facts.Place(country)}
	var parts []string
	for _, s := range []string{p.Locality, p.Region, p.Country} {
		if s != "" && !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	if len(parts) == 0 {
		return
	}
	if words := strings.Join(parts, ", "); !slices.Contains(j.shown, words) {
		j.shown = append(j.shown, words)
	}
	j.locate(p)
}

// locate notes what a query can be compared with. Words for remote work make it a place of
// applicants.
func (j *job) locate(p filter.Place) {
	for _, field := range []*string{&p.Locality, &p.Text} {
		if rest, remote := filter.CutRemote(*field); remote {
			*field = rest
			j.setWorkplace("remote")
			if words := cmp.Or(p.Text, p.Locality, p.Region, p.Country); words != "" {
				j.applicants = append(j.applicants, words)
			}
			return
		}
	}
	if p != (filter.Place{}) && !slices.Contains(j.places, p) {
		j.places = append(j.places, p)
	}
}

// location writes the places in as many characters as a lead can have, whole places only.
func (j *job) location() string {
	const room = lead.MaxLocationRunes - len("Remote ()")
	said, size := false, 0
	var all []string
	for _, s := range j.shown {
		if size += utf8.RuneCountInString(s) + len("; "); size > room {
			break
		}
		all = append(all, s)
		said = said || filter.IsRemote(s)
	}
	s := strings.Join(all, "; ")
	switch {
	case said, len(j.workplace) == 0, j.workplace[0] != "remote":
		return s
	case s == "":
		return "Remote"
	}
	return "Remote (" + s + ")"
}

// show adds a place to those that a reader sees, and not to those that a query is compared with.
func (j *job) show(words string) {
	if words = facts.Place(words); words != "" && !slices.Contains(j.shown, words) {
		j.shown = append(j.shown, words)
	}
}
