package lexical

import (
	"strings"
	"unicode/utf8"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
)

// maxPostingBytes is how much of each text of a posting is read: real ones stay under half of it.
const maxPostingBytes = 64 << 10

// How much a mention counts by where it stands. Benefits, the company and legal notes say nothing about who fits.
const (
	inTitle            = 1.5
	inRequirements     = 1.0
	inResponsibilities = 0.7
	inPreferred        = 0.5
	elsewhere          = 0.6 // beside a section of requirements
	inPlainText        = 0.85
)

// A want is one skill that a posting asks for.
type want struct {
	concept int32
	weight  float64
	group   int32 // wants of one group are alternatives: "Go, Java or a similar language"; -1: it stands for itself
	seen    int   // mentions
}

// A demand is what a posting asks for.
type demand struct {
	roles      []int32
	wants      []want
	share      []float64 // of each domain in what is asked, together 1; all 0 if nothing was recognised
	words      map[string]bool
	titleWords map[string]bool
	years      int // -1: the posting does not say
	rank       int
	readable   bool // in an alphabet and a language that this scorer reads
}

// A part is one text of a posting.
type part struct {
	text     string
	counts   float64
	title    bool
	required bool
}

func partsOf(p enrich.Posting) []part {
	parts := []part{{text: p.Lead.Title, counts: inTitle, title: true}}
	requirements := firstBytes(p.Data.Requirements)
	if strings.TrimSpace(requirements) != "" {
		parts = append(parts, part{text: requirements, counts: inRequirements, required: true})
	}
	if skills := p.Data.Attributes[enrich.AttrSkills]; skills != "" {
		parts = append(parts, part{text: skills, counts: inRequirements, required: true})
	}
	if years := p.Data.Attributes[enrich.AttrExperience]; years != "" {
		parts = append(parts, part{text: years, counts: inRequirements, required: true})
	}
	sections := advert.Sections(firstBytes(p.Data.Description))
	rest := inPlainText
	for _, s := range sections {
		if s.Kind == advert.SectionRequirements && s.Text != "" || len(parts) > 1 {
			rest = elsewhere
		}
	}
	for _, s := range sections {
		switch s.Kind {
		case advert.SectionRequirements:
			parts = append(parts, part{text: s.Text, counts: inRequirements, required: true})
		case advert.SectionPreferred:
			parts = append(parts, part{text: s.Text, counts: inPreferred})
		case advert.SectionResponsibilities:
			parts = append(parts, part{text: s.Text, counts: inResponsibilities})
		case advert.SectionOther:
			parts = append(parts, part{text: s.Text, counts: rest})
		case advert.SectionBenefits, advert.SectionCompany, advert.SectionLegal:
		}
	}
	return parts
}

func firstBytes(s string) string {
	if len(s) <= maxPostingBytes {
		return s
	}
	s = s[:maxPostingBytes]
	for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func (v *vocabulary) demandOf(p enrich.Posting) demand {
	d := demand{
		share: make([]float64, len(v.domains)), words: make(map[string]bool), titleWords: make(map[string]bool), years: -1, rank: rankUnknown,
	}
	r := posting{v: v, d: &d, at: make(map[int32]int), inText: make(map[int32]int)}
	r.ignored = make(map[string]bool)
	for _, t := range v.tokens(p.Lead.Company + "\n" + p.Lead.Location) {
		r.ignored[t.word] = true
	}
	for _, part := range partsOf(p) {
		r.read(part)
	}
	r.finish(p.Data.Attributes)
	return d
}

// A posting is a demand in the making.
type posting struct {
	v       *vocabulary
	d       *demand
	at      map[int32]int   // concept → its place in wants
	inText  map[int32]int   // role → mentions outside the title
	ignored map[string]bool // words of the company's name and the place
	groups  int32
	tokens  int
	common  int
	hits    int
}

func (r *posting) read(part part) {
	tokens := r.v.tokens(part.text)
	hits := r.v.find(tokens)
	r.tokens += len(tokens)
	r.hits += len(hits)
	group := int32(-1)
	line, alternatives := int32(-1), false
	for _, h := range hits {
		if l := tokens[h.start].line; l != line {
			line, alternatives = l, isChoice(tokens, h.start)
			r.groups++
			group = r.groups
		}
		c := r.v.concepts[h.concept]
		if c.kind == role {
			r.role(part, tokens, h)
			continue
		}
		w := want{concept: h.concept, weight: c.weight * part.counts, group: -1, seen: 1}
		if alternatives && !part.title {
			w.group = group
		}
		r.want(w)
	}
	r.unknown(part, tokens, hits)
	if part.title {
		r.d.rank = r.v.rankOfTitle(tokens)
		return
	}
	r.years(part, tokens)
}

// want adds a mention of a skill. The mention that counts most decides its weight; one that stands for itself is no
// alternative.
func (r *posting) want(w want) {
	i, known := r.at[w.concept]
	if !known {
		r.at[w.concept] = len(r.d.wants)
		r.d.wants = append(r.d.wants, w)
		return
	}
	old := &r.d.wants[i]
	old.seen++
	old.weight = max(old.weight, w.weight)
	if w.group < 0 {
		old.group = -1
	}
}

// role notes a role. Those in the title are the job's, and ask for the skills that they imply: a Go developer for Go. Others
// are counted, for a title that names none.
func (r *posting) role(part part, tokens []token, h hit) {
	if part.title {
		r.d.roles = appendNew(r.d.roles, h.concept)
		for _, parent := range r.v.concepts[h.concept].parents {
			if c := r.v.concepts[parent]; c.kind == skill {
				r.want(want{concept: parent, weight: c.weight * part.counts, group: -1, seen: 1})
			}
		}
		return
	}
	if !plural(tokens, h) {
		r.inText[h.concept]++
	}
}

// isChoice reports whether the line of token i lists alternatives.
func isChoice(tokens []token, i int) bool {
	for i > 0 && tokens[i-1].line == tokens[i].line {
		i--
	}
	for line := tokens[i].line; i < len(tokens) && tokens[i].line == line; i++ {
		switch tokens[i].word {
		case "or", "similar", "equivalent", "such", "oder", "ou":
			return true
		}
	}
	return false
}

// plural reports whether the role at h was written as a plural: "work with nurses" does not make one a nurse.
func plural(tokens []token, h hit) bool {
	last := h.end - 1
	if !tokens[last].many {
		return false
	}
	_, many := fold(h.spelling.form[len(h.spelling.form)-1])
	return !many
}

// unknown gathers the words that the vocabulary does not know: the fallback for trades that it lacks. Words with a capital
// are names as a rule, but for those that open a sentence, and in requirements, where they are tools.
func (r *posting) unknown(part part, tokens []token, hits []hit) {
	next := 0
	for i, t := range tokens {
		for next < len(hits) && hits[next].end <= i {
			next++
		}
		if r.v.common[t.word] {
			r.common++
		}
		if next < len(hits) && hits[next].start <= i || !r.v.telling(t) {
			continue
		}
		if part.title {
			r.d.titleWords[stem(t.word)] = true
			continue
		}
		if r.ignored[t.word] || t.upper && t.sep != hard && !part.required {
			continue
		}
		r.d.words[stem(t.word)] = true
	}
}

// telling reports whether a word may tell one trade from another.
func (v *vocabulary) telling(t token) bool {
	if len(t.word) < 4 || t.word[0] >= '0' && t.word[0] <= '9' || v.common[t.word] {
		return false
	}
	_, rank := v.level[t.word]
	return !rank
}

// stem takes the commonest English endings off a word, so that "welded" and "welding" are one.
func stem(word string) string {
	for _, ending := range []string{"ing", "ed", "er"} {
		if len(word) > len(ending)+4 && strings.HasSuffix(word, ending) {
			return word[:len(word)-len(ending)]
		}
	}
	return strings.TrimSuffix(word, "e")
}

func (r *posting) years(part part, tokens []token) {
	for i := 0; i < len(tokens); i++ {
		n, end, ok := yearMention(tokens, i)
		if !ok {
			continue
		}
		i = end - 1
		if n <= maxAsked && (part.required || mentionsExperience(tokens, end)) {
			r.d.years = max(r.d.years, n)
		}
	}
}

// mentionsExperience reports whether the words before token end or after it speak of experience.
func mentionsExperience(tokens []token, end int) bool {
	for i := max(0, end-6); i < len(tokens) && i < end+6; i++ {
		if tokens[i].line != tokens[end-1].line {
			continue
		}
		switch tokens[i].word {
		case "experience", "experienced", "work", "worked", "working", "practice", "background", "erfahrung", "berufserfahrung", "experiencia":
			return true
		}
	}
	return false
}

// finish draws the sums.
func (r *posting) finish(attributes map[string]string) {
	d, v := r.d, r.v
	if d.rank == rankUnknown {
		d.rank = rankOfAttribute(attributes)
	}
	specific := false
	for _, c := range d.roles {
		specific = specific || v.concepts[c].domain != v.general
	}
	if !specific {
		best, most := int32(-1), 0
		for c, n := range r.inText {
			if v.concepts[c].domain != v.general && (n > most || n == most && c < best) {
				best, most = c, n
			}
		}
		if best >= 0 && most > 0 {
			d.roles = append(d.roles, best)
		}
	}
	total := 0.0
	add := func(c int32, w float64) {
		if dom := v.concepts[c].domain; dom != v.general {
			d.share[dom] += w
			total += w
		}
	}
	for i := range d.wants {
		w := &d.wants[i]
		w.weight *= 1 + 0.15*float64(min(w.seen-1, 3))
		add(w.concept, w.weight)
	}
	for _, c := range d.roles {
		add(c, 4)
	}
	for i := range d.share {
		if total > 0 {
			d.share[i] /= total
		}
	}
	d.readable = r.hits > 0 || r.tokens < 20 || float64(r.common) >= 0.05*float64(r.tokens)
}
