package jsonld_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/jsonld"
)

func ExampleNew() {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/jobs/7" {
			_, _ = fmt.Fprint(
				w,
				`<script type="application/ld+json">{"@type": "JobPosting", "title": "Lamp Designer",
				"identifier": 7,
				"description": "Design lamps.", "hiringOrganization": "Lantern Labs"}</script>`,
			)
			return
		}
		_, _ = fmt.Fprint(w, `<a href="/jobs/7">Lamp Designer</a>`)
	}))
	defer site.Close()

	board, err := jsonld.New(&jsonld.Options{
		Source: "lantern",
		Pages:  []string{site.URL + "/careers"},
		Follow: regexp.MustCompile(`/jobs/\d+$`),
		Client: site.Client(), // leave it out on the real web: the default client is polite
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	for l, err := range board.Search(ctx, lead.Query{Keywords: "lamp"}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		data, err := board.Detail(ctx, l)
		fmt.Println(l.Key(), l.Title, "-", data.Description, err)
	}
	// Output:
	// lantern:7 Lamp Designer - Design lamps. <nil>
}
