package rest_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/store/rest"
)

// A wire answers requests without a network, so that a fake clock can be used.
type wire func(n int, r *http.Request) (*http.Response, error)

// A counter counts the requests of a wire and notes when they came.
type counter struct {
	wire
	at []time.Time
}

func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	c.at = append(c.at, time.Now())
	return c.wire(len(c.at), r)
}

func answered(status int, contentType, body string, header ...string) *http.Response {
	h := http.Header{"Content-Type": {contentType}}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

func problemJSON(status int, code string, header ...string) *http.Response {
	return answered(
		status,
		"application/problem+json",
		fmt.Sprintf(`{"type":"about:blank","title":"","status":%d,"code":%q,"detail":""}`, status, code),
		header...)
}

// over returns a client of a wire.
func over(t *testing.T, w wire, opts rest.ClientOptions) (*rest.Client, *counter) {
	t.Helper()
	c := &counter{wire: w}
	opts.HTTP = &http.Client{Transport: c}
	client, err := rest.NewClient("http://forge.example.com", "secret-token", &opts)
	require.NoError(t, err)
	return client, c
}
