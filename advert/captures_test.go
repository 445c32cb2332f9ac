package advert_test

import (
	"encoding/json"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/internal/captures"
	"github.com/agent-forge/forge/internal/measure"
)

// A savedPosting holds the texts of a job in an answer of an applicant-tracking system, whichever
// of them it has.
type savedPosting struct {
	Content         string // of Greenhouse, escaped
	DescriptionHTML string // of Ashby
	Description     string // of Lever and others
	Requirements    string
	ContentHTML     string `json:"content_html"`
	Lists           []struct{ Text, Content string }
	Additional      string
}

func (p savedPosting) html() string {
	b := strings.Builder{}
	b.WriteString(html.UnescapeString(p.Content))
	b.WriteString(p.DescriptionHTML)
	if p.DescriptionHTML == "" {
		b.WriteString(p.Description)
	}
	b.WriteString(p.ContentHTML)
	for _, l := range p.Lists {
		fmt.Fprintf(&b, "<h3>%s</h3><ul>%s</ul>", l.Text, l.Content)
	}
	b.WriteString(p.Requirements)
	b.WriteString(p.Additional)
	return b.String()
}

// savedPostings reads the answers of the folder captures-ats beside the folder of saved pages, each
// named FILE#INDEX. It skips the test where there is no such folder.
func savedPostings(t *testing.T) (names, texts []string) {
	t.Helper()
	dir := filepath.Join(filepath.Dir(captures.Dir(t)), "captures-ats")
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.json"))
	require.NoError(t, err)
	if captures.Dir(t) == "" || len(files) == 0 {
		t.Skipf("no folder captures-ats beside the saved pages; set %s to test against one", captures.Env)
	}
	for _, file := range measure.Few(files) {
		answer, err := os.ReadFile(file)
		require.NoError(t, err)
		var list []savedPosting
		if json.Unmarshal(answer, &list) != nil {
			var object struct{ Jobs, Offers, Items []savedPosting }
			_ = json.Unmarshal(answer, &object) // an answer of another form has no texts
			list = append(append(object.Jobs, object.Offers...), object.Items...)
		}
		name, err := filepath.Rel(dir, file)
		require.NoError(t, err)
		for i, p := range list {
			if text := advert.TextFromHTML(p.html()); text != "" {
				names, texts = append(names, fmt.Sprintf("%s#%d", name, i)), append(texts, text)
			}
		}
	}
	return names, texts
}

// What a posting asks for, and what no requirements hold, in the words of the saved postings.
var (
	asked = regexp.MustCompile(`(?im)^\s*(?:[-•*·]|\d+\.) .*\b(?:experience|years|degree|ability|proficien|` +
		`knowledge|fluent|skills|familiar)`)
	beyond = regexp.MustCompile(`(?i)equal (?:employment )?opportunity|without regard to|` +
		`regardless of (?:race|gender|age|sex)|privacy (?:policy|notice|statement)|your personal data|` +
		`reasonable accommodation|fair chance|arrest and conviction|` +
		`(?:salary|pay|compensation) range|base (?:salary|pay)|401\(?k|medical, dental|parental leave|` +
		`[$€£]\d{2,3}[,.]?\d{3}(?:\.00)?\s*(?:[-–—]|to)\s*[$€£]`)
)

func TestRequirementsOfSavedPostingsAreFoundAndEnd(t *testing.T) {
	t.Parallel()
	names, texts := savedPostings(t)
	states, found, clean := 0, 0, 0
	for i, text := range texts {
		requirements := advert.RequirementsOf(text)
		if len(asked.FindAllString(text, 3)) == 3 {
			states++
			if requirements != "" {
				found++
			} else {
				t.Logf("%s: no requirements were found", names[i])
			}
		}
		if more := beyond.FindString(requirements); more == "" {
			clean++
		} else {
			t.Logf("%s: the requirements hold %q", names[i], more)
		}
	}
	t.Logf("%d texts; requirements found in %d of %d that state them", len(texts), found, states)
	t.Logf("requirements free of pay, equal opportunity and privacy in %d of %d", clean, len(texts))
	require.GreaterOrEqual(t, found*100, states*98)
	require.GreaterOrEqual(t, clean*100, len(texts)*95)
}
