package naukri

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// A scalar is a JSON text, number or truth as text. Fields change between them from year to year;
// null, lists and objects are blank.
type scalar string

// UnmarshalJSON never fails on valid JSON.
func (s *scalar) UnmarshalJSON(b []byte) error {
	*s = ""
	switch {
	case len(b) == 0 || b[0] == '{' || b[0] == '[' || bytes.Equal(b, []byte("null")):
		return nil
	case b[0] != '"':
		*s = scalar(b)
		return nil
	}
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	*s = scalar(text)
	return nil
}

// number returns a positive number; 0: it is none.
func (s scalar) number() float64 {
	f, err := strconv.ParseFloat(string(s), 64)
	if err != nil || !(f > 0) || f > 1e12 {
		return 0
	}
	return f
}

// int returns a count; 0: it is none.
func (s scalar) int() int {
	if f := s.number(); f <= 1e9 {
		return int(f)
	}
	return 0
}

// unmarshal reads JSON of which some members may have another form than v knows: those stay zero.
func unmarshal(b []byte, v any) error {
	err := json.Unmarshal(b, v)
	if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return nil
	}
	return err
}

const maxJSONPage = 6 << 20

// shownJSON returns the JSON in a page that begins with <pre>.
func shownJSON(page []byte) ([]byte, bool) {
	z := html.NewTokenizer(bytes.NewReader(page))
	var text strings.Builder
	for {
		switch z.Next() {
		case html.TextToken:
			text.Write(z.Text())
			continue
		case html.StartTagToken:
			if text.Len() == 0 {
				continue
			}
		}
		s := strings.TrimSpace(text.String())
		return []byte(s), len(s) > 0 && (s[0] == '{' || s[0] == '[') && json.Valid([]byte(s))
	}
}
