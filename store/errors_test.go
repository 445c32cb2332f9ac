package store_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

func TestCheckUserTakesNamesThatCanBeStored(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"ada", "Ada Ünal <ada@acme.example>", strings.Repeat("a",
		store.MaxUserBytes)} {
		require.NoError(t, store.CheckUser(user))
	}
	for _, user := range []string{
		"", " \t", strings.Repeat("a", store.MaxUserBytes+1), "a\x00", "a\n",
		"\xff",
	} {
		err := store.CheckUser(user)
		require.ErrorIs(t, err, store.ErrInvalid)
		wrong, ok := errors.AsType[*lead.FieldError](err)
		require.True(t, ok)
		require.Equal(t, "user", wrong.Field)
		require.Less(t, len(err.Error()), 300, "the name is not in the error")
	}
}
