package agent

import (
	"bufio"
	"context"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestARefusedConnectionIsSaidAtOnceAndTriedAgain(t *testing.T) {
	t.Parallel()
	listen, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	nobody := "http://" + listen.Addr().String()
	require.NoError(t, listen.Close())
	read, write, err := os.Pipe()
	require.NoError(t, err)
	defer func() { require.NoError(t, read.Close()) }()

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // rest.Client alone tries for a minute
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		args := []string{"-server", nobody, "-token", token, "-scorer", "lexical"}
		ended <- Run(ctx, args, write, output(t))
		_ = write.Close()
	}()
	refused := 0
	lines := bufio.NewScanner(read)
	for refused < 2 && lines.Scan() {
		if strings.Contains(lines.Text(), "server away") {
			require.Contains(t, lines.Text(), "refused")
			refused++
		}
	}
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
	require.Equal(t, 2, refused)
}
