package rest_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store/memory"
	"github.com/agent-forge/forge/store/rest"
)

func TestClientNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		url, token string
		opts       *rest.ClientOptions
		fields     []string
	}{
		{"nothing", "", "", nil, []string{"baseURL", "token"}},
		{"no scheme", "localhost:8080", "t", nil, []string{"baseURL"}},
		{"another scheme", "ftp://localhost", "t", nil, []string{"baseURL"}},
		{"a password", "http://u:p@localhost", "t", nil, []string{"baseURL"}},
		{"a query", "http://localhost?x=1", "t", nil, []string{"baseURL"}},
		{"a token with a space", "http://localhost", "top secret", nil, []string{"token"}},
		{"a token with a line", "http://localhost", "top\r\nX: secret", nil, []string{"token"}},
		{
			"negative options", "http://localhost", "t",
			&rest.ClientOptions{Timeout: -1, RetryFor: -2, MaxAnswerBytes: -1},
			[]string{"ClientOptions.Timeout", "ClientOptions.RetryFor", "ClientOptions.MaxAnswerBytes"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := rest.NewClient(c.url, c.token, c.opts)
			require.Error(t, err)
			for _, field := range c.fields {
				require.ErrorContains(t, err, field)
			}
			require.NotContains(t, err.Error(), "secret")
			_, ok := errors.AsType[*lead.FieldError](err)
			require.True(t, ok)
		})
	}
}

func TestClientTakesAddressesWithASlashOrThePrefix(t *testing.T) {
	t.Parallel()
	db := memory.New(nil)
	address := serve(t, func(user string) forge.Store { return db.ForUser(user) })
	for _, end := range []string{"", "/", "/agent-forge", "/agent-forge/"} {
		c, err := rest.NewClient(address+end, tokenOf("ada"), nil)
		require.NoError(t, err)
		_, err = c.Stats(t.Context())
		require.NoError(t, err, end)
		c.CloseIdleConnections()
	}
}

func TestClientDoesNotPrintItsToken(t *testing.T) {
	t.Parallel()
	c, err := rest.NewClient("http://localhost", "very-secret", nil)
	require.NoError(t, err)
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		require.NotContains(t, fmt.Sprintf(format, c)+fmt.Sprintf(format, *c), "very-secret")
	}
}
