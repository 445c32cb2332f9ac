package server

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// The compose file has the services that it needs, gives the server only flags that the server has,
// and publishes ports on the loopback only. The Dockerfile builds this package.
func TestTheComposeFileStartsThisServer(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../compose.yaml")
	require.NoError(t, err)
	var file struct {
		Services map[string]struct {
			Image     string
			Build     struct{ Context, Dockerfile string }
			Command   []string
			Ports     []string
			Volumes   []string
			DependsOn map[string]struct{ Condition string } `yaml:"depends_on"`
		}
		Volumes map[string]any
	}
	require.NoError(t, yaml.Unmarshal(text, &file))
	require.Len(t, file.Services, 3)
	server := file.Services["server"]
	o, err := parse(server.Command, io.Discard)
	require.NoError(t, err)
	require.Equal(t, "/data/tokens.txt", o.tokens)
	require.Contains(t, o.dsn, "host=postgres ")
	require.Contains(t, file.Services, "postgres")
	require.Equal(t, "service_healthy", server.DependsOn["postgres"].Condition)
	for name, s := range file.Services {
		for _, port := range s.Ports {
			require.True(t, strings.HasPrefix(port, "127.0.0.1:"), "%s publishes %s", name, port)
		}
		for _, v := range s.Volumes {
			volume, _, _ := strings.Cut(v, ":")
			require.Contains(t, file.Volumes, volume)
		}
	}
	require.Equal(t, "examples/Dockerfile", server.Build.Dockerfile)
	docker, err := os.ReadFile("../../Dockerfile")
	require.NoError(t, err)
	require.Contains(t, string(docker), "go build -trimpath -ldflags=-s -o /server ./examples/server")
	require.Contains(t, string(docker), `ENTRYPOINT ["/server", "-addr", ":8080"]`)
}
