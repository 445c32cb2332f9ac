package ats

import (
	"strings"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
)

// A part is a section of an advert as its provider keeps it: a heading in plain text, and markup.
type part struct {
	heading, markup string
	asks            bool // it states requirements
}

// setText makes the text of its parts. If no part states requirements, they are looked for in the
// text; so is the pay, if the provider's fields, which are read before, do not state it.
func (j *job) setText(parts ...part) {
	var text, asked []string
	for _, p := range parts {
		body := advert.Text(p.markup)
		if body == "" {
			continue
		}
		if heading := lead.CleanLine(p.heading); heading != "" {
			body = heading + "\n" + body
		}
		text = append(text, body)
		if p.asks {
			asked = append(asked, body)
		}
	}
	j.text, j.requirements = strings.Join(text, "\n\n"), strings.Join(asked, "\n\n")
	if j.requirements == "" {
		j.requirements = advert.RequirementsOf(j.text)
	}
	if j.facts[enrich.AttrSalary] == "" {
		j.setPayIn(j.text)
	}
}

// kindOf returns what a heading says that its section is about.
func kindOf(heading string) advert.SectionKind {
	if s := advert.Sections(lead.CleanLine(heading) + "\n- x"); len(s) > 0 && s[0].Heading != "" {
		return s[0].Kind
	}
	return advert.SectionOther
}

// asks reports whether a heading names requirements.
func asks(heading string) bool {
	k := kindOf(heading)
	return k == advert.SectionRequirements || k == advert.SectionPreferred
}
