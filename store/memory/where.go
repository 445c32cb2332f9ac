package memory

import (
	"cmp"
	"slices"
	"strings"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
	"github.com/agent-forge/forge/store/driver"
)

// data is what the user sees of the job's text, nil if there is none.
func (e *entry) data() *enrich.Data {
	if e.status == lead.AutoRejected {
		return nil
	}
	return e.job.data
}

// is reports whether what w wants holds, or can hold.
func (e *entry) is(w store.Where) bool {
	posted, data := e.job.lead.PostedAt, e.data()
	unknown := func(isUnknown bool) bool { return isUnknown && !w.Stated }
	pay := driver.Pay(data, w.Currency)
	var easy *bool
	if data != nil {
		easy = data.IsEasyApply
	}
	return e.hasWords(w.Words) &&
		(w.Place == "" || part(e.job.lead.Location, w.Place) || unknown(e.job.lead.Location == "")) &&
		(len(w.Sources) == 0 || slices.Contains(w.Sources, e.job.lead.Source)) &&
		(w.PostedAfter.IsZero() || !posted.Before(w.PostedAfter) || unknown(posted.IsZero())) &&
		(w.UpdatedAfter.IsZero() || e.updatedAt.After(w.UpdatedAfter)) &&
		(w.MinPay == 0 || pay >= int64(w.MinPay) || unknown(pay == 0)) &&
		(!w.EasyApply || easy != nil && *easy || unknown(easy == nil)) &&
		(!w.Remote || e.isRemote(w.Stated)) &&
		(w.BelowScore == 0 || e.assessment != nil && e.assessment.Score < w.BelowScore)
}

// isRemote reports whether the job is done from home, or can be.
func (e *entry) isRemote(stated bool) bool {
	workplace := ""
	if data := e.data(); data != nil {
		workplace = data.Attributes[enrich.AttrWorkplace]
	}
	elsewhere := workplace == "hybrid" || workplace == "on-site"
	return part(e.job.lead.Location, "remote") || workplace == "remote" || !stated && !elsewhere
}

func (e *entry) hasWords(words []string) bool {
	texts := []string{e.job.lead.Title, e.job.lead.Company, e.job.lead.Location}
	if a := e.assessment; a != nil {
		texts = append(append(texts, a.Reasoning), a.MissingSkills...)
	}
	if d := e.data(); d != nil {
		texts = append(texts, d.Attributes[enrich.AttrSkills], d.Requirements, d.Description)
	}
	return !slices.ContainsFunc(words, func(word string) bool {
		return !slices.ContainsFunc(texts, func(text string) bool { return part(text, word) })
	})
}

func part(text, of string) bool { return strings.Contains(strings.ToLower(text), strings.ToLower(of)) }

// rank is the entry's place in an order, -1 if it has none.
func (e *entry) rank(f store.Filter) int64 {
	switch f.Order {
	case store.ByDate:
		if posted := e.job.lead.PostedAt; !posted.IsZero() {
			return max(0, posted.UnixMicro())
		}
		return -1
	case store.ByPay:
		return cmp.Or(driver.Pay(e.data(), f.Where.Currency), -1)
	}
	return int64(score(e))
}
