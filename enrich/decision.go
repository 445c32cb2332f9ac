package enrich

import "github.com/agent-forge/forge/lead"

// A Decision is what the gate makes of an assessment, on its way to the store.
type Decision struct {
	Assessment Assessment
	Status     lead.Status // [lead.Matched] or [lead.AutoRejected]

	// Data is the text that travels with the decision. It is nil for every rejection, and for a
	// match whose text came from the store in the first place.
	Data *Data

	// Sketch is kept of a rejection, so that the job can be judged against another résumé. It is nil
	// for every match, whose text is kept, and if no scorer made one.
	Sketch Sketch

	// Fingerprint stands for the text that was scored, so that the same advert is recognised elsewhere;
	// see package enrich/twin. It is no text, and a rejection carries it, too. If zero, a store
	// computes it from Data, and the job is compared with no other if there is none.
	Fingerprint uint64

	// Basis says which résumé, scorer and threshold the decision was made with.
	Basis Basis

	// Kept reports that the gate rejects the job and the user said to keep it: its status is
	// [lead.Matched] whatever its score is.
	Kept bool
}

// Clean returns d with its texts repaired. See [Assessment.Clean] and [Data.Clean].
func (d Decision) Clean() Decision {
	d.Assessment = d.Assessment.Clean()
	if d.Data != nil {
		data := d.Data.Clean()
		d.Data = &data
	}
	if len(d.Sketch) == 0 {
		d.Sketch = nil
	}
	return d
}

// Validate reports a score outside 0 to 100, a status other than MATCHED and AUTO_REJECTED, a
// rejection that carries text or is unverified, a match that carries a sketch, blank text, an
// over-long field, and an assessment that quotes the text it travels with. The error is a [*lead.FieldError].
func (d Decision) Validate() error {
	if err := d.Assessment.Validate(); err != nil {
		return err
	}
	if err := d.Sketch.Validate(); err != nil {
		return err
	}
	if err := d.Basis.Validate(); err != nil {
		return err
	}
	switch d.Status {
	case lead.Matched:
		if d.Sketch != nil {
			return &lead.FieldError{Field: "sketch", Problem: "a MATCHED job keeps its text: send null"}
		}
	case lead.AutoRejected:
		if d.Data != nil {
			problem := "an AUTO_REJECTED job carries no text: send null"
			return &lead.FieldError{Field: "enrichment_data", Problem: problem}
		}
		if d.Assessment.Unverified {
			problem := "an unverified assessment rejects no job: send MATCHED"
			return &lead.FieldError{Field: "unverified", Problem: problem}
		}
		if d.Kept {
			problem := "a job that the user keeps is not rejected: send MATCHED"
			return &lead.FieldError{Field: "kept", Problem: problem}
		}
	default:
		return &lead.FieldError{Field: "status", Problem: "want MATCHED or AUTO_REJECTED"}
	}
	if d.Data == nil {
		return nil
	}
	if err := d.Data.Validate(); err != nil {
		return err
	}
	reasoning := d.Assessment.Reasoning
	if Quotes(reasoning, d.Data.Description) || Quotes(reasoning, d.Data.Requirements) {
		return &lead.FieldError{Field: "ai_reasoning", Problem: "quotes the posting; say it in other words"}
	}
	return nil
}
