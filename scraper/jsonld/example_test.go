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

func ExampleParse() {
	page := []byte(`<html><script type="application/ld+json">
{"@context": "https://schema.org", "@type": "JobPosting", "title": "Lamp Designer", "identifier": 7,
 "description": "&lt;p&gt;Design lamps.&lt;/p&gt;", "hiringOrganization": "Lantern Labs", "jobLocationType": "TELECOMMUTE",
 "baseSalary": {"currency": "EUR", "value": {"minValue": 40000, "maxValue": 52000, "unitText": "YEAR"}}}
</script></html>`)
	postings, err := jsonld.Parse(page, "https://lantern.example/jobs/7")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range postings {
		fmt.Println(p.Title, "at", p.Company, "-", p.Location)
		fmt.Println(p.Data().Description)
		fmt.Println(p.Salaries[0])
	}
	// Output:
	// Lamp Designer at Lantern Labs - Remote
	// Design lamps.
	// 40000 - 52000 EUR per year
}

func ExampleParseItems() {
	page := []byte(`<script type="application/ld+json">{"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "url": "/jobs/7", "name": "Lamp Designer"}]}</script>`)
	items, err := jsonld.ParseItems(page, "https://lantern.example/jobs")
	fmt.Println(items, err)
	// Output:
	// [{https://lantern.example/jobs/7 Lamp Designer}] <nil>
}

func ExampleNew() {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/jobs/7" {
			_, _ = fmt.Fprint(w, `<script type="application/ld+json">{"@type": "JobPosting", "title": "Lamp Designer", "identifier": 7,
				"description": "Design lamps.", "hiringOrganization": "Lantern Labs"}</script>`)
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
