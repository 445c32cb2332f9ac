package driver

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/agent-forge/forge/store"
)

// A Page is a valid filter's place in a listing, in the form of a statement's parameters. Entries
// are listed by score, best first and unscored last, then by id, newest first. An entry without a
// score counts as -1.
type Page struct {
	MinScore int   // entries have this score or a higher one; -1 takes the unscored too
	Score    int   // entries are below this score,
	ID       int64 // or have it and a smaller id
	Rank     int64 // what Score is, in the order of the filter
	Rows     int   // how many entries to read: one more than the page holds, which shows if there is a next

	ExtraValue string // store.Filter.ExtraValue without insignificant white space
}

// PreparePage returns the page that a filter asks for. It refuses a malformed status, a number out
// of range and a cursor that no page returned, with store.ErrInvalid.
func PreparePage(f store.Filter) (Page, error) {
	p := Page{MinScore: -1, Score: 101, Rank: 101, Rows: store.DefaultPage + 1}
	if err := cmp.Or(checkStatuses(f.Statuses), checkWhere(f.Where, f.Order)); err != nil {
		return p, err
	}
	switch {
	case f.MinScore < 0 || f.MinScore > 100:
		return p, invalid("min_score", "want 0 (any) to 100")
	case f.Limit < 0 || f.Limit > store.MaxPage:
		return p, invalid("limit", fmt.Sprintf("want 1 to %d, or 0 for %d", store.MaxPage, store.DefaultPage))
	case len(f.Text) > 500 || !utf8.ValidString(f.Text) || strings.ContainsRune(f.Text, 0):
		return p, invalid("text", "want at most 500 bytes of valid UTF-8 without NUL")
	}
	if f.Order != store.ByScore {
		p.Rank = math.MaxInt64
	}
	if f.MinScore > 0 {
		p.MinScore = f.MinScore
	}
	if f.Limit > 0 {
		p.Rows = f.Limit + 1
	}
	if f.ExtraKey != "" || len(f.ExtraValue) > 0 {
		var err error
		if p.ExtraValue, err = PrepareExtra(f.ExtraKey, f.ExtraValue); err != nil {
			return p, err
		}
	}
	if f.Cursor == "" {
		return p, nil
	}
	score, id, _ := strings.Cut(f.Cursor, ".")
	var err1, err2 error
	p.Rank, err1 = strconv.ParseInt(score, 10, 64)
	p.ID, err2 = strconv.ParseInt(id, 10, 64)
	if err1 != nil || err2 != nil || p.Rank < -1 || f.Order == store.ByScore && p.Rank > 100 || p.ID < 1 {
		return p, invalid("cursor", "not one that a listing returned")
	}
	if f.Order == store.ByScore {
		p.Score = int(p.Rank)
	}
	return p, nil
}

// Cut returns the page of the entries that were read, at most Rows, and the cursor of the next
// page, blank after the last.
func (p Page) Cut(entries []store.Entry) (page []store.Entry, next string) {
	if len(entries) < p.Rows {
		return entries, ""
	}
	page = entries[:p.Rows-1]
	last, score := page[len(page)-1], -1
	if last.Assessment != nil {
		score = last.Assessment.Score
	}
	return page, fmt.Sprintf("%d.%d", score, last.ID)
}
