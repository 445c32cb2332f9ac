package polite_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
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

// stream is an answer of unknown length.
func stream(body io.Reader, header ...string) tripper {
	return func(req *http.Request) (*http.Response, error) {
		resp := answer(req, 200, "", header...)
		resp.Body, resp.ContentLength = io.NopCloser(body), -1
		return resp, nil
	}
}

func tooLarge(t *testing.T, err error) {
	t.Helper()
	require.ErrorIs(t, err, scraper.ErrMarkup)
	var page *scraper.PageError
	require.ErrorAs(t, err, &page)
	require.ErrorContains(t, page, "MaxBody")
	require.NotContains(t, page.Error(), "secret")
}

//nolint:paralleltest // it counts allocations
func TestAPageThatIsTooLargeCostsNoMoreThanTheLimit(t *testing.T) {
	empty := zipped(t, "")
	pages := map[string]tripper{
		"20 MB, declared":              always(200, strings.Repeat("x", 20<<20)),
		"20 MB, not declared":          stream(io.LimitReader(zeros{}, 20<<20)),
		"without end":                  stream(zeros{}),
		"1 GB in a gzip bomb":          always(200, bomb(t, 1000), "Content-Encoding", "gzip"),
		"empty gzip members, no end":   stream(&repeated{s: empty}, "Content-Encoding", "gzip"),
		"one byte more than the limit": always(200, strings.Repeat("x", polite.DefaultMaxBody+1)),
	}
	for name, network := range pages {
		t.Run(name, func(t *testing.T) {
			processor, used := measure.Cost(func() {
				_, _, err := get(t, &polite.Limit{Base: network}, "https://a.example/?q=secret")
				tooLarge(t, err)
			})
			require.Less(t, used, uint64(40<<20), "bytes allocated for a limit of 5 MB")
			require.True(t, processor < 3*time.Second || measure.RaceDetector, "%v of the processor", processor)
		})
	}
}

// repeated is a text without end.
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

func TestAPageUpToTheLimitArrivesWhole(t *testing.T) {
	t.Parallel()
	page := strings.Repeat("page ", polite.DefaultMaxBody/5)
	for name, network := range map[string]tripper{
		"plain":          always(200, page),
		"streamed":       stream(strings.NewReader(page)),
		"gzip":           always(200, zipped(t, page), "Content-Encoding", "gzip", "Content-Length", "17"),
		"gzip, streamed": stream(strings.NewReader(zipped(t, page)), "Content-Encoding", "GZip"),
		"two members":    always(200, zipped(t, page[:100])+zipped(t, page[100:]), "Content-Encoding", "x-gzip"),
		"identity":       always(200, page, "Content-Encoding", "identity"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, got, err := get(t, &polite.Limit{Base: network}, "https://a.example/")
			require.NoError(t, err)
			require.True(t, page == got, "the page is not the one that was sent")
		})
	}
}

func TestAPageThatBreaksOffIsAnErrorAndNoHalf(t *testing.T) {
	t.Parallel()
	half := zipped(t, strings.Repeat("page ", 1000))
	half = half[:len(half)/2]
	for name, network := range map[string]tripper{
		"plain":            stream(io.MultiReader(strings.NewReader("half a"), broken{})),
		"gzip":             always(200, half, "Content-Encoding", "gzip"),
		"no gzip":          always(200, "<html>", "Content-Encoding", "gzip"),
		"not asked for":    always(200, "\x1b\x00", "Content-Encoding", "br"),
		"damaged checksum": always(200, zipped(t, "page")[:24]+"12345678", "Content-Encoding", "gzip"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := get(t, &polite.Limit{Base: network}, "https://a.example/")
			require.Error(t, err)
			require.NotErrorIs(t, err, scraper.ErrMarkup)
		})
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestAnAnswerWithoutABodyIsNoError(t *testing.T) {
	t.Parallel()
	status, body, err := get(t, &polite.Limit{Base: always(304, "", "Content-Encoding", "gzip")}, "https://a.example/")
	require.NoError(t, err)
	require.Equal(t, 304, status)
	require.Empty(t, body)
}

func TestAStallEndsWithTheTimeLimitAndIsTheNetworksError(t *testing.T) {
	t.Parallel()
	for name, network := range map[string]tripper{
		"before the answer": func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		},
		"in mid-page": func(req *http.Request) (*http.Response, error) {
			return stream(io.MultiReader(strings.NewReader("half a"), stalled{req.Context()}))(req)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				_, _, err := get(t, &polite.Limit{Base: network}, "https://a.example/")
				require.Equal(t, polite.DefaultTimeout, time.Since(began))
				require.NotErrorIs(t, err, context.DeadlineExceeded, "the caller set no deadline")
				var e net.Error
				require.ErrorAs(t, err, &e)
				require.True(t, e.Timeout())

				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				_, err = (&polite.Limit{Base: network}).RoundTrip(requestWith(ctx, t, "https://a.example/")) //nolint:bodyclose // there is none beside an error
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

func TestTheClientTriesAPageThatBrokeOffAgain(t *testing.T) {
	t.Parallel()
	tries := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		if tries++; tries == 1 {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, "half a page")
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, "the whole page")
	}))
	t.Cleanup(srv.Close)
	resp, err := fast(t, polite.Options{}).Do(request(t, srv.URL+"/jobs"))
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, "the whole page", string(body))
	require.Equal(t, srv.URL+"/jobs", resp.Request.URL.String())
	require.Equal(t, 2, tries)
}

func ExampleLimit() {
	client := &http.Client{Transport: &polite.Limit{MaxBytes: 1000, Base: stream(zeros{})}}
	_, err := client.Get("https://jobs.example.com/huge") //nolint:bodyclose // there is none beside an error
	fmt.Println(err)
	// Output: Get "https://jobs.example.com/huge": scraper: markup not recognised: https://jobs.example.com/huge: HTTP 200: the page holds more than 1000 bytes; no page of a board does, but polite.Options.MaxBody can be raised
}
