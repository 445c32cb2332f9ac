package ats_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/scraper/ats"
)

// An endlessList writes the jobs of a board one after the other while they are read. At the end it
// measures what is held in memory.
type endlessList struct {
	jobs, next int
	text       string
	part       *bytes.Reader
	held       uint64
}

func (l *endlessList) Read(p []byte) (int, error) {
	for l.part.Len() == 0 {
		switch {
		case l.next > l.jobs:
			return 0, io.EOF
		case l.next == l.jobs:
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			l.held = m.HeapAlloc
			l.part = bytes.NewReader(
				[]byte(`{"id":"last","title":"Rigger","descriptionPlain":"For ferries."}]}`))
		default:
			l.part = bytes.NewReader(fmt.Appendf(nil,
				`{"id":"%d","title":"Rigger","descriptionHtml":%q},`, l.next, l.text))
		}
		l.next++
	}
	return l.part.Read(p)
}

//nolint:paralleltest // it measures the memory of the process
func TestListOfManyMegabytesIsNotHeldInMemory(t *testing.T) {
	held := func(jobs int) uint64 {
		l := &endlessList{
			jobs: jobs, text: "<p>" + strings.Repeat("We build ferries &amp; splice ropes. ", 500) + "</p>",
			part: bytes.NewReader([]byte(`{"jobs":[`)),
		}
		scrapers, err := ats.New(&ats.Options{
			Boards: []ats.Board{{Provider: "ashby", Company: "acme"}}, CacheBytes: 1 << 20,
			Client: &http.Client{Transport: answersWith(l)},
		})
		require.NoError(t, err)
		leads, errs := search(t, scrapers[0], lead.Query{Keywords: "ferries"})
		require.Empty(t, errs)
		require.Len(t, leads, jobs+1)
		return l.held
	}
	small := held(50)  // 1 MB
	large := held(800) // 14 MB
	t.Logf("held at the end: %d kB of 1 MB, %d kB of 14 MB", small>>10, large>>10)
	require.Less(t, large, small+3<<20, "14 MB and 1 MB of a list hold the same")
}

func answersWith(body io.Reader) roundTripper {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(body), Request: r},
			nil
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
