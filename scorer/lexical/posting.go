package lexical

import (
	"strings"
	"unicode/utf8"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/internal/words"
)

// maxPostingBytes is how much of each text of a posting is read: real ones stay under half of it.
const maxPostingBytes = 64 << 10

// How much a mention counts by where it stands. Benefits, the company and legal notes say nothing
// about who fits.
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
	// wants of one group are alternatives: "Go, Java or a similar language"; -1: it stands for itself
	group int32
	seen  int // mentions
}

// A demand is what a posting asks for.
type demand struct {
	roles     []int32
	wants     []want
	share     []float64 // of each domain in what is asked, together 1; all 0 if nothing was recognised
	title     []term
	terms     []term  // of the whole posting, the title included
	knowledge float64 // how well the vocabulary knows the posting, 0 to 1
	years     int     // -1: the posting does not say
	rank      int
	mix       words.Mix
	open      bool    // the post is for people without experience of the trade
	welcomes  []int32 // domains whose people it welcomes
	readable  bool    // in a language whose grammar is known
	chance    float64 // the weight of terms that the résumé has by chance, because the demand is a sketch's
}

// knownLanguage is the share of known terms from which on a text without grammar, such as a list,
// is readable.
const knownLanguage = 0.3

// A part is one text of a posting.
type part struct {
	text     string
	counts   float64
	title    bool
	required bool
	words    []words.Token
	tokens   []token
	hits     []hit
}

func partsOf(p enrich.Posting) []part {
	parts := []part{{text: titleOf(p), counts: inTitle, title: true}}
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

// titleOf returns the posting's title, or where it has none the beginning of the text. A title that
// goes on like a sentence is cut.
func titleOf(p enrich.Posting) string {
	title := p.Lead.Title
	if strings.TrimSpace(title) == "" {
		title, _, _ = strings.Cut(strings.TrimSpace(p.Data.Description), "\n")
	}
	if fields := strings.Fields(title); len(fields) > maxTitleTokens {
		title = strings.Join(fields[:maxTitleTokens], " ")
	}
	return title
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
	d := demand{years: -1, rank: rankUnknown}
	r := posting{
		v: v, d: &d, wantAt: make(map[int32]int), at: make(map[string]int), inText: make(map[int32]int),
	}
	r.ignored = make(map[string]bool)
	for _, t := range words.Tokens(p.Lead.Company + "\n" + p.Lead.Location) {
		r.ignored[t.Word] = true
	}
	parts := partsOf(p)
	for i := range parts {
		part := &parts[i]
		part.words = words.Tokens(part.text)
		part.tokens = v.number(part.words)
		part.hits = v.find(part.tokens)
		v.addLanguages(&r.mix, part.words, part.hits)
	}
	r.languages = r.mix.Languages()
	for _, part := range parts {
		r.read(part)
	}
	r.finish(p.Data.Attributes)
	return d
}

// addLanguages counts the words of a text by language. Names of skills are left out: they are the
// same in many languages, and a skill more must not make a text a foreign one.
func (v *vocabulary) addLanguages(mix *words.Mix, list []words.Token, hits []hit) {
	from := 0
	for _, h := range hits {
		if v.concepts[h.concept].kind == skill {
			mix.Add(list[from:h.start])
			from = h.end
		}
	}
	mix.Add(list[from:])
}

// A posting is a demand in the making.
type posting struct {
	v       *vocabulary
	d       *demand
	wantAt  map[int32]int   // concept → its place in wants
	at      map[string]int  // key → its place in terms
	inText  map[int32]int   // role → mentions outside the title
	ignored map[string]bool // words of the company's name and the place
	groups  int32
	mix     words.Mix

	languages       words.Set
	told, toldKnown float64 // the weight of all mentions of terms, and of those that the vocabulary knows
	keys            []words.Key
	ofHit           []int32 // token → the concept that it is part of
}

func (r *posting) read(part part) {
	tokens, hits := part.tokens, part.hits
	r.keys = words.AppendKeys(r.keys[:0], part.words, r.languages)
	r.terms(part, tokens, hits)
	group := int32(-1)
	line, alternatives := int32(-1), false
	for _, h := range hits {
		if l := tokens[h.start].Line; l != line {
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
	if part.title {
		r.d.rank = r.v.rankOfTitle(tokens)
		return
	}
	r.years(part, tokens)
	r.welcome(tokens, hits)
}

// want adds a mention of a skill. The mention that counts most decides its weight; one that stands
// for itself is no alternative.
func (r *posting) want(w want) {
	i, known := r.wantAt[w.concept]
	if !known {
		r.wantAt[w.concept] = len(r.d.wants)
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

// role notes a role. Those in the title are the job's, and ask for the skills that they imply: a Go
// developer for Go. Others are counted, for a title that names none.
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
	for i > 0 && tokens[i-1].Line == tokens[i].Line {
		i--
	}
	for line := tokens[i].Line; i < len(tokens) && tokens[i].Line == line; i++ {
		switch tokens[i].Word {
		case "or", "similar", "equivalent", "such", "oder", "ou":
			return true
		}
	}
	return false
}

// plural reports whether the role at h was written as a plural: "work with nurses" does not make
// one a nurse.
func plural(tokens []token, h hit) bool {
	last := h.end - 1
	if !tokens[last].Plural {
		return false
	}
	_, many := words.Fold(h.spelling.form[len(h.spelling.form)-1])
	return !many
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
		if tokens[i].Line != tokens[end-1].Line {
			continue
		}
		switch tokens[i].Word {
		case "experience", "experienced", "esperienza", "experienta", "ervaring", "doswiadczenie",
			"doswiadczenia", "anubhav", "work", "worked", "working", "practice", "background",
			"erfahrung", "berufserfahrung", "experiencia":
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
	for i := range d.wants {
		w := &d.wants[i]
		w.weight *= 1 + 0.15*float64(min(w.seen-1, 3))
	}
	d.share = v.shares(d.roles, d.wants)
	d.knowledge = r.knowledge()
	d.mix, d.readable = r.mix, r.mix.Readable() || r.toldKnown >= knownLanguage*r.told
}

// shares returns the share of each domain in what is asked. All are 0 if nothing was recognised.
func (v *vocabulary) shares(roles []int32, wants []want) []float64 {
	shares, total := make([]float64, len(v.domains)), 0.0
	add := func(c int32, w float64) {
		if dom := v.concepts[c].domain; dom != v.general {
			shares[dom] += w
			total += w
		}
	}
	for _, w := range wants {
		add(w.concept, w.weight)
	}
	for _, c := range roles {
		add(c, 4)
	}
	for i := range shares {
		if total > 0 {
			shares[i] /= total
		}
	}
	return shares
}

// welcome notes whether the post is open to people without experience of the trade, and the fields
// that it names beside the word experience: "Experience in retail or hospitality is a plus".
func (r *posting) welcome(tokens []token, hits []hit) {
	for i := 0; i+1 < len(tokens); i++ {
		if tokens[i+1].Sep != words.Hard && openTo(tokens[i].Word, tokens[i+1].Word) {
			r.d.open = true
		}
	}
	for _, h := range hits {
		if mentionsExperience(tokens, h.end) {
			if domain := r.v.concepts[h.concept].domain; domain != r.v.general {
				r.d.welcomes = appendNew(r.d.welcomes, domain)
			}
		}
	}
}

// openTo recognises what adverts for beginners say.
func openTo(a, b string) bool {
	switch a + " " + b {
	case "no experience",
		"first job",
		"entry level",
		"not needed",
		"career changer",
		"no previous",
		"training provided",
		"full training",
		"keine erfahrung",
		"keine berufserfahrung",
		"auch quereinsteiger",
		"sans experience",
		"debutant accepte",
		"sin experiencia",
		"primer empleo",
		"sem experiencia",
		"primeiro emprego",
		"senza esperienza",
		"prima esperienza",
		"geen ervaring",
		"zij instromer",
		"bez doswiadczenia",
		"fara experienta",
		"fresher bhi",
		"freshers welcome",
		"freshers can":
		return true
	}
	return a == "quereinsteiger" || a == "berufseinsteiger" || a == "zijinstromer"
}
