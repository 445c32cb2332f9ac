package polite_test

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/agent-forge/forge/scraper/polite"
)

func ExampleHosts() {
	only := &polite.Hosts{Allow: []string{"jobs.example.com"}}
	for _, page := range []string{"https://www.jobs.example.com/view/1", "https://jobs.example.org/view/1", "http://169.254.169.254/"} {
		u, err := url.Parse(page)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(u.Host, only.Check(u) == nil)
	}
	// Output:
	// www.jobs.example.com true
	// jobs.example.org false
	// 169.254.169.254 false
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

func ExampleRetry() {
	tries := 0
	client := &http.Client{Transport: &polite.Retry{Base: tripper(func(req *http.Request) (*http.Response, error) {
		if tries++; tries == 1 {
			return answer(req, 503, ""), nil
		}
		return answer(req, 200, "a page"), nil
	})}}
	resp, err := client.Get("https://jobs.example.com/view/1") //nolint:bodyclose // an example
	if err == nil {
		fmt.Println(resp.StatusCode, "after", tries, "tries")
	}
	// Output: 200 after 2 tries
}

func ExamplePacer() {
	pacer := &polite.Pacer{Interval: 50 * time.Millisecond, Base: always(200, "a page")}
	client := &http.Client{Transport: pacer}
	began := time.Now()
	for range 3 {
		if _, err := client.Get("https://jobs.example.com/view/1"); err != nil { //nolint:bodyclose // an example
			fmt.Println(err)
		}
	}
	fmt.Println("took 100 ms or more:", time.Since(began) >= 100*time.Millisecond)
	// Output: took 100 ms or more: true
}
