package linkedin_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing/fstest"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/linkedin"
	"github.com/agent-forge/forge/scraper/replay"
)

// Without options the board itself is asked, slowly and within its robots.txt. Here saved pages
// answer.
func ExampleNew() {
	pages, err := replay.Open(fstest.MapFS{
		"search/1.html": {Data: []byte(fragmentHTML(jobs(1, 2)))},
		"detail/one.html": {
			Data: []byte(
				jobHTML("400000001", "Job 1", "Keep the light.<ul><li>Climb.</li></ul>", "", easyButton),
			),
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	board, err := linkedin.New(&linkedin.Options{Client: &http.Client{Transport: pages}})
	if err != nil {
		fmt.Println(err)
		return
	}

	ctx := context.Background()
	for l, err := range board.Search(ctx, lead.Query{Keywords: "keeper", Location: "Utopia", Remote: true}) {
		if err != nil {
			fmt.Println(err)
			continue
		}
		data, err := board.Detail(ctx, l)
		if errors.Is(err, scraper.ErrGone) {
			fmt.Println(l.Title, "is gone")
			continue
		}
		fmt.Printf(
			"%s, %s, easy apply: %v\n%s\n", l.Title, l.PostedAt.Format("2 January"), *data.IsEasyApply,
			data.Description,
		)
	}
	// Output:
	// Job 1, 2 June, easy apply: true
	// Keep the light.
	//
	// - Climb.
	// Job 2 is gone
}
