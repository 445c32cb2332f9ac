package scorertest

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/agent-forge/forge/enrich"
)

// wordsOf returns the words of a text in lower case.
func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '+' && r != '#'
	})
}

func assessmentCases() []testCase {
	return []testCase{
		{"an ordinary posting gets a valid one", func(k *kit) {
			k.assess(resumeText, ordinary())
		}},
		{"a posting of another trade gets a valid one", func(k *kit) {
			k.assess(resumeText, otherTrade())
		}},
		{"a posting that is only a description gets a valid one", func(k *kit) {
			p := ordinary()
			p.Lead.Company, p.Lead.Location = "", ""
			p.Data = enrich.Data{Description: p.Data.Description}
			k.assess(resumeText, p)
		}},
		{"a résumé and a posting of one line each get a valid one", func(k *kit) {
			k.assess("Registered nurse, ten years in intensive care.",
				saying("Registered nurse for our intensive care unit."))
		}},
		{"a posting of one word gets a valid one or is refused", func(k *kit) {
			k.assessOrRefuse(resumeText, saying("Nurse"))
		}},
		{"it does not share a posting's words at length", func(k *kit) {
			// Every line is a skill list of its own, longer than a quote may be.
			line := "Must know Go and PostgreSQL and Kafka and Redis and Rust and Scala and Erlang"
			p := saying("Requirements\n- " + strings.Join(slices.Repeat([]string{line}, 20), "\n- "))
			p.Data.Requirements = line
			k.assess(resumeText, p)
		}},
		{"no skill is missing that the résumé names", func(k *kit) {
			words := " " + strings.Join(wordsOf(resumeText), " ") + " "
			for _, p := range []enrich.Posting{ordinary(), otherTrade()} {
				for _, s := range k.assess(resumeText, p).MissingSkills {
					skill := strings.Join(wordsOf(s), " ")
					if skill != "" && strings.Contains(words, " "+skill+" ") {
						k.Errorf("%q is said to be missing, and it stands in the résumé", s)
					}
				}
			}
		}},
		{"missing skills are named once and are not blank", func(k *kit) {
			for _, p := range []enrich.Posting{ordinary(), otherTrade()} {
				seen := make(map[string]bool)
				for _, s := range k.assess(resumeText, p).MissingSkills {
					key := strings.ToLower(strings.TrimSpace(s))
					if key == "" || seen[key] {
						k.Errorf("missing skills hold a blank or a repeated item, among %q",
							slices.Sorted(maps.Keys(seen)))
					}
					seen[key] = true
				}
			}
		}},
	}
}
