package forge_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/agent-forge/forge/scraper/linkedin"
	"github.com/agent-forge/forge/scraper/replay"
)

// The main job: a board, a scorer, a database and a résumé. Here saved pages stand for the board;
// linkedin.New(nil) asks the board itself.
func Example() {
	ctx := context.Background()
	saved, err := replay.Open(os.DirFS("testdata/pages"))
	if err != nil {
		fmt.Println(err)
		return
	}
	dir, err := os.MkdirTemp("", "forge")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()

	for range 2 {
		err = find(
			ctx, &linkedin.Options{Client: &http.Client{Transport: saved}}, filepath.Join(dir, "forge.db"),
			"Backend engineer. Seven years of Go, PostgreSQL and Docker; two of Kubernetes.",
		)
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	// Output:
	// found 3, new 3, matched 1, rejected 2
	// MATCHED Go Backend Engineer, missing [Kafka]
	// found 3, new 0, matched 0, rejected 0
	// MATCHED Go Backend Engineer, missing [Kafka]
}
