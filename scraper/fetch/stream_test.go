package fetch_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scraper"
	"github.com/agent-forge/forge/scraper/fetch"
)

// answers is a transport that answers with a status and a body.
func answers(status int, body io.Reader) roundTripper {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, Header: http.Header{}, Body: io.NopCloser(body),
			Request: r,
		}, nil
	}
}

func TestStreamHandsOverTheWholePage(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 128 << 10, 128<<10 + 1, 1 << 20} {
		want := strings.Repeat("x", size)
		g := fetch.Getter{Client: &http.Client{Transport: answers(200, strings.NewReader(want))}}
		var got []byte
		page, err := g.Stream(t.Context(), "https://a.example/jobs", nil, nil,
			func(p *fetch.Page, r io.Reader) error {
				require.Nil(t, p.Body)
				var err error
				got, err = io.ReadAll(r)
				return err
			})
		require.NoError(t, err)
		require.Equal(t, 200, page.Status)
		require.True(t, want == string(got), "%d of %d bytes", len(got), size)
	}
}

func TestStreamSendsABodyByPost(t *testing.T) {
	t.Parallel()
	var sent string
	g := fetch.Getter{Client: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response,
		error,
	) {
		b, err := io.ReadAll(r.Body)
		sent = r.Method + " " + r.Header.Get("Content-Type") + " " + string(b)
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody, Request: r}, err
	})}}
	header := http.Header{"Content-Type": {"application/json"}}
	_, err := g.Stream(t.Context(), "https://a.example/jobs", header, []byte(`{"offset":20}`),
		func(*fetch.Page, io.Reader) error { return nil })
	require.NoError(t, err)
	require.Equal(t, `POST application/json {"offset":20}`, sent)
}

func TestStreamJudgesAnAnswerAsGetDoes(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 200<<10)
	errRead := errors.New("no list")
	for _, c := range []struct {
		name     string
		network  roundTripper
		want     error // nil: a network error
		readable bool
	}{
		{"gone", answers(404, strings.NewReader(long)), scraper.ErrGone, false},
		{"refused", answers(403, strings.NewReader("")), scraper.ErrBlocked, false},
		{
			"challenge", answers(200, strings.NewReader("<title>Just a moment...</title>")),
			scraper.ErrBlocked, false,
		},
		{"too large", answers(200, strings.NewReader(long+long)), scraper.ErrMarkup, true},
		{"broken off at once", answers(200, io.MultiReader(strings.NewReader("x"), cut{})), nil, false},
		{"broken off later", answers(200, io.MultiReader(strings.NewReader(long), cut{})), nil, true},
		{"not readable", answers(200, strings.NewReader(long)), errRead, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			read := false
			g := fetch.Getter{Client: &http.Client{Transport: c.network}, MaxBytes: 300 << 10}
			_, err := g.Stream(t.Context(), "https://a.example/jobs?q=secret", nil, nil,
				func(_ *fetch.Page, r io.Reader) error {
					read = true
					if _, err := io.Copy(io.Discard, r); err != nil {
						return errors.New("what a parser makes of it")
					}
					return errRead
				})
			require.Equal(t, c.readable, read)
			if errors.Is(c.want, errRead) {
				require.ErrorIs(t, err, errRead)
				return
			}
			_ = pageError(t, err)
			requireOnly(t, c.want, err)
			require.NotErrorIs(t, err, errRead)
		})
	}
}

// cut is a connection that breaks off.
type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
