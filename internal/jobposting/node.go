package jobposting

import (
	"cmp"
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/internal/facts"
)

// An object is a JSON object. Reading a nil one is fine.
type object = map[string]any

// maxDepth is how deep objects are looked for. Real pages nest five levels.
const maxDepth = 48

// walk yields every object of the page from the outside in.
func (d *document) walk() iter.Seq[object] {
	return func(yield func(object) bool) {
		for _, root := range d.roots {
			if !descend(root, 0, func(o object) (bool, bool) { return true, yield(o) }) {
				return
			}
		}
	}
}

// objects yields the objects of one type. It does not look inside those: a posting within a posting is another job.
func (d *document) objects(name string) iter.Seq[object] {
	return func(yield func(object) bool) {
		for _, root := range d.roots {
			more := descend(root, 0, func(o object) (deeper, more bool) {
				if hasType(o, name) {
					return false, yield(o)
				}
				return true, true
			})
			if !more {
				return
			}
		}
	}
}

// descend visits v's objects in a stable order. visit says whether to look inside the object, and whether to go on.
func descend(v any, depth int, visit func(object) (deeper, more bool)) bool {
	if depth > maxDepth {
		return true
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if !descend(e, depth+1, visit) {
				return false
			}
		}
	case object:
		deeper, more := visit(v)
		if !more || !deeper {
			return more
		}
		for _, k := range sortedKeys(v) {
			switch v[k].(type) {
			case []any, object:
				if !descend(v[k], depth+1, visit) {
					return false
				}
			}
		}
	}
	return true
}

// object returns v as an object: itself, the first of a list, or the one of the graph that it refers to by @id.
func (d *document) object(v any) object {
	for _, e := range list(v) {
		o, ok := e.(object)
		if !ok {
			continue
		}
		if id, ok := o["@id"].(string); ok && len(o) <= 2 { // @id, and sometimes @type
			if whole, ok := d.byID[id]; ok {
				return whole
			}
		}
		return o
	}
	return nil
}

// list returns v's elements: none for null, itself for a single value.
func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		return []any{v}
	}
}

// text returns what v says in one line: a text, a number, or what names an object. Nothing for the rest.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return advert.Title(v)
	case json.Number:
		return v.String()
	case object:
		return firstText(v["@value"], v["name"], v["value"], v["title"])
	case []any:
		return firstText(v...)
	default:
		return ""
	}
}

// said is [text], without the words that programs write where they have nothing to say.
func said(v any) string {
	for _, e := range list(v) {
		if s := text(e); !nothing(s) {
			return s
		}
	}
	return ""
}

// nothing reports whether a text says nothing, or that there is nothing.
func nothing(s string) bool {
	if facts.Nothing(s) {
		return true
	}
	switch strings.ToLower(strings.Trim(s, ". ")) {
	case "no requirements", "not applicable", "tbd", "tba", "unknown", "[object object]":
		return true
	}
	return false
}

func firstText(vs ...any) string {
	for _, v := range vs {
		if s := text(v); s != "" {
			return s
		}
	}
	return ""
}

// link returns the URL that v is or names, as written.
func link(v any) string {
	for _, e := range list(v) {
		if o, ok := e.(object); ok {
			return cmp.Or(link(o["url"]), link(o["@id"]))
		}
		if s := text(e); s != "" {
			return s
		}
	}
	return ""
}

// sayings returns what each element of v says, repeats left out.
func sayings(v any) []string {
	var out []string
	for _, e := range list(v) {
		out = appendNew(out, said(e))
	}
	return out
}

// yes reads a truth in the forms that sites write: true, "true", "http://schema.org/True". nil: v says neither.
func yes(v any) *bool {
	if s, ok := v.(string); ok {
		switch s = strings.ToLower(s); s[strings.LastIndexByte(s, '/')+1:] {
		case "true", "yes", "1":
			v = true
		case "false", "no", "0":
			v = false
		}
	}
	if b, ok := v.(bool); ok {
		return &b
	}
	return nil
}

func sortedKeys(o object) []string { return slices.Sorted(maps.Keys(o)) }
