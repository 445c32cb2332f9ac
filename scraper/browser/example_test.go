package browser_test

import (
	"fmt"

	"github.com/agent-forge/forge/scraper/browser"
	"github.com/agent-forge/forge/scraper/polite"
)

func ExampleNew() {
	tabs, err := browser.New(&browser.Options{
		WaitFor: "article.job", // the cards, which a script renders
		Hosts: []string{
			"jobs.example.com", "static.example.com",
		}, // the board, and where its scripts come from
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = tabs.Close() }()
	client, err := polite.NewClient(&polite.Options{Hosts: []string{"jobs.example.com"}, Transport: tabs})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("ready:", client != nil) // Chromium starts with the first request
	// Output: ready: true
}
