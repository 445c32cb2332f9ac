package ollama_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scorer/ollama"
)

func TestNewNamesTheOptionThatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		opts  ollama.Options
		field string
	}{
		{"another machine", ollama.Options{BaseURL: "http://gpu.example:11434"}, "Options.BaseURL"},
		{"another machine's number", ollama.Options{BaseURL: "http://10.0.0.7:11434"}, "Options.BaseURL"},
		{"all addresses", ollama.Options{BaseURL: "http://0.0.0.0:11434"}, "Options.BaseURL"},
		{"a name like loopback", ollama.Options{BaseURL: "http://127.0.0.1.example.com"}, "Options.BaseURL"},
		{"no scheme", ollama.Options{BaseURL: "localhost:11434"}, "Options.BaseURL"},
		{"no URL", ollama.Options{BaseURL: "http://[::1"}, "Options.BaseURL"},
		{"credentials", ollama.Options{BaseURL: "http://ada:secret@127.0.0.1"}, "Options.BaseURL"},
		{"a query", ollama.Options{BaseURL: "http://127.0.0.1/?x=1"}, "Options.BaseURL"},
		{"a model with a space", ollama.Options{Model: "qwen 2.5"}, "Options.Model"},
		{"no room for a reply", ollama.Options{NumPredict: 100}, "Options.NumPredict"},
		{"no room for texts", ollama.Options{NumCtx: 2048}, "Options.NumCtx"},
		{"a window beyond reason", ollama.Options{NumCtx: 1 << 30}, "Options.NumCtx"},
		{"a negative timeout", ollama.Options{Timeout: -1}, "Options.Timeout"},
		{"a negative stall", ollama.Options{Stall: -1}, "Options.Stall"},
		{"a negative time to stay loaded", ollama.Options{KeepAlive: -1}, "Options.KeepAlive"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := ollama.New(&c.opts)
			var field *lead.FieldError
			require.ErrorAs(t, err, &field)
			require.Equal(t, c.field, field.Field)
			require.NotContains(t, err.Error(), "secret")
		})
	}
}

func TestNewTakesWhatIsHereAndWhatIsAllowed(t *testing.T) {
	t.Parallel()
	for _, opts := range []*ollama.Options{
		nil,
		{BaseURL: "http://localhost:11434/"},
		{BaseURL: "http://[::1]:11434"},
		{BaseURL: "https://127.0.0.53/ollama"},
		{BaseURL: "https://gpu.example", AllowRemote: true},
		{BaseURL: "http://host.docker.internal:11434"},
	} {
		_, err := ollama.New(opts)
		require.NoError(t, err)
	}
}

// The names are local by form only: the default client looks at the address that it is about to
// connect to.
func TestNewConnectsToThisMachineOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, address string
		container     bool
		refused       bool
	}{
		{"another machine", "192.0.2.1:9", false, true},
		{"a neighbour", "10.0.0.1:9", false, true},
		{"another machine, from a container", "192.0.2.1:9", true, true},
		{"this machine", "127.0.0.1:9", false, false},
		{"this machine, from a container", "127.0.0.1:9", true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			_, err := ollama.DirectTransport(false, c.container).DialContext(ctx, "tcp", c.address)
			require.Error(t, err, "nothing listens there")
			require.Equal(t, c.refused, strings.Contains(err.Error(), "not an address of this machine"), "%v",
				err)
		})
	}
}
