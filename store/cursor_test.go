package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agent-forge/forge/store"
)

func TestACursorIsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := store.Cursor{Score: rapid.IntRange(-1, 100).Draw(t, "score"), ID: rapid.Int64Min(1).Draw(t, "id")}
		back, err := store.ParseCursor(c.String())
		require.NoError(t, err)
		require.Equal(t, c, back)
	})
	top, err := store.ParseCursor("")
	require.NoError(t, err)
	require.Greater(t, top.Score, 100, "above every entry")
}

func TestACursorOfOnesOwnIsRefused(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"x", "1", "1.", ".1", "101.1", "-2.1", "1.0", "1.-1", "1.1.1", "1.99999999999999999999", " 1.1", "1.1\x00"} {
		_, err := store.ParseCursor(s)
		refuses(t, s, "cursor", err)
	}
}

func FuzzParseCursor(f *testing.F) {
	for _, s := range []string{"", "85.7", "-1.1", "101.1", "1.1.1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := store.ParseCursor(s)
		if err != nil {
			require.ErrorIs(t, err, store.ErrInvalid)
			return
		}
		if s != "" {
			again, err := store.ParseCursor(c.String())
			require.NoError(t, err)
			require.Equal(t, c, again)
		}
	})
}
