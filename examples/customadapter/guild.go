package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// A page is one job of the invented board.
type page struct{ ID, Title, Firm, Place, URL, Text string }

// guildAPI serves the invented board's API, which lists two jobs a page.
func guildAPI() http.Handler {
	adverts := []page{
		{
			Title: "Baker", Firm: "Ofen & Mehl", Place: "Ghent",
			Text: "Sourdough and croissants, six days a week. Nine years at the oven would be nice.",
		},
		{
			Title: "Pastry chef", Firm: "Café Anker", Place: "Bruges",
			Text: "Cakes, croissants, hygiene plan. You ran shifts in a bakery.",
		},
		{
			Title: "Forklift driver", Firm: "Haven Dry Goods", Place: "Antwerp",
			Text: "Move pallets between quay and warehouse; licence required.",
		},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /jobs", func(w http.ResponseWriter, r *http.Request) {
		from, _ := strconv.Atoi(r.FormValue("from")) // 0 if it is not a number
		answer := struct {
			Total int
			Jobs  []page
		}{Total: len(adverts)}
		for i := max(from, 0); i < min(from+2, len(adverts)); i++ {
			a := adverts[i]
			a.ID, a.Text = strconv.Itoa(i+1), ""
			a.URL = "https://guild.example/jobs/" + a.ID
			answer.Jobs = append(answer.Jobs, a)
		}
		write(w, answer)
	})
	mux.HandleFunc("GET /jobs/{id}", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.PathValue("id"))
		if err != nil || n < 1 || n > len(adverts) {
			http.NotFound(w, r)
			return
		}
		write(w, map[string]any{"ID": r.PathValue("id"), "Text": adverts[n-1].Text, "Direct": n%2 == 1})
	})
	return mux
}

func write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		http.Error(w, fmt.Sprint(err), http.StatusInternalServerError)
	}
}
