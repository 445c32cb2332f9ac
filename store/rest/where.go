package rest

import (
	"net/url"
	"strconv"
	"time"

	"github.com/agent-forge/forge/store"
)

// whereParams are the parameters of a listing that narrow and order it.
var whereParams = []string{
	"word", "place", "source", "posted_after", "updated_after", "min_pay", "currency", "easy_apply", "remote",
	"below_score", "stated", "order",
}

// readWhere reads what narrows and orders a listing from a query into f.
func readWhere(query url.Values, f *store.Filter) error {
	w := &f.Where
	w.Words, w.Sources = some(query["word"]), some(query["source"])
	w.Place, w.Currency, f.Order = query.Get("place"), query.Get("currency"), store.Order(query.Get("order"))
	for _, number := range []struct {
		name string
		into *int
	}{{"min_pay", &w.MinPay}, {"below_score", &w.BelowScore}} {
		if text := query.Get(number.name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil {
				return wrong(number.name, "want a whole number")
			}
			*number.into = n
		}
	}
	for _, moment := range []struct {
		name string
		into *time.Time
	}{{"posted_after", &w.PostedAfter}, {"updated_after", &w.UpdatedAfter}} {
		if text := query.Get(moment.name); text != "" {
			at, err := time.Parse(time.RFC3339, text)
			if err != nil {
				return wrong(moment.name, "want a time as in RFC 3339")
			}
			*moment.into = at
		}
	}
	for _, flag := range []struct {
		name string
		into *bool
	}{{"easy_apply", &w.EasyApply}, {"remote", &w.Remote}, {"stated", &w.Stated}} {
		switch query.Get(flag.name) {
		case "", "false":
		case "true":
			*flag.into = true
		default:
			return wrong(flag.name, "want true or false")
		}
	}
	return nil
}

// writeWhere writes what narrows and orders a listing into a query.
func writeWhere(query url.Values, f store.Filter) {
	w := f.Where
	for _, list := range []struct {
		name   string
		values []string
	}{{"word", w.Words}, {"source", w.Sources}} {
		for _, value := range list.values {
			query.Add(list.name, value)
		}
	}
	set := func(name, value string, given bool) {
		if given {
			query.Set(name, value)
		}
	}
	set("place", w.Place, w.Place != "")
	set("posted_after", w.PostedAfter.UTC().Format(time.RFC3339Nano), !w.PostedAfter.IsZero())
	set("updated_after", w.UpdatedAfter.UTC().Format(time.RFC3339Nano), !w.UpdatedAfter.IsZero())
	set("min_pay", strconv.Itoa(w.MinPay), w.MinPay != 0)
	set("currency", w.Currency, w.Currency != "")
	set("easy_apply", "true", w.EasyApply)
	set("remote", "true", w.Remote)
	set("below_score", strconv.Itoa(w.BelowScore), w.BelowScore != 0)
	set("stated", "true", w.Stated)
	set("order", string(f.Order), f.Order != "")
}
