package filter

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// A gazetteer knows countries, groups of countries, states and towns by all their names.
type gazetteer struct {
	countries map[string][]string // by name or code of a country or group: codes of countries
	regions   map[string][]string // by name or code: codes such as "US-TX"
	townToo   map[string]bool     // names of regions that are names of towns, too
	towns     map[string][]string // by name: all names of the town
	words     map[string][]string // that stand around names, or in place of one
}

var (
	//go:embed data/countries.txt
	countriesFile string
	//go:embed data/aliases.txt
	aliasesFile string
	//go:embed data/regions.txt
	regionsFile string
	//go:embed data/towns.txt
	townsFile string
	//go:embed data/placewords.txt
	placeWordsFile string
)

// places is read at the first use, and never changes.
var places = sync.OnceValue(func() *gazetteer {
	g := &gazetteer{
		countries: map[string][]string{}, regions: map[string][]string{}, townToo: map[string]bool{},
		towns: map[string][]string{}, words: map[string][]string{},
	}
	for line := range strings.Lines(countriesFile + aliasesFile) {
		g.country(strings.Split(strings.TrimSpace(line), "\t"))
	}
	for line := range strings.Lines(regionsFile) {
		code, short, names := cut3(line)
		if short == "+" {
			_, name, _ := strings.Cut(code, "-")
			g.region(code, name)
		}
		for name := range strings.SplitSeq(names, "|") {
			name, townToo := strings.CutPrefix(name, "~")
			g.region(code, name)
			g.townToo[foldPlace(name)] = townToo
		}
	}
	for line := range strings.Lines(placeWordsFile) {
		kind, words, _ := strings.Cut(line, "\t")
		g.words[kind] = foldPlaces(words)
	}
	for line := range strings.Lines(townsFile) {
		names := foldPlaces(line)
		for _, name := range names {
			g.towns[name] = append(g.towns[name], names...)
		}
	}
	return g
})

// bare takes the words around a name away.
func (g *gazetteer) bare(part string) string {
	for rest, found := part, true; found; part = rest {
		found = false
		for _, w := range g.words["before"] {
			if bare, ok := strings.CutPrefix(rest, w+" "); ok {
				rest, found = bare, true
			}
		}
		for _, w := range g.words["after"] {
			if bare, ok := strings.CutSuffix(rest, " "+w); ok {
				rest, found = bare, true
			}
		}
	}
	return part
}

// knows reports whether a folded name or code is in one of the lists.
func (g *gazetteer) knows(name string) bool {
	return g.countries[name] != nil || g.regions[name] != nil || g.towns[name] != nil
}

// country reads a line of two fields, a country's other names, or of three: a country or a group.
func (g *gazetteer) country(fields []string) {
	code, names, codes := fields[0], fields[len(fields)-1], []string{fields[0]}
	known := g.countries[foldPlace(code)]
	switch {
	case len(fields) == 3 && len(fields[1]) == 3 && len(code) == 2: // NO NOR names
		names += "|" + code + "|" + fields[1]
	case len(fields) == 3: // 150 or DACH, members, names
		codes = nil
		for member := range strings.SplitSeq(fields[1], ",") {
			codes = append(codes, g.members(member)...)
		}
		names += "|" + code
	case known != nil: // more names for what is known
		codes = known
	}
	for name := range strings.SplitSeq(names, "|") {
		name = foldPlace(name)
		g.countries[name] = appendAll(g.countries[name], codes)
	}
}

// members returns the countries of a group, or the country itself.
func (g *gazetteer) members(code string) []string {
	if codes := g.countries[foldPlace(code)]; codes != nil {
		return codes
	}
	return []string{code}
}

func (g *gazetteer) region(code, name string) {
	name = foldPlace(name)
	g.regions[name] = appendAll(g.regions[name], []string{code})
}

func cut3(line string) (a, b, c string) {
	a, rest, _ := strings.Cut(strings.TrimSpace(line), "\t")
	b, c, _ = strings.Cut(rest, "\t")
	return a, b, c
}

func appendAll(list, more []string) []string {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// digraphs are how umlauts are written without them.
var digraphs = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u")

// foldPlace makes names of places comparable. Codes of up to three letters stay as they are.
func foldPlace(s string) string {
	s = strings.TrimSpace(strings.ReplaceAll(foldText(s), ".", ""))
	if len(s) > 3 {
		s = digraphs.Replace(s)
	}
	return s
}

// foldPlaces folds names with bars between them.
func foldPlaces(s string) (names []string) {
	for name := range strings.SplitSeq(s, "|") {
		names = append(names, foldPlace(name))
	}
	return names
}
