package lexical

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"strconv"

	"github.com/agent-forge/forge/internal/words"
)

// buckets is how many buckets the words fall into that no list knows. A sketch has the bucket of such
// a word and nothing else of it: not the word, nor its place, nor how often it stands there. One word
// in two thousand has the same bucket, which are hundreds in the languages that are read, so that a
// bucket names none of them. A rank is all that buckets are for: in trades and languages that the
// lists do not know, postings would be ranked much worse without them.
const buckets = 2048

// bucketsBelow is the knowledge of a posting from which on its buckets are not kept: the lists say
// enough of it.
const bucketsBelow = knowsWell

// A sketchbook knows the numbers that sketches are made of: of the vocabulary's concepts, and after
// them those of package words. It is immutable.
type sketchbook struct {
	v        *vocabulary
	mark     int // of the lists, whose numbers mean something else when they change
	concepts []words.Key
	place    map[string]int32 // key of a concept of package words → its place
	names    [][]words.Key    // what the name of a concept of the vocabulary tells
}

func (s *Scorer) newSketchbook() *sketchbook {
	b := &sketchbook{v: s.v, concepts: words.Concepts(), place: make(map[string]int32)}
	hash := sha256.New()
	_, _ = fmt.Fprintf(hash, "%d %s\n", sketchForm, s.identity) // a hash never fails to write
	for _, d := range s.v.domains {
		_, _ = fmt.Fprintf(hash, "%q\n", d.name)
	}
	for _, c := range s.v.concepts {
		_, _ = fmt.Fprintf(hash, "%q %d %d %v\n", c.name, c.kind, c.domain, c.weight)
		b.names = append(b.names, words.Keys(words.Tokens(c.name)))
	}
	for i, k := range b.concepts {
		_, _ = fmt.Fprintf(hash, "%v\n", k)
		if _, taken := b.place[k.Text]; !taken {
			b.place[k.Text] = int32(i)
		}
	}
	b.mark = int(binary.BigEndian.Uint32(hash.Sum(nil)) >> (32 - markBits))
	return b
}

// bucketOf returns the bucket of a word that no list knows.
func bucketOf(word string) int32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(word)) // a hash never fails to write
	sum := h.Sum32()
	return int32((sum ^ sum>>16) % buckets)
}

// inBucket is how a profile and a demand spell the bucket of a word.
func inBucket(bucket int32) string { return "#" + strconv.Itoa(int(bucket)) }

// leftOut is how a demand spells what no profile has.
const leftOut = "#"

// keyText returns a key as a sketch and its profile spell it.
func keyText(k words.Key) string {
	if k.Text[0] == '=' {
		return k.Text
	}
	return inBucket(bucketOf(k.Text))
}

// A ref says what a term is, by number: a concept of the vocabulary, one of package words, or a
// bucket.
type ref struct {
	kind int // one of the following
	id   int32
}

const (
	ofVocabulary = iota
	ofWords
	ofBucket
	refKinds
)

func (b *sketchbook) refOf(t term) ref {
	if t.same != unknown {
		return ref{ofVocabulary, t.same}
	}
	if place, ok := b.place[t.text]; ok {
		return ref{ofWords, place}
	}
	return ref{ofBucket, bucketOf(t.text)}
}

// limit returns the number of the things of a kind.
func (b *sketchbook) limit(kind int) int {
	return []int{len(b.v.concepts), len(b.concepts), buckets}[kind]
}

// term returns the term of a ref.
func (b *sketchbook) term(r ref, weight float64) term {
	t := term{weight: weight, same: unknown}
	switch r.kind {
	case ofVocabulary:
		t.same, t.text = r.id, leftOut
		if keys := b.names[r.id]; len(keys) > 0 {
			t.text, t.field = keyText(keys[0]), keys[0].Field
		}
	case ofWords:
		t.text, t.field = b.concepts[r.id].Text, b.concepts[r.id].Field
	default:
		t.text = inBucket(r.id)
	}
	return t
}
