package evaluate

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// A record is one run in the history file: a line of JSON. It holds no text.
type record struct {
	Time    time.Time          `json:"time"`
	Scorer  string             `json:"scorer"`
	Pairs   string             `json:"pairs"` // a hash of the texts and labels
	Keep    int                `json:"keep"`
	Figures map[string]float64 `json:"figures"`
	Scores  []score            `json:"scores"`
}

// A score is what a scorer said of the pair on a line.
type score struct {
	Line       int  `json:"line"`
	Score      int  `json:"score"`
	Unverified bool `json:"unverified,omitzero"`
}

// recordOf returns what the history keeps of a run.
func recordOf(res result, pairs []pair, keep, threshold int, now time.Time) record {
	r := record{
		Time:    now.UTC(),
		Scorer:  strings.Join(slices.Sorted(maps.Keys(res.By)), ", "),
		Pairs:   hashOf(pairs),
		Keep:    keep,
		Figures: make(map[string]float64),
	}
	for _, row := range rows(threshold) {
		r.Figures[row.name] = row.f(res.Judged)
	}
	for name, v := range r.Figures {
		if v != v { // JSON has no NaN
			delete(r.Figures, name)
		}
	}
	for _, j := range res.Judged {
		r.Scores = append(r.Scores, score{j.Line, j.Score, j.Unverified})
	}
	return r
}

func hashOf(pairs []pair) string {
	hash := sha256.New()
	for _, p := range pairs {
		// Writing to a hash never fails.
		_, _ = fmt.Fprintf(hash, "%d %q %q %q %d\n",
			p.Line, p.Resume, p.Posting.Lead.Title, p.Posting.Data.Description, p.Label)
	}
	return fmt.Sprintf("%x", hash.Sum(nil)[:8])
}

// judgedOf returns what an earlier run said of the pairs.
func (r record) judgedOf(pairs []pair) []judged {
	byLine := make(map[int]score, len(r.Scores))
	for _, s := range r.Scores {
		byLine[s.Line] = s
	}
	var js []judged
	for _, p := range pairs {
		if s, ok := byLine[p.Line]; ok {
			js = append(js, judged{
				pair: p, Score: s.Score, Unverified: s.Unverified, By: r.Scorer, Good: p.Label >= r.Keep,
			})
		}
	}
	return js
}

// lastRecord returns the last run on the same pairs in the history file; nil if there is none.
func lastRecord(file, pairs string, keep int) (*record, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // the first run
	}
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	var last *record
	lines := json.NewDecoder(bufio.NewReader(f))
	for n := 1; ; n++ {
		var r record
		if err := lines.Decode(&r); errors.Is(err, io.EOF) {
			return last, nil
		} else if err != nil {
			return nil, fmt.Errorf("read the history: entry %d: %w", n, err)
		}
		if r.Pairs == pairs && r.Keep == keep {
			last = &r
		}
	}
}

// appendRecord adds a run to the history file.
func appendRecord(file string, r record) error {
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write the history: %w", err)
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the history: %w", err)
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
}
