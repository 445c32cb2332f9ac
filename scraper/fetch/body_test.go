package fetch_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-forge/forge/scraper"
)

func TestBodyIsUTF8WhateverTheCharset(t *testing.T) {
	t.Parallel()
	const text = "<p>Münchner Büro für Zürich</p>"
	latin := strings.ReplaceAll(text, "ü", "\xfc")
	for _, c := range []struct{ name, contentType, body, want string }{
		{"declared in the header", "text/html; charset=iso-8859-1", latin, text},
		{
			"declared in the page", "text/html",
			`<meta charset="iso-8859-1">` + latin, `<meta charset="iso-8859-1">` + text,
		},
		{"not declared, not UTF-8", "text/html", latin, text},
		{"not declared, UTF-8", "text/html", text, text},
		{
			"not declared, late", "text/html", strings.Repeat(" ", 4000) + text,
			strings.Repeat(" ", 4000) + text,
		},
		{"declared wrongly", "text/html; charset=iso-8859-1", text, text},
		{"byte order mark", "text/html", "\ufeff" + text, text},
		{"UTF-16", "text/html; charset=utf-16le", "<\x00p\x00>\x00\xfc\x00", "<p>ü"},
		{"JSON", "application/json", `{"a":"ü"}`, `{"a":"ü"}`},
		{"unknown charset, plain letters", "text/html; charset=nonsense", "plain", "plain"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			page, err := get(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", c.contentType)
				_, _ = io.WriteString(w, c.body)
			})
			require.NoError(t, err)
			require.Equal(t, c.want, string(page.Body))
		})
	}
}

func TestBodyThatIsTooLargeIsCutAndRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, encoding string }{{"plain", ""}, {"gzip bomb", "gzip"}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			page, err := get(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				var out io.Writer = w
				if c.encoding != "" {
					w.Header().Set("Content-Encoding", c.encoding)
					z := gzip.NewWriter(w)
					defer func() { _ = z.Close() }()
					out = z
				}
				chunk := []byte(strings.Repeat("a", 1<<16))
				for range 20 << 20 / len(chunk) {
					if _, err := out.Write(chunk); err != nil {
						return
					}
				}
			})
			require.ErrorIs(t, err, scraper.ErrMarkup)
			require.Len(t, page.Body, 5<<20)
		})
	}
}
