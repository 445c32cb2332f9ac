package polite_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/internal/measure"
	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/polite"
)

const defaultMaxBody = 5 << 20

func zipped(t *testing.T, page string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, page)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

// bomb is a gzip stream of so many megabytes of zeros: about a thousandth of them on the wire.
func bomb(t *testing.T, megabytes int) string {
	t.Helper()
	return strings.Repeat(zipped(t, string(make([]byte, 1<<20))), megabytes)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// repeated is a text without an end.
type repeated struct {
	s  string
	at int
}

func (r *repeated) Read(p []byte) (n int, err error) {
	for n < len(p) {
		c := copy(p[n:], r.s[r.at:])
		n, r.at = n+c, (r.at+c)%len(r.s)
	}
	return n, nil
}

// stream is an answer of unknown length.
func stream(body io.Reader, header ...string) tripper {
	return func(req *http.Request) (*http.Response, error) {
		resp := answer(req, 200, "", header...)
		resp.Body, resp.ContentLength = io.NopCloser(body), -1
		return resp, nil
	}
}

//nolint:paralleltest // it counts allocations
func TestLimitBoundsWhatAPageCosts(t *testing.T) {
	for _, c := range []struct {
		name    string
		network http.RoundTripper
	}{
		{"20 MB, declared", always(200, strings.Repeat("x", 20<<20))},
		{"20 MB, not declared", stream(io.LimitReader(zeros{}, 20<<20))},
		{"without an end", stream(zeros{})},
		{"1 GB in a gzip bomb", always(200, bomb(t, 1000), "Content-Encoding", "gzip")},
		{
			"empty gzip members without an end",
			stream(&repeated{s: zipped(t, "")}, "Content-Encoding", "gzip"),
		},
		{"one byte more than the limit", always(200, strings.Repeat("x", defaultMaxBody+1))},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := bare(t, c.network, polite.Options{})
			processor, used := measure.Cost(func() {
				_, _, err := get(t, client, "https://a.example/?q=secret")
				require.ErrorIs(t, err, scraper.ErrMarkup)
				require.ErrorContains(t, err, "MaxBody")
				require.NotContains(t, err.Error(), "secret")
			})
			require.Less(t, used, uint64(40<<20), "bytes allocated for a limit of 5 MB")
			require.True(
				t, processor < 3*time.Second || measure.RaceDetector, "%v of the processor", processor,
			)
		})
	}
}

func TestLimitLetsAPageUpToItThrough(t *testing.T) {
	t.Parallel()
	page := strings.Repeat("page ", defaultMaxBody/5)
	for _, c := range []struct {
		name    string
		network http.RoundTripper
	}{
		{"plain", always(200, page)},
		{"streamed", stream(strings.NewReader(page))},
		{"gzip", always(200, zipped(t, page), "Content-Encoding", "gzip", "Content-Length", "17")},
		{"gzip, streamed", stream(strings.NewReader(zipped(t, page)), "Content-Encoding", "GZip")},
		{
			"two members",
			always(200, zipped(t, page[:100])+zipped(t, page[100:]), "Content-Encoding", "x-gzip"),
		},
		{"identity", always(200, page, "Content-Encoding", "identity")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, got, err := get(t, bare(t, c.network, polite.Options{}), "https://a.example/")
			require.NoError(t, err)
			require.True(t, page == got, "the page is not the one that was sent")
		})
	}
}

func TestLimitGivesNoHalfPage(t *testing.T) {
	t.Parallel()
	half := zipped(t, strings.Repeat("page ", 1000))
	half = half[:len(half)/2]
	large := zipped(t, strings.Repeat("page ", 1<<19))
	for _, c := range []struct {
		name    string
		network http.RoundTripper
	}{
		{"plain", stream(io.MultiReader(strings.NewReader("half a"), broken{}))},
		{"gzip", always(200, half, "Content-Encoding", "gzip")},
		{"no gzip", always(200, "<html>", "Content-Encoding", "gzip")},
		{"not asked for", always(200, "\x1b\x00", "Content-Encoding", "br")},
		{"large, and half", always(200, large[:len(large)/2], "Content-Encoding", "gzip")},
		{
			"large, with a damaged checksum",
			always(200, large[:len(large)-8]+"12345678", "Content-Encoding", "gzip"),
		},
		{"damaged checksum", always(200, zipped(t, "page")[:24]+"12345678", "Content-Encoding", "gzip")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := get(t, bare(t, c.network, polite.Options{}), "https://a.example/")
			require.Error(t, err)
			require.NotErrorIs(t, err, scraper.ErrMarkup)
		})
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestLimitTakesAnAnswerWithoutABody(t *testing.T) {
	t.Parallel()
	c := bare(t, always(304, "", "Content-Encoding", "gzip"), polite.Options{})
	status, body, err := get(t, c, "https://a.example/")
	require.NoError(t, err)
	require.Equal(t, 304, status)
	require.Empty(t, body)
}

func TestLimitEndsAnAnswerThatStalls(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		network tripper
	}{
		{"before the answer", func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		}},
		{"in mid-page", func(req *http.Request) (*http.Response, error) {
			return stream(io.MultiReader(strings.NewReader("half a"), stalled{req.Context()}))(req)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := bare(t, c.network, polite.Options{})
				began := time.Now()
				_, _, err := get(t, client, "https://a.example/")
				require.Equal(t, 30*time.Second, time.Since(began))
				require.NotErrorIs(t, err, context.DeadlineExceeded, "the caller set no deadline")
				network, ok := errors.AsType[net.Error](err)
				require.True(t, ok)
				require.True(t, network.Timeout())

				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				_, _, err = getWith(ctx, t, client, "https://a.example/")
				require.ErrorIs(t, err, context.DeadlineExceeded)
			})
		})
	}
}

type stalled struct{ ctx context.Context }

func (s stalled) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

func TestRetryRepeatsAPageThatBrokeOff(t *testing.T) {
	t.Parallel()
	attempts := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		if attempts++; attempts == 1 {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, "half a page")
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, "the whole page")
	}))
	t.Cleanup(srv.Close)
	c := client(t, polite.Options{AllowLoopback: true, Interval: time.Nanosecond})
	_, body, err := get(t, c, srv.URL+"/jobs")
	require.NoError(t, err)
	require.Equal(t, "the whole page", body)
	require.Equal(t, 2, attempts)
}
