package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/fetch"
)

func ExampleGetter_Get() {
	board := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/jobs/1" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=iso-8859-1")
		_, _ = w.Write([]byte("Patissi\xe8re"))
	}))
	defer board.Close()

	get := fetch.Getter{Client: board.Client()} // a board's own client is a polite one
	page, err := get.Get(context.Background(), board.URL+"/jobs/1", nil)
	fmt.Println(string(page.Body), err)
	_, err = get.Get(context.Background(), board.URL+"/jobs/2", nil)
	fmt.Println(errors.Is(err, scraper.ErrGone))
	// Output:
	// Patissière <nil>
	// true
}
