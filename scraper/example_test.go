package scraper_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/agent-forge/forge/scraper"
)

// A board answers with a typed error; the pipeline looks at the sentinel inside it, and a person at
// the message.
func ExamplePageError() {
	var err error = &scraper.PageError{
		URL:    "https://board.example/jobs?keywords=baker",
		Status: 429,
		Wait:   time.Minute,
		Err:    scraper.ErrBlocked,
		Reason: "try again later",
	}
	fmt.Println(err)
	fmt.Println(errors.Is(err, scraper.ErrBlocked))
	// Output:
	// scraper: board refuses this client: https://board.example/jobs: HTTP 429: try again later
	// true
}

func ExampleCardError() {
	err := &scraper.CardError{URL: "https://board.example/jobs?keywords=baker", Index: 4, Reason: "no title"}
	fmt.Println(err)
	// Output: scraper: card not readable: https://board.example/jobs: card 4: no title
}
