package store

import (
	"fmt"
	"strconv"
	"strings"
)

// A Cursor is a place in a listing. Entries are listed by score, best first and unscored last, then by id, newest first;
// the next page begins below the cursor.
type Cursor struct {
	Score int // of the last entry seen; -1: unscored
	ID    int64
}

// String returns the form that List answers with and takes. Callers treat it as opaque.
func (c Cursor) String() string { return fmt.Sprintf("%d.%d", c.Score, c.ID) }

// ParseCursor reads what [Cursor.String] wrote. The blank cursor stands above every entry. Anything else is ErrInvalid.
func ParseCursor(s string) (Cursor, error) {
	if s == "" {
		return Cursor{Score: 101}, nil
	}
	score, id, _ := strings.Cut(s, ".")
	n, err1 := strconv.Atoi(score)
	i, err2 := strconv.ParseInt(id, 10, 64)
	if err1 != nil || err2 != nil || n < -1 || n > 100 || i < 1 {
		return Cursor{}, invalid("cursor", "not one that a listing returned")
	}
	return Cursor{Score: n, ID: i}, nil
}
