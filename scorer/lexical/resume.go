package lexical

import "github.com/agent-forge/forge/internal/words"

// A profile is what a résumé shows. Each part of it only grows when text is added as a line of its
// own, and none depends on the order of paragraphs.
type profile struct {
	direct   []bool                   // concepts that the résumé names
	closed   []bool                   // those, and what they imply
	depth    []float64                // of each domain, 0 to 1
	terms    map[string]bool          // what it says; true: in a title
	fields   [words.MaxFields]float64 // how much it says of each field of work
	titled   words.FieldSet           // the fields that its titles name
	stated   int                      // years of work that it states in so many words; -1: none
	work     []span                   // times of work; a span without an end is open
	latest   int                      // the last calendar year that it names
	rank     int                      // the highest that a title names
	trade    bool                     // the vocabulary knows a role of the person
	hits     int                      // concepts that the vocabulary found
	mix      words.Mix
	readable bool
}

// How much a domain must show to count as the person's own.
const (
	fullDepth = 5.0
	roleDepth = 2.5
	nearDepth = 0.4 // of the depth of a field that is near
)

// profileOf reads a résumé.
func (v *vocabulary) profileOf(resume string) profile {
	p := profile{
		direct: make([]bool, len(v.concepts)),
		closed: make([]bool, len(v.concepts)),
		depth:  make([]float64, len(v.domains)),
		terms:  make(map[string]bool),
		rank:   rankUnknown,
	}
	plain := words.Tokens(resume)
	tokens := v.number(plain)
	hits := v.find(tokens)
	p.hits = len(hits)
	worked := make(map[int32]bool) // paragraphs that name a role
	for _, h := range hits {
		c := v.concepts[h.concept]
		if c.kind == role {
			if notOwn(tokens, h) {
				continue
			}
			worked[tokens[h.start].Para] = true
			p.rank = max(p.rank, v.rankAt(tokens, h))
			p.trade = p.trade || c.domain != v.general
		}
		v.show(&p, h.concept)
		v.inside(&p, tokens, h)
	}
	v.deepen(p.depth)
	v.addLanguages(&p.mix, plain, hits)
	v.tell(&p, resume, tokens, hits, words.AppendAllKeys(nil, plain, p.mix.Languages()))
	p.readable = p.mix.Readable()
	p.latest = latestYear(tokens)
	spans, paragraphs := spansOf(tokens)
	for i, s := range spans {
		if worked[paragraphs[i]] {
			p.work = append(p.work, s)
		}
	}
	p.stated = yearsOf(tokens)
	return p
}

// years returns how long the person has worked; -1 if the résumé does not say. now is the year in
// which a span without an end ends; a later year that the résumé names wins.
func (p profile) years(now int) int {
	if len(p.work) == 0 {
		return p.stated
	}
	return max(p.stated, union(p.work, max(now, p.latest)))
}

// inside notes what stands inside the words of h: skills, such as the accounts payable of an
// accounts payable clerk, and general roles, such as the manager in a sales manager. Without it, a
// résumé would gain one when the words beside it are taken away.
func (v *vocabulary) inside(p *profile, tokens []token, h hit) {
	for i := h.start; i < h.end; i++ {
		node := int32(0)
		for j := i; j < h.end && tokens[j].id != unknown; j++ {
			node = v.next[edge{node, tokens[j].id}]
			if node == 0 {
				break
			}
			s, ok := v.ends[node]
			if !ok || s.ambiguous || s.surname || j-i+1 == h.end-h.start {
				continue
			}
			if c := v.concepts[s.concept]; c.kind == skill || c.domain == v.general {
				v.show(p, s.concept)
			}
		}
	}
}

// show marks a concept as one that the résumé names.
func (v *vocabulary) show(p *profile, c int32) {
	if p.direct[c] {
		return
	}
	p.direct[c] = true
	v.close(p.closed, c)
	if concept := v.concepts[c]; concept.kind == role {
		p.depth[concept.domain] += roleDepth
	} else {
		p.depth[concept.domain] += concept.weight
	}
}

// close marks a concept and all that it implies.
func (v *vocabulary) close(closed []bool, c int32) {
	if closed[c] {
		return
	}
	closed[c] = true
	for _, parent := range v.concepts[c].parents {
		v.close(closed, parent)
	}
}

// deepen turns sums into depths, and lets a field count a little for those near it.
func (v *vocabulary) deepen(depth []float64) {
	for i := range depth {
		depth[i] = min(1, depth[i]/fullDepth)
	}
	own := append([]float64(nil), depth...)
	for i := range depth {
		for _, n := range v.domains[i].near {
			depth[i] = max(depth[i], nearDepth*own[n])
		}
	}
}

// notOwn reports whether the role at h is not the person's own.
func notOwn(tokens []token, h hit) bool { return plural(tokens, h) || ofOthers(tokens, h) }

// ofOthers reports whether the role at h is somebody else's: "reporting to the head chef".
func ofOthers(tokens []token, h hit) bool {
	if h.start == 0 || tokens[h.start].Sep == words.Hard {
		return false
	}
	switch tokens[h.start-1].Word {
	case "the":
		return h.start < 2 || tokens[h.start-2].Word != "as"
	case "to", "with", "our", "their", "for", "by", "between", "each", "every", "other", "under":
		return true
	}
	return false
}

// rankAt returns the rank that the words of a title state: up to two words before the role, or
// inside it.
func (v *vocabulary) rankAt(tokens []token, h hit) int {
	rank := rankUnknown
	first := h.start
	for first > 0 && first > h.start-2 && tokens[first].Sep != words.Hard {
		first--
	}
	for i := first; i < h.end; i++ {
		if n, ok := v.level[tokens[i].Word]; ok {
			rank = max(rank, n)
		}
	}
	return rank
}
