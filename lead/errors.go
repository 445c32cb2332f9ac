package lead

import "fmt"

// A FieldError says which field of an input is wrong and how to fix it. It never holds the field's
// value, because the value can be a résumé, a posting or a token.
type FieldError struct {
	Field   string // the name of the field as the input spells it: "title", "Config.Resume"
	Problem string // what is wrong and how to fix it
}

// Error returns "field: problem".
func (e *FieldError) Error() string { return e.Field + ": " + e.Problem }

func tooLong(size, limit int, unit string) string {
	return fmt.Sprintf("%d %s, at most %d are allowed", size, unit, limit)
}
