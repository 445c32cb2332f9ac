package lexical

import "github.com/agent-forge/forge/internal/words"

// How much must be known of the fields of two texts for their trades to be different ones.
const (
	ownTrade   = 2.0 // what a résumé must say of fields: one title, or two other concepts
	beside     = 0.2 // of that, what it may say of the posting's fields by chance
	mainField  = 0.4 // the share of a posting that makes a field its own, where the title names none
	enoughText = 1.5 // and the weight of it
)

// fields returns the fields of work that the posting is of: those that its title names, else those
// of which most of its text speaks. It is empty where neither is known.
func (d demand) fields() words.FieldSet {
	var set words.FieldSet
	for _, t := range d.title {
		if t.field != words.NoField {
			set |= 1 << t.field
		}
	}
	if set != 0 {
		return set
	}
	var weight [words.MaxFields]float64
	total := 0.0
	for _, t := range d.terms {
		if t.field != words.NoField {
			weight[t.field] += t.weight
			total += t.weight
		}
	}
	for f, w := range weight {
		if w >= mainField*total && w >= enoughText {
			set |= 1 << f
		}
	}
	return set
}

// A kinship says what the fields of two texts tell of their trades. Both are false where too little
// is known.
type kinship struct {
	same    bool // the résumé's titles name a field of the posting
	another bool // the résumé is of a trade, and the posting of a field far from it
}

func kinshipOf(d demand, p profile) kinship {
	asked := d.fields()
	if asked == 0 {
		return kinship{}
	}
	var near words.FieldSet
	for f := range words.Field(words.MaxFields) {
		if asked.Has(f) {
			near |= f.Near()
		}
	}
	own, within := 0.0, 0.0
	for f, n := range p.fields {
		if near.Has(words.Field(f)) {
			within += n
		} else {
			own += n
		}
	}
	return kinship{same: asked&p.titled != 0, another: own >= ownTrade && within <= beside*own}
}

// voice is what the words besides those of the titles say for a job of the same field, 0 to 100.
func (k kinship) voice(c comparison) float64 {
	if !k.same {
		return 0
	}
	c.title = 0
	return wordScore(c)
}
