package words

import (
	"slices"
	"strings"
)

// A Field is a field of work, such as health or transport, of which a concept is part.
type Field uint8

// NoField is the field of concepts that many trades share, and of words that no list knows.
const NoField Field = 0

// MaxFields is more than the number of fields.
const MaxFields = 64

// A FieldSet is a set of fields, one bit each.
type FieldSet uint64

// Near returns f and the fields into which people of f move without starting anew. It is empty for
// NoField.
func (f Field) Near() FieldSet {
	if near := shared().near; int(f) < len(near) {
		return near[f]
	}
	return 0
}

// Has reports whether f is in the set.
func (s FieldSet) Has(f Field) bool { return s&(1<<f) != 0 }

// FieldsOf returns the fields of which most of a text's concepts are part. It is empty if fewer than
// two concepts have a field.
func FieldsOf(text string) FieldSet {
	seen := make(map[string]bool)
	var count [MaxFields]int
	total := 0
	for _, k := range Keys(Tokens(text)) {
		if k.Field != NoField && !seen[k.Text] {
			seen[k.Text] = true
			count[k.Field]++
			total++
		}
	}
	var set FieldSet
	for f, n := range count {
		if n > 1 && mostOf*n >= total {
			set |= 1 << f
		}
	}
	return set
}

// mostOf is how many fields can each be one of which most of a text speaks.
const mostOf = 3

// readField reads the header of a part of a concept file: "health near care science". The nearness
// of two fields is named once, and holds both ways.
func (t *tables) readField(header string) Field {
	name, near, _ := strings.Cut(header, " near ")
	f := t.fieldOf(name)
	for other := range strings.FieldsSeq(near) {
		o := t.fieldOf(other)
		t.near[f] |= 1 << o
		t.near[o] |= 1 << f
	}
	return f
}

func (t *tables) fieldOf(name string) Field {
	if name == "-" {
		return NoField
	}
	if i := slices.Index(t.fields, name); i >= 0 {
		return Field(i)
	}
	f := Field(len(t.fields))
	t.fields = append(t.fields, name)
	t.near = append(t.near, 1<<f)
	return f
}
