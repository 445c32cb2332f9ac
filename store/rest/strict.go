package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// decode reads a request's body into a value. It refuses what encoding/json accepts silently, by
// the path of the field: an unknown or repeated name, a name in another case, a value of another
// type, null for a field that cannot be left out. A body that is nested deeper than the type is
// refused at the first level that the type does not have.
func decode(body []byte, into any) error {
	r, err := readerOf(body)
	if err != nil {
		return err
	}
	if err := r.value(shapes[reflect.TypeOf(into).Elem()], nil); err != nil {
		return err
	}
	if err := r.end(); err != nil {
		return err
	}
	return unmarshal(body, into)
}

// unmarshal reads what a reader has read.
func unmarshal(body []byte, into any) error {
	err := json.Unmarshal(body, into)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("%w: at byte %d", errMalformed, syntax.Offset)
	}
	if err != nil {
		return fmt.Errorf("%w: it does not fit: %w", store.ErrInvalid, err)
	}
	return nil
}

// shapes are the types of requests, prepared for reading. They are never written.
var shapes = shapesOf(
	reflect.TypeFor[[]leadRequest](), reflect.TypeFor[claimRequest](), reflect.TypeFor[decideRequest](),
	reflect.TypeFor[renewRequest](), reflect.TypeFor[releaseRequest](), reflect.TypeFor[markRequest](),
	reflect.TypeFor[reopenRequest](), reflect.TypeFor[auditRequest](), reflect.TypeFor[judgeRequest](),
	reflect.TypeFor[putRequest](), reflect.TypeFor[separateRequest](),
	reflect.TypeFor[listedRequest](), reflect.TypeFor[idsRequest](), reflect.TypeFor[regateRequest](),
)

func shapesOf(types ...reflect.Type) map[reflect.Type]*shape {
	all := make(map[reflect.Type]*shape)
	for _, t := range types {
		all[t] = shapeOf(t)
	}
	return all
}

// A shape is what a value in JSON must look like.
type shape struct {
	kind     reflect.Kind // Struct, Map, Slice, String, Bool, Int or Float64; Interface: anything
	optional bool         // null stands for what is left out
	elem     *shape       // of a Map or a Slice
	names    []string     // of the fields of a Struct
	fields   []*shape
}

func shapeOf(t reflect.Type) *shape {
	if t == reflect.TypeFor[json.RawMessage]() {
		return &shape{kind: reflect.Interface, optional: true}
	}
	switch t.Kind() {
	case reflect.Pointer:
		s := shapeOf(t.Elem())
		s.optional = true
		return s
	case reflect.Map, reflect.Slice:
		return &shape{kind: t.Kind(), optional: true, elem: shapeOf(t.Elem())}
	case reflect.Struct:
		s := &shape{kind: reflect.Struct}
		for f := range t.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			s.names, s.fields = append(s.names, name), append(s.fields, shapeOf(f.Type))
		}
		return s
	case reflect.Int64:
		return &shape{kind: reflect.Int}
	default:
		return &shape{kind: t.Kind()}
	}
}

// member returns the place and the shape of an object's member, and false if there is no such
// member.
func (s *shape) member(name []byte) (int, *shape, bool) {
	if s.kind == reflect.Map {
		return 0, s.elem, true
	}
	for i, known := range s.names {
		if known == string(name) {
			return i, s.fields[i], true
		}
	}
	return 0, nil, false
}

// A reader walks through a body and compares it with a shape. It leaves the syntax inside of
// strings and numbers to encoding/json.
type reader struct {
	body []byte
	at   int
}

func readerOf(body []byte) (*reader, error) {
	if !utf8.Valid(body) {
		return nil, fmt.Errorf("%w: invalid UTF-8", errMalformed)
	}
	return &reader{body: body}, nil
}

// end refuses what follows the value.
func (r *reader) end() error {
	if r.space(); r.at < len(r.body) {
		return fmt.Errorf("%w: more than one value", errMalformed)
	}
	return nil
}

// A path is where a reader is: a member of an object, or an item of an array.
type path struct {
	parent *path // nil is the whole body
	name   string
	index  int // -1 in an object
}

func (p *path) String() string {
	switch {
	case p == nil:
		return "body"
	case p.index >= 0 && p.parent == nil:
		return fmt.Sprintf("[%d]", p.index)
	case p.index >= 0:
		return fmt.Sprintf("%v[%d]", p.parent, p.index)
	case p.parent == nil:
		return boundedName(p.name)
	default:
		return fmt.Sprintf("%v.%s", p.parent, boundedName(p.name))
	}
}

func (r *reader) malformed() error { return fmt.Errorf("%w: at byte %d", errMalformed, r.at) }

func (r *reader) space() {
	for r.at < len(r.body) && strings.IndexByte(" \t\r\n", r.body[r.at]) >= 0 {
		r.at++
	}
}

// next skips space and returns the next byte, 0 at the end.
func (r *reader) next() byte {
	if r.space(); r.at < len(r.body) {
		return r.body[r.at]
	}
	return 0
}

// take skips space and a byte, if it is the next one.
func (r *reader) take(b byte) bool {
	if r.next() != b {
		return false
	}
	r.at++
	return true
}

func (r *reader) value(s *shape, at *path) error {
	switch c := r.next(); {
	case s.kind == reflect.Interface:
		return r.anything()
	case c == '{' && (s.kind == reflect.Struct || s.kind == reflect.Map):
		return r.object(s, at)
	case c == '[' && s.kind == reflect.Slice:
		return r.array(s, at)
	case c == '{', c == '[':
		return wrongType(s, at)
	case c == '"':
		if _, err := r.str(); err != nil || s.kind == reflect.String {
			return err
		}
		return wrongType(s, at)
	default:
		return r.word(s, at)
	}
}

// anything reads a value of any type.
func (r *reader) anything() error {
	d := json.NewDecoder(bytes.NewReader(r.body[r.at:]))
	var value json.RawMessage
	if d.Decode(&value) != nil {
		return r.malformed()
	}
	r.at += int(d.InputOffset())
	return nil
}

func (r *reader) object(s *shape, at *path) error {
	r.at++
	var seen uint64              // the fields, by place
	var seenKeys map[string]bool // of a map
	for first := true; ; first = false {
		if first && r.take('}') {
			return nil
		}
		if r.next() != '"' {
			return r.malformed()
		}
		name, err := r.str()
		if err != nil {
			return err
		}
		here := path{parent: at, name: string(name), index: -1}
		place, member, known := s.member(name)
		switch {
		case !known:
			return wrong(here.String(), "unknown field")
		case seen&(1<<place) != 0 && s.kind == reflect.Struct, seenKeys[here.name]:
			return wrong(here.String(), "given twice")
		case s.kind == reflect.Struct:
			seen |= 1 << place
		case seenKeys == nil:
			seenKeys = map[string]bool{here.name: true}
		default:
			seenKeys[here.name] = true
		}
		if !r.take(':') {
			return r.malformed()
		}
		if err := r.value(member, &here); err != nil {
			return err
		}
		if r.take('}') {
			return nil
		}
		if !r.take(',') {
			return r.malformed()
		}
	}
}

func (r *reader) array(s *shape, at *path) error {
	r.at++
	if r.take(']') {
		return nil
	}
	for i := 0; ; i++ {
		if err := r.value(s.elem, &path{parent: at, index: i}); err != nil {
			return err
		}
		if r.take(']') {
			return nil
		}
		if !r.take(',') {
			return r.malformed()
		}
	}
}

// str reads a string and returns its value.
func (r *reader) str() ([]byte, error) {
	start, escaped := r.at, false
	for r.at++; r.at < len(r.body); r.at++ {
		switch r.body[r.at] {
		case '\\':
			escaped = true
			r.at++
		case '"':
			r.at++
			if !escaped {
				return r.body[start+1 : r.at-1], nil
			}
			var text string
			if json.Unmarshal(r.body[start:r.at], &text) != nil {
				return nil, r.malformed()
			}
			return []byte(text), nil
		}
	}
	return nil, r.malformed()
}

// word reads a number, true, false or null.
func (r *reader) word(s *shape, at *path) error {
	start := r.at
	for r.at < len(r.body) && strings.IndexByte(",]} \t\r\n", r.body[r.at]) < 0 {
		r.at++
	}
	word := r.body[start:r.at]
	var fits bool
	switch {
	case !json.Valid(word):
		return r.malformed()
	case string(word) == "null":
		fits = s.optional && at != nil
	case s.kind == reflect.Bool:
		fits = word[0] == 't' || word[0] == 'f'
	case s.kind == reflect.Int:
		_, err := strconv.ParseInt(string(word), 10, 64)
		fits = err == nil
	case s.kind == reflect.Float64:
		_, err := strconv.ParseFloat(string(word), 64)
		fits = err == nil
	}
	if !fits {
		return wrongType(s, at)
	}
	return nil
}

// wants describes each kind of value for an error.
var wants = map[reflect.Kind]string{
	reflect.String:  "a string",
	reflect.Bool:    "true or false",
	reflect.Int:     "a whole number",
	reflect.Float64: "a number",
	reflect.Slice:   "an array",
	reflect.Struct:  "an object",
	reflect.Map:     "an object",
}

func wrongType(s *shape, at *path) error {
	return wrong(at.String(), "wrong type: want "+wants[s.kind])
}

// boundedName returns the name of a field for an error. An unknown name can be long or unprintable,
// so it is bounded.
func boundedName(name string) string {
	const most = 64
	return lead.CleanLine(strings.ToValidUTF8(name[:min(len(name), most)], ""))
}

// wrong returns the error of a field that breaks the contract.
func wrong(field, problem string) error {
	return fmt.Errorf("%w: %w", store.ErrInvalid, &lead.FieldError{Field: field, Problem: problem})
}
