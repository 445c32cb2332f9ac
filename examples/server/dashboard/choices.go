package dashboard

import (
	"slices"
	"strconv"

	"github.com/agent-forge/forge/store"
)

// A filterView is what the form of the filters shows.
type filterView struct {
	On    int // conditions that are set
	Max   int
	Where store.Where
	Board string

	Days, Currencies, Sorts []choice
}

// A choice is one option of a list to choose from.
type choice struct {
	Value, Label string
	Chosen       bool
}

func newFilterView(f filter) filterView {
	v := filterView{On: f.more(), Max: f.max, Where: f.where}
	if len(f.where.Sources) > 0 {
		v.Board = f.where.Sources[0]
	}
	for _, days := range []struct {
		n     int
		label string
	}{{0, "Any time"}, {1, "Since yesterday"}, {3, "Last 3 days"}, {7, "Last week"}, {30, "Last 30 days"}} {
		v.Days = append(v.Days, choice{strconv.Itoa(days.n), days.label, days.n == f.days})
	}
	if !slices.ContainsFunc(v.Days, func(c choice) bool { return c.Chosen }) {
		v.Days = append(v.Days, choice{strconv.Itoa(f.days), "Last " + count(f.days, "day"), true})
	}
	names := currencies
	if !slices.Contains(names, f.where.Currency) {
		names = append(slices.Clone(names), f.where.Currency)
	}
	for _, name := range names {
		v.Currencies = append(v.Currencies, choice{name, name, name == f.where.Currency})
	}
	for _, sort := range []struct {
		order store.Order
		label string
	}{{store.ByScore, "Best score"}, {store.ByDate, "Newest"}, {store.ByPay, "Best paid"}} {
		v.Sorts = append(v.Sorts, choice{string(sort.order), sort.label, sort.order == f.order})
	}
	return v
}
