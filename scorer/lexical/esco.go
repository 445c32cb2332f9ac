package lexical

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/words"
	"github.com/agent-forge/forge/lead"
)

// An ESCO is what [LoadESCO] read: occupations and skills with their names in one or more
// languages. It is immutable.
type ESCO struct {
	concepts []escoConcept
	identity string
}

// An escoConcept is one occupation or skill.
type escoConcept struct {
	name    string // as it is shown: English if there is an English file
	labels  []string
	kind    kind
	weight  float64
	field   string   // of work: the first three digits of the ISCO-08 group
	broader []string // names of broader concepts of the same kind
}

// LoadESCO reads the CSV files of ESCO, the European classification of skills and occupations, as
// its portal (https://esco.ec.europa.eu/en/use-esco/download) hands them out: occupations_xx.csv
// and skills_xx.csv in any of its languages, with broaderRelationsOccPillar,
// broaderRelationsSkillPillar and occupationSkillRelations where they are there. The files of
// several languages can lie side by side, or in folders; concepts of one URI are one. Other files
// are left alone.
//
// It brings the scorer some three thousand occupations with ten or more titles each and fourteen
// thousand skills, in the languages that are loaded, and with them trades that the vocabulary
// lacks. It costs about a second when the scorer is made and some tens of megabytes for each
// language. Names are found as the files write them, so that in languages with many endings it
// finds less; a name that the vocabulary has already keeps the meaning that it has there, and
// brings the occupation's other names to it.
//
// The error names the file and the column that is missing.
func LoadESCO(fsys fs.FS) (*ESCO, error) {
	r := escoReader{byURI: make(map[string]*escoConcept), uses: make(map[string]map[string]int)}
	var names []string
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(name, ".csv") {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("lexical: load ESCO: %w", err)
	}
	slices.SortFunc(names, func(a, b string) int { // English first, because its names are shown
		return cmp.Or(cmp.Compare(notEnglish(a), notEnglish(b)), strings.Compare(a, b))
	})
	for _, step := range []struct {
		prefix  string
		columns []string
		read    func(row func(column string) string)
	}{
		{"occupations", []string{"conceptUri", "preferredLabel", "altLabels", "iscoGroup"}, r.occupation},
		{"skills", []string{"conceptUri", "preferredLabel", "altLabels", "reuseLevel"}, r.skill},
		{"broaderRelationsOccPillar", []string{"conceptUri", "broaderUri"}, r.broader},
		{"broaderRelationsSkillPillar", []string{"conceptUri", "broaderUri"}, r.broader},
		{"occupationSkillRelations", []string{"occupationUri", "relationType", "skillUri"}, r.relation},
	} {
		for _, name := range names {
			if base := strings.TrimSuffix(path.Base(name), ".csv"); base != step.prefix &&
				!strings.HasPrefix(base, step.prefix+"_") {
				continue
			}
			if err := readCSV(fsys, name, step.columns, step.read); err != nil {
				return nil, fmt.Errorf("lexical: load ESCO: %s: %w", name, err)
			}
		}
	}
	if len(r.order) == 0 {
		return nil, fmt.Errorf("lexical: load ESCO: found no occupations_xx.csv and no skills_xx.csv: "+
			"give the folder in which the downloaded files lie: %w", fs.ErrNotExist)
	}
	return r.finish(), nil
}

func notEnglish(name string) int {
	if strings.HasSuffix(name, "_en.csv") {
		return 0
	}
	return 1
}

// readCSV calls read with each row of a file, whose columns are found by their names.
func readCSV(fsys fs.FS, name string, columns []string, read func(row func(column string) string)) error {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	rows := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	rows.ReuseRecord, rows.FieldsPerRecord, rows.LazyQuotes = true, -1, true
	header, err := rows.Read()
	if err != nil {
		return fmt.Errorf("read the header: %w", err)
	}
	at := make(map[string]int)
	for i, column := range header {
		at[strings.TrimSpace(column)] = i
	}
	for _, column := range columns {
		if _, ok := at[column]; !ok {
			return &lead.FieldError{
				Field: column, Problem: "missing: the file has no such column; download it anew as CSV",
			}
		}
	}
	for {
		record, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		read(func(column string) string {
			if i, ok := at[column]; ok && i < len(record) {
				return record[i]
			}
			return ""
		})
	}
}

// An escoReader gathers concepts by their URIs.
type escoReader struct {
	byURI map[string]*escoConcept
	order []string
	links [][2]string               // concept, broader concept
	uses  map[string]map[string]int // skill → field of work → occupations that need it
}

func (r *escoReader) occupation(row func(string) string) {
	c := r.concept(row, role)
	if group := row("iscoGroup"); len(group) >= 3 {
		c.field = "isco " + strings.TrimPrefix(group, "C")[:min(3, len(strings.TrimPrefix(group, "C")))]
	}
}

func (r *escoReader) skill(row func(string) string) {
	c := r.concept(row, skill)
	switch row("reuseLevel") {
	case "transversal":
		c.weight = 0.2
	case "cross-sector", "cross-sectoral":
		c.weight = 0.6
	}
}

// concept returns the concept of a row, with the row's labels added.
func (r *escoReader) concept(row func(string) string, k kind) *escoConcept {
	uri := row("conceptUri")
	c := r.byURI[uri]
	if c == nil {
		c = &escoConcept{kind: k, weight: 1}
		r.byURI[uri] = c
		r.order = append(r.order, uri)
	}
	if row("status") == "obsolete" {
		return c
	}
	for _, column := range []string{"preferredLabel", "altLabels", "hiddenLabels"} {
		for label := range strings.Lines(row(column)) {
			if label = lead.CleanLine(label); nameable(label) && !slices.Contains(c.labels, label) {
				c.labels = append(c.labels, label)
			}
		}
	}
	if c.name == "" && len(c.labels) > 0 {
		c.name = c.labels[0]
	}
	return c
}

// nameable reports whether a label can be looked for in texts and shown to people. Single words of
// everyday language, or of three letters and less, mean too much else.
func nameable(label string) bool {
	if n := utf8.RuneCountInString(label); n < 4 || n > enrich.MaxSkillRunes {
		return false
	}
	fields := strings.Fields(label)
	if len(fields) == 1 {
		word, _ := words.Fold(label)
		return !words.Empty(word)
	}
	return len(fields) < enrich.QuoteWords
}

func (r *escoReader) broader(row func(string) string) {
	r.links = append(r.links, [2]string{row("conceptUri"), row("broaderUri")})
}

func (r *escoReader) relation(row func(string) string) {
	occupation, uri := r.byURI[row("occupationUri")], row("skillUri")
	if occupation == nil || occupation.field == "" || row("relationType") != "essential" {
		return
	}
	if r.uses[uri] == nil {
		r.uses[uri] = make(map[string]int)
	}
	r.uses[uri][occupation.field]++
}

// finish gives each skill the field of most occupations that need it, and each concept its broader
// ones. Groups are none.
func (r *escoReader) finish() *ESCO {
	for _, link := range r.links {
		c, broader := r.byURI[link[0]], r.byURI[link[1]]
		if c != nil && broader != nil && c.kind == broader.kind && broader.name != "" {
			c.broader = append(c.broader, broader.name)
		}
	}
	e := &ESCO{}
	hash := sha256.New()
	for _, uri := range r.order {
		c := r.byURI[uri]
		if c.name == "" {
			continue
		}
		most := 0
		for field, n := range r.uses[uri] {
			if n > most || n == most && field < c.field {
				c.field, most = field, n
			}
		}
		e.concepts = append(e.concepts, *c)
		_, _ = fmt.Fprintf(
			hash, "%q %d %v %q %q\n", c.labels, c.kind, c.weight, c.field, c.broader,
		) // a hash never fails to write
	}
	e.identity = fmt.Sprintf("%x", hash.Sum(nil))
	return e
}

// addESCO enters the concepts. One of which the vocabulary has a name of the same kind already is
// that one.
func (v *vocabulary) addESCO(byName map[string]int32, e *ESCO) {
	domains := make(map[string]int32)
	domainOf := func(field string) int32 {
		if field == "" {
			return v.general
		}
		if _, ok := domains[field]; !ok {
			v.domains = append(v.domains, domain{name: field})
			domains[field] = int32(len(v.domains) - 1)
		}
		return domains[field]
	}
	ids := make(map[string]int32)
	for _, c := range e.concepts {
		id := v.named(c)
		if id == unknown {
			id = v.add(
				byName, concept{name: c.name, kind: c.kind, domain: domainOf(c.field), weight: c.weight},
				c.labels,
			)
		} else {
			v.add(byName, v.concepts[id], c.labels)
		}
		ids[c.name] = id
	}
	for _, c := range e.concepts {
		for _, name := range c.broader {
			if id, parent := ids[c.name], ids[name]; id != parent {
				v.concepts[id].parents = appendNew(v.concepts[id].parents, parent)
			}
		}
	}
	for a, i := range domains { // fields of one group are near: the first two digits
		for b, j := range domains {
			if i != j && a[:len(a)-1] == b[:len(b)-1] {
				v.domains[i].near = appendNew(v.domains[i].near, j)
			}
		}
		slices.Sort(v.domains[i].near)
	}
}

// named returns the concept of the same kind that has one of c's names already.
func (v *vocabulary) named(c escoConcept) int32 {
	for _, label := range c.labels {
		node := int32(0)
		for _, t := range v.tokens(label) {
			next, ok := v.next[edge{node, t.id}]
			if t.id == unknown || !ok {
				node = 0
				break
			}
			node = next
		}
		if s, ok := v.ends[node]; ok && node != 0 && !s.ambiguous && v.concepts[s.concept].kind == c.kind {
			return s.concept
		}
	}
	return unknown
}
