package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	if !utf8.Valid(body) {
		return fmt.Errorf("%w: invalid UTF-8", errMalformed)
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := check(dec, reflect.TypeOf(into).Elem(), ""); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: more than one value", errMalformed)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("%w: it does not fit: %w", store.ErrInvalid, err)
	}
	return nil
}

// check compares one value with the type that it is read into.
func check(dec *json.Decoder, t reflect.Type, path string) error {
	token, err := dec.Token()
	if err != nil {
		return fmt.Errorf("%w: at byte %d", errMalformed, dec.InputOffset())
	}
	optional := t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map
	if token == nil && optional && path != "" {
		return nil
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch kind := t.Kind(); {
	case token == json.Delim('{') && kind == reflect.Struct, token == json.Delim('{') && kind == reflect.Map:
		return checkObject(dec, t, path)
	case token == json.Delim('[') && kind == reflect.Slice:
		return checkArray(dec, t, path)
	}
	return checkScalar(token, t, path)
}

func checkObject(dec *json.Decoder, t reflect.Type, path string) error {
	seen := map[string]bool{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return fmt.Errorf("%w: at byte %d", errMalformed, dec.InputOffset())
		}
		name, _ := token.(string)
		at := joined(path, name)
		if seen[name] {
			return wrong(at, "given twice")
		}
		seen[name] = true
		value, known := member(t, name)
		if !known {
			return wrong(at, "unknown field")
		}
		if err := check(dec, value, at); err != nil {
			return err
		}
	}
	return closing(dec)
}

func checkArray(dec *json.Decoder, t reflect.Type, path string) error {
	for i := 0; dec.More(); i++ {
		if err := check(dec, t.Elem(), fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
	}
	return closing(dec)
}

func closing(dec *json.Decoder) error {
	if _, err := dec.Token(); err != nil {
		return fmt.Errorf("%w: at byte %d", errMalformed, dec.InputOffset())
	}
	return nil
}

func checkScalar(token json.Token, t reflect.Type, path string) error {
	want := ""
	switch v := token.(type) {
	case string:
		if t.Kind() == reflect.String {
			return nil
		}
	case bool:
		if t.Kind() == reflect.Bool {
			return nil
		}
	case json.Number:
		switch t.Kind() {
		case reflect.Int, reflect.Int64:
			if _, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
				return nil
			}
		case reflect.Float64:
			if _, err := strconv.ParseFloat(v.String(), 64); err == nil {
				return nil
			}
		}
	}
	switch t.Kind() {
	case reflect.String:
		want = "a string"
	case reflect.Bool:
		want = "true or false"
	case reflect.Int, reflect.Int64:
		want = "a whole number"
	case reflect.Float64:
		want = "a number"
	case reflect.Slice:
		want = "an array"
	default:
		want = "an object"
	}
	return wrong(path, "wrong type: want "+want)
}

// member returns the type of an object's field.
func member(t reflect.Type, name string) (reflect.Type, bool) {
	if t.Kind() == reflect.Map {
		return t.Elem(), true
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == name {
			return f.Type, true
		}
	}
	return nil, false
}

// joined returns the path of a field. An unknown name can be long or unprintable, so it is bounded.
func joined(path, name string) string {
	const most = 64
	name = lead.CleanLine(strings.ToValidUTF8(name[:min(len(name), most)], ""))
	if path == "" {
		return name
	}
	return path + "." + name
}

// wrong returns the error of a field that breaks the contract.
func wrong(field, problem string) error {
	if field == "" {
		field = "body"
	}
	return fmt.Errorf("%w: %w", store.ErrInvalid, &lead.FieldError{Field: field, Problem: problem})
}
