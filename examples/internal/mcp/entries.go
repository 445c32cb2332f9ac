package mcp

import (
	"context"
	"iter"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/store"
)

// maxScanned is how many jobs, the best ones, one call looks at.
const maxScanned = 20_000

// entries lists all jobs of a filter, page by page. An error ends the sequence.
func entries(ctx context.Context, lister forge.Lister, f store.Filter) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		if f.Limit == 0 {
			f.Limit = store.MaxPage
		}
		for scanned := 0; scanned < maxScanned; {
			page, next, err := lister.List(ctx, f)
			if err != nil {
				yield(store.Entry{}, err)
				return
			}
			for _, e := range page {
				if !yield(e, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			f.Cursor = next
			scanned += len(page)
		}
	}
}
