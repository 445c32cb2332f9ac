package words

// Concepts returns a key of every concept, in the order of the lists. Its Token says nothing.
func Concepts() []Key {
	t := shared()
	keys := make([]Key, 0, len(t.concepts)-1)
	for id := range t.concepts[1:] {
		keys = append(keys, t.key(int32(id+1), 0))
	}
	return keys
}

// LanguageBits is the number of bits of [Mix.Bits].
const LanguageBits = 2 * (int(languages) + 1)

// Bits returns what a mix says about most of a text. For its grammar, and then for its other words,
// there is a bit for each language of which the share is at least most, and one above them that is
// set if enough is known.
func (m Mix) Bits(most float64) (bits int) {
	for i, c := range []counts{m.grammar, m.content} {
		shift := i * (int(languages) + 1)
		if enough := []int{enoughGrammar, enoughContent}[i]; c.words < enough {
			continue
		}
		bits |= 1 << (shift + int(languages))
		for l, n := range c.of {
			if float64(n) >= most*float64(c.words) {
				bits |= 1 << (shift + l)
			}
		}
	}
	return bits
}

// MixOfBits returns a mix with these bits. Two mixes overlap by at least most if and only if those
// that their bits stand for do.
func MixOfBits(bits int) Mix {
	var m Mix
	for i, c := range []*counts{&m.grammar, &m.content} {
		shift := i * (int(languages) + 1)
		if bits>>(shift+int(languages))&1 == 0 {
			continue
		}
		c.words = enoughContent
		for l := range languages {
			c.of[l] = c.words * (bits >> (shift + int(l)) & 1)
		}
	}
	m.Tokens, m.Grammar = max(m.grammar.words, m.content.words), m.grammar.words
	return m
}
