package llm

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// A reply is what the model must answer, all of it and nothing else.
type reply struct {
	Skills          rating   `json:"skills"`
	Experience      rating   `json:"experience"`
	Domain          rating   `json:"domain"`
	Location        rating   `json:"location"`
	Other           rating   `json:"other"`
	MissingSkills   []string `json:"missing_skills"`
	Reasoning       *string  `json:"reasoning"`
	Recommendations []string `json:"recommendations"`
}

type rating struct {
	Posting []string `json:"posting_lines"`
	Resume  []string `json:"resume_lines"`
	Rating  *int     `json:"rating"`
}

const maxRating = 5

// advice ends the errors of replies in another form.
const advice = "if this happens to every job, use a model that follows a JSON schema, such as qwen2.5:7b"

// schemaText bounds every string and list of the reply, so that generation ends. The order of its
// properties is the order in which the model writes: lines before ratings. It is filled with the
// form of a rating, five times.
const schemaText = `{"type":"object","properties":{"skills":%[1]s,"experience":%[1]s,"domain":%[1]s,` +
	`"location":%[1]s,"other":%[1]s,` +
	`"missing_skills":{"type":"array","items":{"type":"string","maxLength":40},"maxItems":6},` +
	`"reasoning":{"type":"string","maxLength":240},` +
	`"recommendations":{"type":"array","items":{"type":"string","maxLength":100},"maxItems":3}},` +
	`"required":["skills","experience","domain","location","other","missing_skills","reasoning",` +
	`"recommendations"],"additionalProperties":false}`

const ratingText = `{"type":"object","properties":{` +
	`"posting_lines":{"type":"array","items":{"type":"string","enum":["%s"]},"maxItems":2},` +
	`"resume_lines":{"type":"array","items":{"type":"string","enum":["%s"]},"maxItems":2},` +
	`"rating":{"type":"integer","minimum":0,"maximum":5}},` +
	`"required":["posting_lines","resume_lines","rating"],"additionalProperties":false}`

// schema returns the JSON schema of a reply about lines with these labels.
func schema(posting, resume []string) json.RawMessage {
	form := fmt.Sprintf(ratingText, strings.Join(posting, `","`), strings.Join(resume, `","`))
	return fmt.Appendf(nil, schemaText, form)
}

var (
	// thinking is what models write before a reply if nobody keeps them from it. The beginning can
	// be missing, because some templates write it themselves.
	thinking = regexp.MustCompile(`(?is)^.*</(?:think|thinking|thought|reasoning)>`)
	fenced   = regexp.MustCompile("(?s)^[^{]*```(?:json|JSON)?\\s*(\\{.*\\})\\s*(?:```[^{}]*)?$")
)

// parseReply reads a reply strictly. A thinking block before it and a code fence around it are
// taken off. The errors of package json are left out, because they can quote the reply, which can
// hold anything.
func parseReply(content string) (reply, error) {
	content = strings.TrimSpace(thinking.ReplaceAllString(content, ""))
	if m := fenced.FindStringSubmatch(content); m != nil {
		content = m[1]
	}
	var r reply
	dec := json.NewDecoder(strings.NewReader(content))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil {
		return r, badReply("the reply is not the JSON that was asked for: %s", advice)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return r, badReply("something follows the reply: %s", advice)
	}
	for i, c := range r.ratings() {
		if c.Posting == nil || c.Resume == nil || c.Rating == nil {
			return r, badReply("the reply lacks a part of %s: %s", criteria[i].name, advice)
		}
		if *c.Rating < 0 || *c.Rating > maxRating {
			return r, badReply("the rating of %s is out of range, want 0 to %d: %s",
				criteria[i].name, maxRating, advice)
		}
	}
	if r.Reasoning == nil || r.MissingSkills == nil || r.Recommendations == nil {
		return r, badReply("the reply lacks reasoning, missing_skills or recommendations: %s", advice)
	}
	return r, nil
}

// ratings returns the ratings in the order of criteria.
func (r reply) ratings() [len(criteria)]rating {
	return [...]rating{r.Skills, r.Experience, r.Domain, r.Location, r.Other}
}
