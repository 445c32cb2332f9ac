package llm

import "github.com/agent-forge/forge/enrich"

// PromptVersion is part of By and of the identity.
const PromptVersion = promptVersion

var (
	Clean  = clean
	Schema = schema
)

// ParseReply says whether a reply can be read.
func ParseReply(content string) error {
	_, err := parseReply(content)
	return err
}

// ReadPosting returns the text of a posting as the model would see it if there were room for all of
// it.
func ReadPosting(p enrich.Posting) (text string, flagged int, err error) {
	post, err := readPosting(p)
	return post.header + "\n" + post.body, post.flagged, err
}

// MostPoints returns an upper bound of what any reply whatever can back: the whole weight of each
// criterion that some pair of lines could support.
func (s *Scorer) MostPoints(resume string, p enrich.Posting) (points int, terms []string, err error) {
	b, err := s.bind(resume)
	if err != nil {
		return 0, nil, err
	}
	post, err := readPosting(p)
	if err != nil {
		return 0, nil, err
	}
	shown, err := b.fit(post, s.opts.NumCtx-s.opts.NumPredict-b.resume.tokens)
	if err != nil {
		return 0, nil, err
	}
	loose := 0
	for t, strong := range shown.numbered.terms {
		switch {
		case !hasTerm(b.resume.terms, t):
		case !strong || weak()[t] || hasTerm(shown.place, t):
			loose++
			terms = append(terms, "("+t+")")
		default:
			terms = append(terms, t)
		}
	}
	n := len(terms) - loose
	for i, c := range criteria {
		if i < n || c.weak && loose > 0 {
			points += c.weight
		}
	}
	if n < fewTerms {
		points = min(points, pointsPerTerm*n)
	}
	return points, terms, nil
}
