package jobposting

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/internal/facts"
	"github.com/agent-forge/forge/lead"
)

// An object is a JSON object. Reading a nil one is fine.
type object = map[string]any

// maxDepth is how deep objects are looked for. Real pages nest five levels.
const maxDepth = 48

// index finds the postings and lists of v in a stable order, notes the objects that others can
// refer to, and spells all members as the schema does. A posting within a posting is another job,
// and a list within a list a part of it.
func (d *document) index(v any, depth int, inJob, inList bool) {
	if depth > maxDepth {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			d.index(e, depth+1, inJob, inList)
		}
	case object:
		respell(v)
		if id, ok := v["@id"].(string); ok && len(v) > 2 {
			if _, taken := d.byID[id]; !taken {
				d.byID[id] = v
			}
		}
		switch {
		case hasType(v, "JobPosting"):
			if !inJob {
				d.jobs = append(d.jobs, v)
			}
			inJob = true
		case hasType(v, "ItemList"):
			if !inList {
				d.lists = append(d.lists, v)
			}
			inList = true
		}
		for _, k := range containers(v) {
			d.index(v[k], depth+1, inJob, inList)
		}
	}
}

// containers returns the keys of an object's objects and lists in a stable order.
func containers(o object) []string {
	var keys []string
	for k, v := range o {
		switch v.(type) {
		case []any, object:
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

// hasType reports whether an object's @type is name, alone or among others, with or without the
// vocabulary before it.
func hasType(o object, name string) bool {
	is := o["@type"]
	if is == nil {
		is = o["type"]
	}
	if s, ok := is.(string); ok {
		return isType(s, name)
	}
	return slices.ContainsFunc(list(is), func(v any) bool {
		s, ok := v.(string)
		return ok && isType(s, name)
	})
}

func isType(s, name string) bool {
	return strings.EqualFold(strings.TrimSpace(s[strings.LastIndexAny(s, "/#:")+1:]), name)
}

// object returns v as an object: itself, the first of a list, or the one of the graph that it
// refers to by @id.
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

// text returns what v says in one line: a text, a number, or what names an object. Nothing for the
// rest.
func text(v any) string {
	switch v := v.(type) {
	case string:
		if !strings.ContainsAny(v, `<&\`) { // neither markup nor escapes
			return lead.CleanLine(v)
		}
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
	if l, ok := v.([]any); ok {
		for _, e := range l {
			if s := said(e); s != "" {
				return s
			}
		}
		return ""
	}
	s := text(v)
	if nothing(s) {
		return ""
	}
	return s
}

// nothing reports whether a text says nothing, or that there is nothing.
func nothing(s string) bool {
	const longest = 20
	switch {
	case len(s) > longest:
		return strings.TrimSpace(s) == ""
	case facts.Nothing(s):
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
	if s, ok := v.(string); ok {
		return text(s)
	}
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

// yes reads a truth in the forms that sites write: true, "true", "http://schema.org/True". nil: v
// says neither.
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
