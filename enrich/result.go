package enrich

import "github.com/agent-forge/forge/lead"

// A Result is a decision on its way to the store. Data nil means that no text travels: the job was rejected, or its text
// came from the store in the first place.
type Result struct {
	Match  Match
	Status lead.Status // [lead.Matched] or [lead.AutoRejected]
	Data   *Data       // nil for every rejection
}

// Clean returns r with its texts repaired; see [Match.Clean] and [Data.Clean].
func (r Result) Clean() Result {
	r.Match = r.Match.Clean()
	if r.Data != nil {
		d := r.Data.Clean()
		r.Data = &d
	}
	return r
}

// Validate reports, as a [*lead.FieldError], a score outside 0 to 100, a status that is no decision, a rejection that
// carries text, blank text, an over-long field, or a judgement that quotes the text it travels with.
func (r Result) Validate() error {
	if err := r.Match.Validate(); err != nil {
		return err
	}
	switch r.Status {
	case lead.Matched:
	case lead.AutoRejected:
		if r.Data != nil {
			return &lead.FieldError{Field: "enrichment_data", Problem: "an AUTO_REJECTED job carries no text: send null"}
		}
	default:
		return &lead.FieldError{Field: "status", Problem: "want MATCHED or AUTO_REJECTED"}
	}
	if r.Data == nil {
		return nil
	}
	if err := r.Data.Validate(); err != nil {
		return err
	}
	if Quotes(r.Match.Reasoning, r.Data.Description) || Quotes(r.Match.Reasoning, r.Data.Requirements) {
		return &lead.FieldError{Field: "ai_reasoning", Problem: "quotes the posting; say it in other words"}
	}
	return nil
}
