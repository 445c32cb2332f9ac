package lru_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer/lru"
)

func ExampleNew() {
	cache, err := lru.New(&lru.Options{Matches: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	for i, key := range []string{"a", "b", "c"} {
		if err := cache.Save(ctx, key, enrich.Assessment{Score: i}); err != nil {
			fmt.Println(err)
		}
	}
	_, a, _ := cache.Load(ctx, "a")
	c, _, _ := cache.Load(ctx, "c")
	fmt.Println(a, c.Score, cache.Len())
	// Output: false 2 2
}

func TestNewNamesTheFieldThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := lru.New(&lru.Options{Matches: -1})
	var field *lead.FieldError
	require.ErrorAs(t, err, &field)
	require.Equal(t, "Options.Matches", field.Field)
}

func TestNilOptionsHoldTheDefaultNumber(t *testing.T) {
	t.Parallel()
	cache, err := lru.New(nil)
	require.NoError(t, err)
	for i := range lru.DefaultMatches + 10 {
		require.NoError(t, cache.Save(t.Context(), fmt.Sprint(i), enrich.Assessment{Score: i % 100}))
	}
	require.Equal(t, lru.DefaultMatches, cache.Len())
}
