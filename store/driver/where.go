package driver

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

var currency = regexp.MustCompile(`^[A-Z]{3}$`)

// checkWhere refuses a narrowing and an order that break the contract, with store.ErrInvalid. The names
// of the fields are those of the REST parameters.
func checkWhere(w store.Where, o store.Order) error {
	if len(w.Words) > store.MaxWords {
		return invalid("word", fmt.Sprintf("%d, at most %d are allowed", len(w.Words), store.MaxWords))
	}
	for _, word := range w.Words {
		if word == "" || !isShort(word) {
			return invalid("word", wantShort)
		}
	}
	if len(w.Sources) > 50 {
		return invalid("source", "more than 50")
	}
	for _, s := range w.Sources {
		if err := (lead.Key{Source: s, ExternalID: "any"}).Validate(); err != nil {
			return fmt.Errorf("%w: source: %w", store.ErrInvalid, err)
		}
	}
	switch {
	case !isShort(w.Place):
		return invalid("place", wantShort)
	case w.MinPay < 0 || w.MinPay > store.MaxMinPay:
		return invalid("min_pay", fmt.Sprintf("want 0 (any) to %d", store.MaxMinPay))
	case w.Currency != "" && !currency.MatchString(w.Currency):
		return invalid("currency", "want three capital letters such as EUR")
	case w.Currency == "" && (w.MinPay > 0 || o == store.ByPay):
		return invalid("currency", "missing: pay is compared within one currency")
	case w.BelowScore < 0 || w.BelowScore > 101:
		return invalid("below_score", "want 0 (any) to 101")
	case !slices.Contains([]store.Order{store.ByScore, store.ByDate, store.ByPay}, o):
		return invalid("order", `want "posted", "pay", or none for the score`)
	}
	return nil
}

const wantShort = "want at most 100 bytes of valid UTF-8 without NUL" // store.MaxWordBytes

func isShort(s string) bool {
	return len(s) <= store.MaxWordBytes && utf8.ValidString(s) && !strings.ContainsRune(s, 0)
}

// IsNarrow reports whether a listing needs more than status, title, company, least score and extras.
func IsNarrow(f store.Filter) bool {
	w := f.Where
	rest := w.Place != "" || w.MinPay > 0 || w.EasyApply || w.Remote || w.BelowScore > 0
	return rest || f.Order != store.ByScore || len(w.Words) > 0 || len(w.Sources) > 0 ||
		!w.PostedAfter.IsZero() || !w.UpdatedAfter.IsZero()
}

// amount is a figure of a salary.
var amount = regexp.MustCompile(`^[0-9]{1,12}(\.[0-9]+)?$`)

// Pay returns the best pay that the data states for a year of full-time work, in whole units of the
// currency. It returns 0 if it states none in that currency.
func Pay(d *enrich.Data, currency string) int64 {
	if d == nil || d.Attributes[enrich.AttrSalaryCurrency] != currency {
		return 0
	}
	best, ok := d.Attributes[enrich.AttrSalaryMax]
	if !ok {
		best = d.Attributes[enrich.AttrSalaryMin]
	}
	units := map[string]float64{"hour": 2080, "day": 260, "week": 52, "month": 12, "year": 1}
	if !amount.MatchString(best) {
		return 0
	}
	n, _ := strconv.ParseFloat(best, 64) // it has the form of a number
	return int64(n * units[d.Attributes[enrich.AttrSalaryPeriod]])
}

// A RankedRow is a row of a listing in any order.
type RankedRow struct {
	EntryRow
	Rank int64 `db:"rank"`
}

// Ranked returns the page of the entries that were read, at most Rows, and the cursor of the next page,
// blank after the last.
func (p Page) Ranked(rows []RankedRow) (entries []store.Entry, next string, err error) {
	if len(rows) == p.Rows {
		rows = rows[:p.Rows-1]
		last := rows[len(rows)-1]
		next = fmt.Sprintf("%d.%d", last.Rank, last.ID)
	}
	plain := make([]EntryRow, len(rows))
	for i, r := range rows {
		plain[i] = r.EntryRow
	}
	entries, err = Entries(plain)
	return entries, next, err
}

// Micro returns an optional time as microseconds since 1970, and 0 for none.
func Micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}
