package jobposting

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agent-forge/forge/lead"
)

// places returns one line for each Place, PostalAddress, AdministrativeArea or text, repeats left out.
func (d *document) places(v any) []string {
	var out []string
	for _, e := range list(v) {
		s := text(e)
		if o := d.object(e); o != nil {
			s = d.place(o)
		}
		out = appendNew(out, s)
	}
	return out
}

func (d *document) place(o object) string {
	address := o
	switch a := o["address"].(type) {
	case string:
		return text(a)
	case object, []any:
		address = d.object(a)
	}
	var parts []string
	for _, k := range []string{"addressLocality", "addressRegion", "addressCountry"} {
		s := firstText(d.name(address[k]), address[k])
		if s != "" && !slices.ContainsFunc(parts, func(p string) bool { return strings.EqualFold(p, s) }) {
			parts = append(parts, s)
		}
	}
	if len(parts) == 0 {
		return firstText(o["name"], address["name"], address["streetAddress"])
	}
	return strings.Join(parts, ", ")
}

// location writes the places in as many characters as a lead may have, whole places only.
func location(places, applicants []string, remote bool) string {
	if remote {
		if len(places) == 0 {
			places = applicants
		}
		if len(places) == 0 {
			return "Remote"
		}
	}
	const room = lead.MaxLocationRunes - len("Remote ()")
	var kept []string
	size := 0
	for _, p := range places {
		if size += utf8.RuneCountInString(p) + len("; "); size > room {
			break
		}
		kept = append(kept, p)
	}
	s := strings.Join(kept, "; ")
	if remote {
		return "Remote (" + s + ")"
	}
	return s
}
