package twin

import "strings"

// SamePlace reports whether two locations name one place, one of them perhaps more exactly: "Pune" and
// "Pune, Maharashtra, India". An unknown place is never the same.
func SamePlace(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	short, long := strings.Split(a, ","), strings.Split(b, ",")
	if strings.TrimSpace(a) == "" || len(short) > len(long) {
		return false
	}
	for i, part := range short {
		if !strings.EqualFold(strings.TrimSpace(part), strings.TrimSpace(long[i])) {
			return false
		}
	}
	return true
}
