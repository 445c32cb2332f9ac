// Package notes says in words what a listing shows beside a job: where else the same advert stands,
// what the user did with it there, and whether it is an old one.
package notes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/agent-forge/forge/enrich/twin"
	"github.com/agent-forge/forge/store"
)

// An advert that was posted longer ago is called old.
const oldDays = 60

// mostPlaces is the number of other places that are named.
const mostPlaces = 5

// Of returns the notes on a job with these twins, if any: "also on naukri, in Pune", "reposted",
// "older than 60 days: posted 75 days ago".
func Of(e store.Entry, twins []store.Twin, now time.Time) (notes []string) {
	if also := Also(e, twins); also != "" {
		notes = append(notes, also)
	}
	var marks []string
	reposted := false
	for _, t := range twins {
		same := twin.SamePlace(t.Lead.Location, e.Lead.Location) || t.Lead.Location == e.Lead.Location
		reposted = reposted || t.Lead.Source == e.Lead.Source && same
		if mark := "marked " + strings.ToLower(string(t.Status)) + " " + Where(t); t.Status.Application() &&
			t.Status != e.Status && !slices.Contains(marks, mark) {
			marks = append(marks, mark)
		}
	}
	if reposted {
		notes = append(notes, "reposted")
	}
	if age := now.Sub(e.Lead.PostedAt); !e.Lead.PostedAt.IsZero() && age > oldDays*24*time.Hour {
		days := int(age.Hours() / 24)
		notes = append(notes, fmt.Sprintf("older than %d days: posted %d days ago", oldDays, days))
	}
	return append(notes, marks...)
}

// Also names the other boards and places of a job's twins, empty if there are none.
func Also(e store.Entry, twins []store.Twin) string {
	var boards, places, also []string
	for _, t := range twins {
		if t.Lead.Source != e.Lead.Source && !slices.Contains(boards, t.Lead.Source) {
			boards = append(boards, t.Lead.Source)
		}
		named := func(place string) bool { return twin.SamePlace(t.Lead.Location, place) }
		if t.Lead.Location != "" && !named(e.Lead.Location) && !slices.ContainsFunc(places, named) {
			places = append(places, t.Lead.Location)
		}
	}
	if len(boards) > 0 {
		also = append(also, "on "+strings.Join(boards, ", "))
	}
	if more := len(places) - mostPlaces; more > 0 {
		places = append(places[:mostPlaces], fmt.Sprintf("%d more places", more))
	}
	if len(places) > 0 {
		also = append(also, "in "+strings.Join(places, "; "))
	}
	if also == nil {
		return ""
	}
	return "also " + strings.Join(also, ", ")
}

// Where names the board and the place of a twin: "on naukri, in Pune".
func Where(t store.Twin) string {
	where := "on " + t.Lead.Source
	if t.Lead.Location != "" {
		where += ", in " + t.Lead.Location
	}
	return where
}
