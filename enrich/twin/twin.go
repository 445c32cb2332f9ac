// Package twin recognises one advert in several postings: on two boards, in thirty cities, or posted
// again under a new id. It compares postings, and keeps nothing.
//
// Two postings are twins if the firm, the title and the text are the same ([Same]):
//
//   - The firm is compared without its legal form, a country and words such as "Group".
//   - The title is compared word by word, level and team included, but without the place, the firm,
//     the kind of workplace, a marker such as (m/f/d) and the firm's own number of the advert. The same
//     firm's advert for another level or team is no twin.
//   - The text is compared by a [Signature], or by its first part, a [Fingerprint], where the text
//     is not kept.
//
// A signature consists of one-bit minwise hashes of the longer words of a text (Broder, "On the
// resemblance and containment of documents", 1997; Li and König, "b-Bit Minwise Hashing", 2010). Two
// texts that share the part J of their words differ in about (1−J)/2 of the bits. A SimHash of the
// same size (Charikar, 2002; Manku, Jain and Das Sarma, 2007) tells less well a text of which one
// word in ten was changed from the same template with other duties.
//
// A fingerprint is no text and cannot be turned back into one. It is 64 bits about several hundred
// words, each bit says whether one number is odd, and countless texts have the same fingerprint.
package twin

import (
	"hash/fnv"
	"math/bits"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// Distances in bits. They were chosen on saved adverts: of those with one word in ten changed and another
// footer, 98.7 in 100 are within Near, and of those with other duties in the same template, 0.5.
const (
	Near      = 40 // between the signatures of twins, at most
	Identical = 4  // between the signatures of texts that differ in a place, a name or a date, at most
	alike     = 8  // between the fingerprints of twins, at most, if their texts are not known
	possible  = 16 // between the fingerprints of texts that are worth a comparison of signatures, at most
)

// minWords is the number of different words below which a text says too little to be compared.
const minWords = 20

// A Fingerprint stands for a text. The zero value stands for a text that says too little to be
// compared, and no two such texts are twins.
type Fingerprint uint64

// A Signature stands for a text more exactly than a [Fingerprint], which is its first element. The
// zero value stands for a text that says too little to be compared.
type Signature [4]uint64

// Fingerprint returns the first part of the signature.
func (s Signature) Fingerprint() Fingerprint { return Fingerprint(s[0]) }

// SignatureOf returns the signature of a text.
func SignatureOf(text string) (s Signature) {
	var least [64 * len(s)]uint64
	return s.read(text, least[:])
}

// FingerprintOf returns the fingerprint of a text.
func FingerprintOf(text string) Fingerprint {
	var least [64]uint64
	return Signature{}.read(text, least[:]).Fingerprint()
}

// read fills as many bits as least has elements.
func (s Signature) read(text string, least []uint64) Signature {
	for i := range least {
		least[i] = ^uint64(0)
	}
	seen := make(map[uint64]bool, 256)
	for word := range words(text) {
		if len(word) < minBytes {
			continue
		}
		h := hash(word)
		if seen[h] {
			continue
		}
		seen[h] = true
		for i := range least {
			least[i] = min(least[i], mixed(h+uint64(i)*golden))
		}
	}
	if len(seen) < minWords {
		return Signature{}
	}
	for i, m := range least {
		s[i/64] |= m & 1 << (i % 64)
	}
	s[0] = max(s[0], 1) // the zero value has a meaning of its own
	return s
}

// Distance returns the number of bits in which two signatures differ.
func Distance(a, b Signature) (n int) {
	for i := range a {
		n += bits.OnesCount64(a[i] ^ b[i])
	}
	return n
}

// Same reports whether two postings are twins.
func Same(a, b enrich.Posting) bool {
	return KeyOf(a.Lead) == KeyOf(b.Lead) &&
		SameText(SignatureOf(a.Data.Description), SignatureOf(b.Data.Description))
}

// SameText reports whether two texts under one [Key] are those of twins.
func SameText(a, b Signature) bool { return a[0] != 0 && b[0] != 0 && Distance(a, b) <= Near }

// Alike reports whether two texts under one [Key] are those of twins, as far as their fingerprints
// say. It misses some twins, because it is for texts that are not kept.
func Alike(a, b Fingerprint) bool { return within(a, b, alike) }

// Possible reports whether two texts under one [Key] can be those of twins, so that it is worth comparing
// their signatures.
func Possible(a, b Fingerprint) bool { return within(a, b, possible) }

func within(a, b Fingerprint, most int) bool {
	return a != 0 && b != 0 && bits.OnesCount64(uint64(a^b)) <= most
}

// A Key stands for the firm and the title of a posting. Only postings with the same key can be twins,
// so an index of keys finds every candidate.
type Key uint32

// KeyOf returns the key of a lead.
func KeyOf(l lead.Lead) Key {
	h := fnv.New32a()
	h.Write([]byte(Firm(l.Company)))
	for _, w := range titleWords(l) {
		h.Write([]byte{0})
		h.Write([]byte(w))
	}
	return Key(h.Sum32())
}

// golden is the fraction of the golden ratio: its multiples spread evenly over 64 bits.
const golden = 0x9e3779b97f4a7c15

// mixed is the finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
func mixed(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// hash is FNV-1a. It must not change: stores keep fingerprints.
func hash(word string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(word))
	return h.Sum64()
}
