package evaluate

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/agent-forge/forge/advert"
	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/examples/evaluate/sample"
	"github.com/agent-forge/forge/lead"
)

// A pair is a résumé and a posting with what a person thinks of them.
type pair struct {
	Line    int // in the file
	Resume  string
	Posting enrich.Posting
	Label   int
	Query   int // pairs of one résumé have one number

	// of the texts: "de", or "en-de" for an English résumé and a German posting; "" if the file does not say
	Language string
	Trade    string // of the posting; "" if the file does not say
}

// maxLabel is the highest grade: the gain of nDCG is 2^label.
const maxLabel = 10

// readPairs reads the file, or the sample for "".
func readPairs(file string) ([]pair, error) {
	dir, name := fs.FS(sample.Files), "pairs.jsonl"
	if file != "" {
		dir, name = os.DirFS(filepath.Dir(file)), filepath.Base(file)
	}
	text, err := fs.ReadFile(dir, name)
	if err != nil {
		return nil, fmt.Errorf("read pairs: %w", err)
	}
	root, err := fs.Sub(dir, path.Dir(name))
	if err != nil {
		return nil, fmt.Errorf("read pairs: %w", err)
	}
	var pairs []pair
	queries := make(map[string]int)
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 4<<20)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		p, err := parsePair(root, lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", name, n, err)
		}
		p.Line = n
		if _, seen := queries[p.Resume]; !seen {
			queries[p.Resume] = len(queries)
		}
		p.Query = queries[p.Resume]
		pairs = append(pairs, p)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(pairs) == 0 {
		return nil, fmt.Errorf("%s: holds no pairs", name)
	}
	return pairs, nil
}

func parsePair(root fs.FS, line []byte) (pair, error) {
	var raw struct {
		Resume  string          `json:"resume"`
		Posting json.RawMessage `json:"posting"`
		Label   json.RawMessage `json:"label"`

		Language string `json:"language"`
		Trade    string `json:"trade"`
	}
	if err := json.Unmarshal(line, &raw); err != nil {
		return pair{}, err
	}
	p := pair{Language: raw.Language, Trade: raw.Trade}
	var err error
	if p.Resume, err = textOf(root, raw.Resume); err != nil {
		return pair{}, err
	}
	if strings.TrimSpace(p.Resume) == "" {
		return pair{}, &lead.FieldError{Field: "resume", Problem: "missing"}
	}
	if p.Posting, err = parsePosting(root, raw.Posting); err != nil {
		return pair{}, err
	}
	p.Label, err = parseLabel(raw.Label)
	return p, err
}

// parsePosting reads an object with title, company, location, description and requirements, or a
// text.
func parsePosting(root fs.FS, raw json.RawMessage) (enrich.Posting, error) {
	var p enrich.Posting
	var text string
	if json.Unmarshal(raw, &text) == nil {
		text, err := textOf(root, text)
		if err != nil {
			return p, err
		}
		p = postingOf(text)
	} else {
		var o struct{ Title, Company, Location, Description, Requirements string }
		if err := json.Unmarshal(raw, &o); err != nil {
			return p, &lead.FieldError{
				Field: "posting", Problem: "want a text, or an object with title and description",
			}
		}
		p.Lead.Title, p.Lead.Company, p.Lead.Location = o.Title, o.Company, o.Location
		p.Data.Description, p.Data.Requirements = o.Description, o.Requirements
	}
	p.Lead, p.Data = p.Lead.Clean(), p.Data.Clean()
	if p.Data.Requirements == "" {
		p.Data.Requirements = advert.RequirementsOf(p.Data.Description)
	}
	if err := p.Data.Validate(); err != nil {
		return p, fmt.Errorf("posting: %w", err)
	}
	return p, nil
}

// postingOf reads a posting from text: title, company and place on the first lines, then a blank
// line, then the rest.
func postingOf(text string) enrich.Posting {
	var p enrich.Posting
	head, body, parted := strings.Cut(strings.TrimSpace(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !parted || len(lines) > 3 {
		p.Lead.Title, p.Data.Description = lines[0], text
		return p
	}
	for i, field := range []*string{&p.Lead.Title, &p.Lead.Company, &p.Lead.Location}[:len(lines)] {
		*field = lines[i]
	}
	p.Data.Description = body
	return p
}

// textOf returns s, or for "@file" what that file holds, which lies beside the pairs.
func textOf(root fs.FS, s string) (string, error) {
	name, isFile := strings.CutPrefix(s, "@")
	if !isFile {
		return s, nil
	}
	text, err := fs.ReadFile(root, path.Clean(name))
	return string(text), err
}

// parseLabel reads a grade, or true and false for 1 and 0.
func parseLabel(raw json.RawMessage) (int, error) {
	switch string(raw) {
	case "true":
		return 1, nil
	case "false":
		return 0, nil
	}
	var n int
	if err := json.Unmarshal(raw, &n); err != nil || n < 0 || n > maxLabel {
		return 0, &lead.FieldError{
			Field: "label",
			Problem: fmt.Sprintf(
				"want a whole number from 0 (another trade) to %d, or true or false", maxLabel,
			),
		}
	}
	return n, nil
}
