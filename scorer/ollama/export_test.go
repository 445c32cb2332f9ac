package ollama

import (
	"github.com/agent-forge/forge/enrich"
)

// DirectTransport is the transport of a scorer that is given none.
var DirectTransport = directTransport

// MostPoints returns an upper bound of what any reply whatever can score: the whole weight for each criterion that some pair
// of quotes could back.
func (s *Scorer) MostPoints(resume string, p enrich.Posting) (points int, terms []string, err error) {
	r, err := s.readResume(resume)
	if err != nil {
		return 0, nil, err
	}
	post, err := s.readPosting(p)
	if err != nil {
		return 0, nil, err
	}
	shown, err := s.fit(post, s.opts.NumCtx-s.opts.NumPredict-r.tokens)
	if err != nil {
		return 0, nil, err
	}
	weak := 0
	for t := range shown.words.terms {
		switch {
		case !r.words.terms[t]:
		case s.words.weak[t] || shown.place[t]:
			weak++
			terms = append(terms, "("+t+")")
		default:
			terms = append(terms, t)
		}
	}
	n := len(terms) - weak
	for i, w := range []int{WeightSkills, WeightExperience, WeightDomain, WeightLocation, WeightOther} {
		if i < n || i > 2 && weak > 0 {
			points += w
		}
	}
	if n < fewTerms {
		points = min(points, pointsPerTerm*n)
	}
	return points, terms, nil
}

// ReadPosting returns the text of a posting as the model would see it if there were room for all of it.
func (s *Scorer) ReadPosting(p enrich.Posting) (text string, flagged int, err error) {
	post, err := s.readPosting(p)
	return post.header + "\n" + post.body, post.flagged, err
}

// Clean is what is done to every text.
func Clean(text string) string { return newCleaner().clean(text) }

// Withhold leaves out what speaks to a model.
func Withhold(text string) (string, int) { return newDetector().withhold(text) }

// ParseReply says whether a reply can be read.
func ParseReply(content string) error {
	_, err := parseReply(content)
	return err
}
