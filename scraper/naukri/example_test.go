package naukri_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/naukri"
)

func ExampleNew() {
	// A server that plays the board. Leave Client and BaseURL out to ask the real one, politely.
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page := "testdata/search-2024.html"
		switch r.URL.Path {
		case "/jobapi/v3/search":
			w.WriteHeader(http.StatusNotAcceptable) // it wants a token that only its own script makes
			return
		case "/jobapi/v4/job/300526000001":
			page = "testdata/posting.json"
		}
		b, err := os.ReadFile(page)
		if err == nil {
			_, _ = w.Write(b)
		}
	}))
	defer site.Close()

	board, err := naukri.New(&naukri.Options{Client: site.Client(), BaseURL: site.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	for l, err := range board.Search(ctx, lead.Query{Keywords: "bridge engineer", Limit: 1}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(l.Key(), l.Title, "at", l.Company, "-", l.Location)
		data, err := board.Detail(ctx, l)
		fmt.Println(data.Attributes[enrich.AttrSalary], "-", data.Attributes[enrich.AttrSkills], err)
	}
	// Output:
	// naukri:300526000001 Bridge Engineer at Quay & Sons - Hybrid - Hyderabad, Pune
	// 80,000-3 Lacs - Riveting, Steel, AutoCAD <nil>
}
