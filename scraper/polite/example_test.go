package polite_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/polite"
)

func ExampleNewClient() {
	client, err := polite.NewClient(&polite.Options{
		Hosts:    []string{"jobs.example.com"},
		Interval: 5 * time.Second,
		// Instead of the network, so that this example needs none:
		Transport: tripper(func(req *http.Request) (*http.Response, error) {
			if req.URL.Path == "/robots.txt" {
				return answer(req, 200, "User-agent: *\nDisallow: /search\n"), nil
			}
			return answer(req, 200, "a page"), nil
		}),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Get("https://jobs.example.com/search?q=baker") //nolint:bodyclose // none beside an error
	if page, ok := errors.AsType[*scraper.PageError](err); ok {
		reason, _, _ := strings.Cut(page.Reason, ";")
		fmt.Println(reason)
	}
	_, err = client.Get("https://other.example.com/") //nolint:bodyclose // none beside an error
	fmt.Println(errors.Is(err, scraper.ErrBlocked))
	// Output:
	// robots.txt forbids it to user agent "*": "Disallow: /search"
	// true
}

func ExampleRetryAfter() {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, value := range []string{"120", "Sun, 01 Mar 2026 12:05:00 GMT", "soon"} {
		fmt.Println(polite.RetryAfter(http.Header{"Retry-After": {value}}, now))
	}
	// Output:
	// 2m0s true
	// 5m0s true
	// 0s false
}
