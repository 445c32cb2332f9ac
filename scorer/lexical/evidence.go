package lexical

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agent-forge/forge/internal/words"
)

// How much a shared term counts. What names a trade counts more than what many trades say.
const (
	weakTerm  = 0.35 // "manager", "quality control"
	weakTitle = 0.2  // the same in a title, where only the field tells
	rootTerm  = 0.8  // a word that no list knows
	knownTerm = 1.0
)

// A term is something that a posting says, to be looked for in a résumé.
type term struct {
	text    string // the key of package words
	weight  float64
	same    int32 // the vocabulary's concept of the words, which other words can name, too; unknown if none
	inTitle bool
	field   words.Field
}

// A posting's title is at most so long. What is longer is a sentence, and only its beginning
// counts.
const (
	maxTitleTokens = 14
	maxTitleTerms  = 6
)

// terms gathers what a part of the posting says. Words of the company's name and of the place do
// not count.
func (r *posting) terms(part part, tokens []token, hits []hit) {
	r.ofHit = r.ofHit[:0]
	for range tokens {
		r.ofHit = append(r.ofHit, unknown)
	}
	for _, h := range hits {
		for i := h.start; i < h.end; i++ {
			r.ofHit[i] = h.concept
		}
	}
	core := 1 // the first token after the core of a title, which ends at a comma, a dash or a bracket
	for core < len(tokens) && tokens[core].Sep != words.Hard {
		core++
	}
	for _, k := range r.keys {
		t := tokens[k.Token]
		if r.ignored[t.Word] && k.Field == words.NoField { // "Kingsway Pharmacy" names a trade
			continue
		}
		term := term{text: k.Text, weight: rootTerm, same: r.ofHit[k.Token], field: k.Field}
		switch {
		case k.Weak:
			term.weight = weakTerm
		case k.Text[0] == '=' || term.same != unknown:
			term.weight = knownTerm
		}
		if part.title {
			term.inTitle = true
			r.titleTerm(term, t, k, k.Token < core)
		}
		term.weight *= min(1, part.counts)
		r.told += term.weight
		if term.same != unknown {
			r.toldKnown += term.weight
		}
		if old, ok := r.at[term.text]; !ok {
			r.at[term.text] = len(r.d.terms)
			r.d.terms = append(r.d.terms, term)
		} else if r.d.terms[old].weight < term.weight {
			r.d.terms[old].weight = term.weight
		}
	}
}

// besideCore is what a term of a title counts after its first comma, dash or bracket: "Paralegal,
// Privacy and Information".
const besideCore = 0.5

// titleTerm adds a term to the title. Words of rank are no part of the trade.
func (r *posting) titleTerm(t term, token token, k words.Key, core bool) {
	switch {
	case k.Head:
		t.weight = weakTitle
	case k.Weak:
		t.weight = knownTerm
	}
	if !core {
		t.weight *= besideCore
	}
	if _, rank := r.v.level[token.Word]; !rank && len(r.d.title) < maxTitleTerms {
		r.d.title = append(r.d.title, t)
	}
}

// tell gathers what a résumé says: everywhere, and in what reads like the title of a job. Lines
// that read like a person's name say nothing, nor do the roles of other people.
func (v *vocabulary) tell(p *profile, text string, tokens []token, hits []hit, keys []words.Key) {
	starts := titleLines(text)
	line, titleEnd := int32(-1), 0
	name := false
	for _, k := range keys {
		if t := tokens[k.Token]; t.Line != line {
			line = t.Line
			first := k.Token
			for first > 0 && tokens[first-1].Line == line {
				first--
			}
			n, ok := v.nameLine(tokens, first)
			name = ok && n > 1 || first == 0 && firstName(tokens, hits, keys)
			titleEnd = 0
			if starts[line] {
				titleEnd = titleOfLine(tokens, first)
			}
		}
		for len(hits) > 0 && hits[0].end <= k.Token {
			hits = hits[1:]
		}
		if name ||
			len(hits) > 0 && hits[0].start <= k.Token && v.concepts[hits[0].concept].kind == role &&
				notOwn(tokens, hits[0]) {
			continue
		}
		title := k.Token < titleEnd
		if had, ok := p.terms[k.Text]; k.Field != words.NoField {
			if !ok {
				p.fields[k.Field]++
			}
			if title && !had {
				p.titled |= 1 << k.Field
				p.fields[k.Field]++
			}
		}
		p.terms[k.Text] = p.terms[k.Text] || title
	}
}

// firstName reports whether the first line of a résumé is a name, though of words that have a
// meaning, too: two to four words with capitals, of which none is one of work.
func firstName(tokens []token, hits []hit, keys []words.Key) bool {
	n := 0
	for n < len(tokens) && tokens[n].Line == tokens[0].Line {
		if !tokens[n].Upper || n > 0 && (tokens[n].Sep == words.Hard || tokens[n].Sep == words.Slash) {
			return false
		}
		n++
	}
	if n < 2 || n > 4 || len(hits) > 0 && hits[0].start < n {
		return false
	}
	for _, k := range keys {
		if k.Token < n && k.Text[0] == '=' {
			return false
		}
	}
	return true
}

// titleLines reports which lines of a text can begin with the title of a job: those that begin with
// a letter, and not with the sign of a list.
func titleLines(text string) []bool {
	var can []bool
	for line := range strings.Lines(text) {
		first, _ := utf8.DecodeRuneInString(strings.TrimSpace(line))
		can = append(can, unicode.IsLetter(first))
	}
	return can
}

// titleOfLine returns where the title ends with which the line that begins at token first begins:
// at the first comma or bracket. What is longer than a title is none.
func titleOfLine(tokens []token, first int) (end int) {
	end = first + 1
	for end < len(tokens) && tokens[end].Line == tokens[first].Line && tokens[end].Sep != words.Hard {
		end++
	}
	if end-first > maxTitleTerms {
		return 0
	}
	return end
}

// A comparison says how much of what a posting tells stands in a résumé, and how much there was to
// compare.
type comparison struct {
	title float64 // the share of the title's terms
	// how much of all terms they share, 0 for what chance would do; 1 and more for the same text
	body   float64
	weight float64 // of the terms that could be compared
	titled bool    // the title has a term that could be compared
}

// textOnly is what a word of the title counts that stands in the résumé, but in no title there.
const textOnly = 0.4

// compare looks the posting's terms up in the résumé. Where the texts are in different languages,
// only terms that both languages name in one way can be compared: concepts, and what is found all
// the same.
func compare(d demand, p profile, translated bool) comparison {
	var c comparison
	all, found, borneOut := 0.0, -oneByChance-d.chance, 0.0
	for _, t := range d.terms {
		share := p.shows(t)
		if translated && share == 0 && t.text[0] != '=' {
			continue
		}
		all += t.weight
		if share > 0 {
			found += t.weight
			if !t.inTitle {
				borneOut += t.weight
			}
		}
	}
	c.weight = all
	size := max(all, leastTerms)
	if all > fullTerms {
		size = math.Sqrt(all * fullTerms)
	}
	c.body = max(0, (found-chancePerTerm*max(0, all-fullTerms))/size)

	all, found = 0, 0
	for _, t := range d.title {
		share := p.shows(t)
		if translated && share == 0 && t.text[0] != '=' {
			continue
		}
		if t.text[0] != '=' && t.same == unknown { // it can be a name
			share *= min(1, borneOut/enoughBesides)
		}
		all += t.weight
		found += t.weight * share
	}
	if all > 0 {
		c.title, c.titled = found/all*min(1, all), all > weakTitle
	}
	return c
}

// How much in common is much. A posting of fullTerms is compared as it is. A longer one says more
// that is beside the point, so its size counts by the root, and what two texts share by chance
// grows with it. The résumé's length must not count: a skill more would lower the score. Measured
// on pairs of different trades.
const (
	oneByChance   = 0.5
	chancePerTerm = 0.2
	fullTerms     = 12.0
	leastTerms    = 6.0 // keeps one term from counting for much among few
	enoughBesides = 1.5 // the weight of terms that bear out a title of unknown words
)

// shows returns how far the résumé shows a term of the posting: 1 in a title, less elsewhere.
func (p profile) shows(t term) float64 {
	title, ok := p.terms[t.text]
	switch {
	case title, t.same != unknown && p.closed[t.same]:
		return 1
	case ok:
		return textOnly
	}
	return 0
}

// titleShare is how much the title adds to what the bodies share.
const titleShare = 0.35

// wordScore maps what is shared to 0 to 100. The points were set so that 30 keeps 95 of 100 pairs
// that are worth a look, in languages and trades that the vocabulary does not know.
func wordScore(c comparison) float64 {
	x := c.body + titleShare*c.title
	points := [...]struct{ x, score float64 }{
		{0, 0}, {0.09, 12}, {0.15, 30}, {0.35, 55}, {0.6, 82}, {0.7, 92}, {0.9, 100},
	}
	for i := 1; i < len(points); i++ {
		if a, b := points[i-1], points[i]; x <= b.x {
			return a.score + (b.score-a.score)*(x-a.x)/(b.x-a.x)
		}
	}
	return 100
}

// How well the vocabulary knows a posting: not at all where fewThings of it are on its lists, well
// from manyThings on.
const (
	fewThings   = 0.1
	manyThings  = 0.35
	withoutRole = 0.6 // of that, where it does not know the job's role
)

// knowledge returns how far the vocabulary's judgement of a posting can be relied on, 0 to 1.
func (r *posting) knowledge() float64 {
	if r.told == 0 {
		return 0
	}
	k := (r.toldKnown/r.told - fewThings) / (manyThings - fewThings)
	k = math.Min(1, math.Max(0, k))
	if !r.v.specific(*r.d) {
		k *= withoutRole
	}
	return k
}
