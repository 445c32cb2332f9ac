package replay_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing/fstest"

	"github.com/agent-forge/forge/scraper/replay"
)

func fetch(rt http.RoundTripper, url string) string {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		return err.Error()
	}
	resp, err := (&http.Client{Transport: rt}).Do(req)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	return fmt.Sprintf("%d %s", resp.StatusCode, body)
}

func ExampleOpen() {
	pages, err := replay.Open(fstest.MapFS{
		"search/page-1.html": {Data: []byte("first page")},
		"search/page-2.html": {Data: []byte("second page")},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(fetch(pages, "https://jobs.example/search?start=0"))
	fmt.Println(fetch(pages, "https://jobs.example/search?start=10"))
	fmt.Println(fetch(pages, "https://jobs.example/posting/400000001"))
	// Output:
	// 200 first page
	// 200 second page
	// 404
}

func ExampleNewRecorder() {
	board := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, "a page")
	}))
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("replay-example-%d", os.Getpid()))
	defer func() { _ = os.RemoveAll(dir) }()

	recorder, err := replay.NewRecorder(dir, http.DefaultTransport)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(fetch(recorder, board.URL+"/search"))
	board.Close()

	pages, err := replay.Open(os.DirFS(dir))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(fetch(pages, board.URL+"/search"))
	// Output:
	// 200 a page
	// 200 a page
}
