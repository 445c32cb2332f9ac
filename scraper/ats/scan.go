package ats

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

var errForm = errors.New("the answer has another form than lists of this provider")

// scan reads a JSON list entry by entry, so that only one entry is held beside what is made of it.
// The entries are those of the array under key; if key is empty, the answer is the array. Fields
// are read into what they point to, and other fields are skipped. It reports whether something says
// that the array is not the whole list: null in its place, an error beside it, or a next page.
func scan(
	r io.Reader, key string, fields map[string]any, each func(entry json.RawMessage),
) (doubtful bool, err error) {
	dec := json.NewDecoder(r)
	found := false
	entries := func() error {
		t, err := dec.Token()
		switch {
		case err != nil:
			return err
		case t == nil && key != "": // null
			found, doubtful = true, true
			return nil
		case t != json.Delim('['):
			return errForm
		}
		for dec.More() {
			var entry json.RawMessage
			if err := dec.Decode(&entry); err != nil {
				return err
			}
			each(entry)
		}
		found = true
		_, err = dec.Token()
		return err
	}
	if key == "" {
		return doubtful, entries()
	}
	switch t, err := dec.Token(); {
	case err != nil:
		return doubtful, err
	case t != json.Delim('{'):
		return doubtful, errForm
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return doubtful, err
		}
		if name == key {
			err = entries()
		} else {
			var value json.RawMessage
			err = dec.Decode(&value)
			if field := fields[fmt.Sprint(name)]; err == nil && field != nil {
				_ = json.Unmarshal(value, field) // what has another type says nothing
			}
			doubtful = doubtful || saysMore(fmt.Sprint(name), value)
		}
		if err != nil {
			return doubtful, err
		}
	}
	if !found {
		return doubtful, errForm
	}
	_, err = dec.Token()
	return doubtful, err
}

// saysMore reports whether a field beside the entries says that these are not all: an error, or the
// address of a next page.
func saysMore(name string, value json.RawMessage) bool {
	switch strings.ToLower(name) {
	case "error", "errors", "next", "next_url", "nextpage", "next_page":
		switch string(value) {
		case "null", "false", `""`, "[]", "{}", "0":
			return false
		}
		return true
	}
	return false
}

// jobs reads a JSON list whose entries are of type T. An entry that cannot be read costs no other
// one.
func jobs[T any](r io.Reader, l *list, key string, fields map[string]any, make func(*T) *job) error {
	doubtful, err := scan(r, key, fields, func(entry json.RawMessage) {
		var v T
		if err := json.Unmarshal(entry, &v); err != nil {
			l.nameless++
			l.skip("its JSON has another form than the provider's jobs")
			return
		}
		l.add(make(&v))
	})
	l.doubtful = l.doubtful || doubtful
	return err
}

// one reads the JSON of one job.
func one[T any](body []byte, make func(*T) *job) (*job, error) {
	var v T
	if err := json.Unmarshal(body, &v); err != nil {
		return nil, errForm
	}
	return make(&v), nil
}

// A text is a JSON value that is shown as text. A number is one too; what is neither is empty.
type text string

// UnmarshalJSON reads a text, or the digits of a number.
func (t *text) UnmarshalJSON(b []byte) error {
	*t = ""
	switch {
	case len(b) > 0 && b[0] == '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*t = text(s)
	case len(b) > 0 && strings.IndexByte("-0123456789", b[0]) >= 0:
		*t = text(b)
	}
	return nil
}

// A number is a JSON number, or a text that holds one; 0 if it is neither.
type number float64

// UnmarshalJSON reads a number.
func (n *number) UnmarshalJSON(b []byte) error {
	f, err := strconv.ParseFloat(strings.Trim(string(b), `" `), 64)
	if err != nil || f != f {
		f = 0
	}
	*n = number(f)
	return nil
}

// A flag is a JSON boolean; nil in a pointer where the provider does not say.
type flag bool

// UnmarshalJSON reads true as true, and everything else as false.
func (f *flag) UnmarshalJSON(b []byte) error {
	*f = string(b) == "true" || string(b) == `"true"`
	return nil
}

// A label is an object with a name for people, or a text.
type label string

// UnmarshalJSON reads the text, or the object's label or name.
func (l *label) UnmarshalJSON(b []byte) error {
	var o struct{ Label, Name, Text text }
	var t text
	if err := json.Unmarshal(b, &o); err == nil {
		for _, v := range []text{o.Label, o.Name, o.Text} {
			if v != "" {
				*l = label(v)
				return nil
			}
		}
	}
	*l = ""
	if len(b) > 0 && b[0] == '"' {
		if err := json.Unmarshal(b, &t); err != nil {
			return err
		}
		*l = label(t)
	}
	return nil
}
