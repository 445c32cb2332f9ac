package words

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Key says what a token tells: a concept with its synonyms and translations, or the root of a
// word that no list knows.
type Key struct {
	Text  string // equal for words that say the same; concepts begin with "="
	Token int    // the index of the (first) token
	Weak  bool   // it tells little about which trade: "manager", "sales"
	Head  bool   // not even in a title: "manager"
	Field Field
}

// minRoot is the length of the shortest word that tells something without being on a list.
const minRoot = 4

// Empty reports whether a folded word is grammar or what every advert says, in any language, and no
// word of work.
func Empty(word string) bool {
	e, ok := shared().words[word]
	return ok && e.concept == 0 && (e.grammar != 0 || e.empty != 0)
}

// Keys returns what the tokens of a text tell, in order. Grammar and what every advert says have no
// key; a compound of a language that writes compounds as one word has one for each part.
func Keys(tokens []Token) []Key {
	return AppendKeys(make([]Key, 0, len(tokens)/2), tokens, MixOf(tokens).Languages())
}

// AppendKeys appends the keys of a part of a text that is in the given languages: a word that says
// nothing in one language can name a trade in another.
func AppendKeys(keys []Key, tokens []Token, in Set) []Key {
	return shared().appendKeys(keys, tokens, in, false)
}

// AppendAllKeys appends the keys of AppendKeys, and those of the words inside phrases: "dental
// hygienist" tells "hygienist", too.
func AppendAllKeys(keys []Key, tokens []Token, in Set) []Key {
	return shared().appendKeys(keys, tokens, in, true)
}

func (t *tables) appendKeys(keys []Key, tokens []Token, in Set, inside bool) []Key {
	for i := 0; i < len(tokens); i++ {
		word := tokens[i].Word
		stem := Stem(word)
		if id, n := t.phraseAt(tokens, i, stem); n > 0 {
			keys = append(keys, t.key(id, i))
			if !inside {
				i += n
				continue
			}
		}
		e := t.words[word]
		switch {
		case e.concept != 0 && (e.form == tokens[i].Raw || e.form == "" && (e.grammar == 0 ||
			len(word) >= minRoot)):
			keys = append(keys, t.key(e.concept, i))
		case e.grammar&in != 0, e.empty&in != 0, word[0] >= '0' && word[0] <= '9':
		case len(word) < minRoot:
			if len(word) > 1 && word[0] < utf8.RuneSelf &&
				tokens[i].Raw == strings.ToUpper(tokens[i].Raw) { // "ERP", "ICU"
				keys = append(keys, Key{Text: word, Token: i})
			}
		case t.stems[stem] != 0:
			keys = append(keys, t.key(t.stems[stem], i))
		case t.empty[stem]&in != 0:
		default:
			keys = t.compound(keys, word, i)
		}
	}
	return keys
}

func (t *tables) key(id int32, token int) Key {
	c := t.concepts[id]
	return Key{Text: c.key, Token: token, Weak: c.weak, Head: c.head, Field: c.field}
}

// phraseAt returns the concept whose longest phrase begins at token i, and how many more tokens it
// takes.
func (t *tables) phraseAt(tokens []Token, i int, stem string) (id int32, more int) {
	for _, p := range t.phrases[stem] {
		if len(p.rest) <= more || i+len(p.rest) >= len(tokens) {
			continue
		}
		matches := true
		for j, want := range p.rest {
			next := tokens[i+1+j]
			if next.Sep == Hard || Stem(next.Word) != want {
				matches = false
				break
			}
		}
		if matches {
			id, more = p.concept, len(p.rest)
		}
	}
	return id, more
}

// minCompound is the length of the shortest compound: two parts of four letters and more. Longer
// words than maxCompound are not words, and trying every cut of them would take time quadratic in
// their length.
const (
	minCompound = 9
	maxCompound = 64
)

// compound appends the keys of a word that is on no list: those of its parts if its last part is a
// German or Dutch word of work ("Lagerverwaltung"), else its root.
func (t *tables) compound(keys []Key, word string, i int) []Key {
	if len(word) >= minCompound && len(word) <= maxCompound {
		for cut := minStem; cut <= len(word)-minStem; cut++ {
			head := t.heads[Stem(word[cut:])]
			if head == 0 {
				continue
			}
			first := word[:cut]
			if id := t.part(first); id != 0 {
				return append(keys, t.key(id, i), t.key(head, i))
			}
			if t.concepts[head].head || len(word)-cut >= 6 {
				return append(keys, Key{Text: Root(first), Token: i}, t.key(head, i))
			}
		}
	}
	return append(keys, Key{Text: Root(word), Token: i})
}

// part returns the concept of a compound's first part, which can bear a linking s, n, en or es.
func (t *tables) part(first string) int32 {
	for _, link := range []string{"", "s", "n", "en", "es", "e"} {
		bare, ok := strings.CutSuffix(first, link)
		if !ok || len(bare) < minStem {
			continue
		}
		if e := t.words[bare]; e.concept != 0 {
			return e.concept
		}
		if id := t.heads[Stem(bare)]; id != 0 {
			return id
		}
	}
	return 0
}

// Terms returns the telling terms of a text as a set of keys. Scripts without spaces give pairs of
// neighbouring characters. The value is false for terms that tell little about which trade.
func Terms(text string) map[string]bool {
	terms := make(map[string]bool)
	for _, k := range Keys(Tokens(text)) {
		if r := []rune(k.Text); len(r) > 0 && spaceless(r[0]) {
			for i := range len(r) - 1 {
				terms[string(r[i:i+2])] = true
			}
			continue
		}
		terms[k.Text] = terms[k.Text] || !k.Weak
	}
	return terms
}

func spaceless(r rune) bool {
	return unicode.In(
		r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer,
		unicode.Myanmar,
	)
}
