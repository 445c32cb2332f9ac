package driver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"unicode/utf8"

	"github.com/agent-forge/forge/store"
)

var extraKey = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// PrepareExtra returns a value of Put as stores keep it: without insignificant white space, and empty
// if the key is to be removed. It refuses what breaks the contract, with store.ErrInvalid.
func PrepareExtra(key string, value json.RawMessage) (string, error) {
	if len(key) > store.MaxExtraKeyBytes || !extraKey.MatchString(key) {
		return "", invalid("key", fmt.Sprintf(
			"want 1 to %d letters, digits, dots, dashes and underscores, the first a letter or a digit",
			store.MaxExtraKeyBytes))
	}
	if len(value) == 0 {
		return "", nil
	}
	var compact bytes.Buffer
	if !utf8.Valid(value) || json.Compact(&compact, value) != nil {
		return "", invalid("value", "not valid JSON: encode it with json.Marshal")
	}
	if compact.Len() > store.MaxExtraBytes {
		return "", invalid("value",
			fmt.Sprintf("%d bytes, at most %d are allowed", compact.Len(), store.MaxExtraBytes))
	}
	if compact.String() == "null" {
		return "", nil
	}
	return compact.String(), nil
}

// CheckExtras refuses another key of a job that has n others, with store.ErrInvalid.
func CheckExtras(n int) error {
	if n >= store.MaxExtraKeys {
		return invalid("key",
			fmt.Sprintf("the job has %d others, at most %d are allowed: remove one", n, store.MaxExtraKeys))
	}
	return nil
}

// An ExtraColumn holds what is kept for an application, as a JSON object whose values are strings of
// JSON. NULL is nothing.
type ExtraColumn struct {
	JSON []byte `db:"extra"`
}

// Extra returns the values by key, nil if there are none.
func (c ExtraColumn) Extra() (map[string]json.RawMessage, error) {
	if c.JSON == nil {
		return nil, nil
	}
	var values map[string]string
	if err := json.Unmarshal(c.JSON, &values); err != nil {
		return nil, fmt.Errorf("column extra: %w", err)
	}
	return Extras(values), nil
}

// Extras returns values of Put in the form of store.Entry.Extra.
func Extras(values map[string]string) map[string]json.RawMessage {
	if len(values) == 0 {
		return nil
	}
	all := make(map[string]json.RawMessage, len(values))
	for k, v := range values {
		all[k] = json.RawMessage(v)
	}
	return all
}
