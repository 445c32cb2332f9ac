package storetest

import (
	"errors"
	"strings"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// refused syncs 25 leads of which number 7 is bad, and checks that it alone is refused, by the
// field's name.
func (k *kit) refused(field string, spoil func(l *lead.Lead)) {
	k.Helper()
	leads := leadsOf(1, 25)
	spoil(&leads[7])
	refs, err := k.as(ada).Sync(k.Context(), leads)
	k.fails(err, store.ErrInvalid, "sync")
	partial := k.partial(err)
	if len(partial.Rejected) != 1 || partial.Rejected[0].Index != 7 {
		k.Fatalf("refused %+v, want lead 7 alone", partial.Rejected)
	}
	wrong, ok := errors.AsType[*lead.FieldError](partial.Rejected[0].Err)
	if !ok || wrong == nil || wrong.Field != field {
		k.Errorf("refused for %v, want field %q", partial.Rejected[0].Err, field)
	}
	if len(err.Error()) > 1000 {
		k.Errorf("the message has %d bytes", len(err.Error()))
	}
	k.equal(len(refs), 24, "refs")
	k.equal(len(k.claim(ada, 100)), 24, "stored companions")
}

// partial returns the error of a batch of which some leads were refused.
func (k *kit) partial(err error) *store.PartialError {
	k.Helper()
	partial, ok := errors.AsType[*store.PartialError](err)
	switch {
	case !ok:
		k.Fatalf("sync: got error %v (%T), want a *store.PartialError that names the refused leads", err, err)
	case partial == nil:
		k.Fatal("sync: the error is a nil *store.PartialError, which is not nil: return nil itself")
	}
	return partial
}

var inputCases = []testCase{
	{"NUL, control characters, invalid UTF-8 and stray spaces are repaired", func(k *kit) {
		l := leadOf(1)
		l.Title = " Senior\x00 \x01Engi\xffneer\r\n\t(Go) "
		l.Company = "Caf\u00e9\x00 \xc3\x28"
		l.ExternalID = "000001\x00"
		k.sync(ada, l)
		got := k.take(ada).Lead
		k.equal(got.Title, "Senior Engineer (Go)", "title")
		k.equal(got.Company, "Café (", "company")
		k.equal(got.ExternalID, "000001", "external id")
		k.equal(len(k.sync(ada, leadOf(1))), 0, "the repaired id is the id")
	}},
	{"all of Unicode is kept", func(k *kit) {
		l := leadOf(1)
		l.Title, l.Company, l.Location = "工程师 👩‍💻 Go", "שלום עולם", "Zürich / 'quoted' \"twice\" \\ %s $1 ?"
		k.sync(ada, l)
		k.equal(k.take(ada).Lead, l, "lead")
	}},
	{"a lead without an id is refused by name and its companions are stored", func(k *kit) {
		k.refused("external_id", func(l *lead.Lead) { l.ExternalID = "" })
	}},
	{"a lead with a title of 10 MB is refused by name and its companions are stored", func(k *kit) {
		k.refused("title", func(l *lead.Lead) { l.Title = strings.Repeat("x", 10<<20) })
	}},
	{"a lead without a title is refused", func(k *kit) {
		k.refused("title", func(l *lead.Lead) { l.Title = " \x00 " })
	}},
	{"a lead without a source is refused", func(k *kit) {
		k.refused("source", func(l *lead.Lead) { l.Source = "" })
	}},
	{"a lead with a strange URL is refused", func(k *kit) {
		k.refused("url", func(l *lead.Lead) { l.URL = "javascript:alert(1)" })
	}},
	{"an over-long id is refused and bounded in the error", func(k *kit) {
		k.refused("external_id", func(l *lead.Lead) { l.ExternalID = strings.Repeat("9", 1<<20) })
	}},
	{"a batch of bad leads stores nothing and names each", func(k *kit) {
		refs, err := k.as(ada).Sync(k.Context(), make([]lead.Lead, 3))
		if partial := k.partial(err); len(partial.Rejected) != 3 {
			k.Errorf("got %v, want 3 refused leads", err)
		}
		k.equal(len(refs), 0, "refs")
	}},
	{"a assessment and a text of every kind of character are kept", func(k *kit) {
		easy := true
		text := "Línea 1\n\n• 工程师 'q' \"d\" \\ %s $1 ? :name @x\tTab"
		r := enrich.Decision{
			Assessment: enrich.Assessment{
				Score: 77, Reasoning: "Gut: Go & SQL – „passt“ 'q' \\ $1 ?",
				MissingSkills:           []string{"C++", "a,b", `"x"`},
				SkillGapRecommendations: []string{"Learn {C++}"}, By: "judge/model:7b/1",
			},
			Status: lead.Matched,
			Data: &enrich.Data{
				Description: text, Requirements: "• Go\n• SQL", IsEasyApply: &easy,
				Attributes: map[string]string{enrich.AttrSalary: "€1 – €2", "x.y": "{}"},
			},
		}
		j := k.decide(ada, 1, r)
		e := k.entry(ada, j.ID)
		k.equal(k.assessed(e), r.Assessment, "match")
		k.equal(k.data(e.Data), *r.Data, "data")
		k.sync(bob, leadOf(1))
		k.equal(k.take(bob).Data, r.Data, "data that another user is served")
	}},
	{"NUL and invalid UTF-8 in a decision are repaired", func(k *kit) {
		r := match(80, "Go\x00 and \xffSQL")
		r.Assessment.Reasoning, r.Assessment.MissingSkills = "Fits\x00 \xffwell.", []string{
			"Ru\x00st", "\x00",
		}
		r.Data.Attributes = map[string]string{"sal\x00ary": "1\x00"}
		j := k.decide(ada, 1, r)
		e := k.entry(ada, j.ID)
		k.equal(k.assessed(e).Reasoning, "Fits well.", "reasoning")
		k.equal(k.assessed(e).MissingSkills, []string{"Rust"}, "missing skills")
		k.equal(k.data(e.Data).Description, "Go and SQL", "description")
		k.equal(k.data(e.Data).Attributes, map[string]string{"salary": "1"}, "attributes")
	}},
}
