package resume

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// TextsOfPDFs reads PDFs as Text does, in one sandbox, because starting it takes longer than
// reading a file.
func TextsOfPDFs(t *testing.T, files [][]byte) []string {
	t.Helper()
	opts, err := (*Options)(nil).fill()
	require.NoError(t, err)
	ctx := context.WithoutCancel(t.Context())
	pool, err := sandbox(ctx)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, pool.Close()) })
	texts := make([]string, len(files))
	for i, data := range files {
		text, warning, err := readPDF(ctx, pool, data, opts)
		require.NoError(t, err)
		require.NoError(t, warning)
		texts[i] = tidy(text)
	}
	return texts
}
