package resume

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/klippa-app/go-pdfium"
	pdfiumerrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

const (
	sandboxPages = 4096 // of 64 KiB: the memory that a file may make PDFium take, 256 MiB
	sandboxTime  = 2 * time.Minute
	maxChars     = 1 << 20 // of all pages
)

// pdfText reads a PDF's pages. PDFium runs interpreted: compiling it takes several times as long as reading a résumé.
func pdfText(ctx context.Context, data []byte, opts Options) (text string, err error) {
	ctx, cancel := context.WithTimeout(ctx, sandboxTime)
	defer cancel()
	defer func() {
		if e := context.Cause(ctx); e != nil && err != nil {
			err = fmt.Errorf("resume: read the PDF: %w", e)
		}
	}()
	pool, err := webassembly.Init(webassembly.Config{
		Context:  ctx,
		MaxTotal: 1,
		FSConfig: wazero.NewFSConfig(), // no files
		Stdout:   io.Discard,
		Stderr:   io.Discard,
		RuntimeConfig: wazero.NewRuntimeConfigInterpreter().
			WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
			WithMemoryLimitPages(sandboxPages).
			WithCloseOnContextDone(true),
	})
	if err != nil {
		return "", fmt.Errorf("resume: start PDFium: %w", err)
	}
	defer pool.Close() //nolint:errcheck // the sandbox goes with all that is in it
	instance, err := pool.GetInstance(sandboxTime)
	if err != nil {
		return "", fmt.Errorf("resume: start PDFium: %w", err)
	}
	document, err := instance.OpenDocument(&requests.OpenDocument{File: &data})
	switch {
	case errors.Is(err, pdfiumerrors.ErrPassword), errors.Is(err, pdfiumerrors.ErrSecurity):
		return "", ErrEncrypted
	case err != nil:
		return "", fmt.Errorf("%w: a broken PDF", ErrFormat)
	}
	return pagesText(instance, document.Document, opts)
}

func pagesText(instance pdfium.Pdfium, document references.FPDF_DOCUMENT, opts Options) (string, error) {
	count, err := instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: document})
	if err != nil {
		return "", fmt.Errorf("%w: a broken PDF", ErrFormat)
	}
	if count.PageCount > opts.MaxPages {
		return "", fmt.Errorf("%w: %d pages, at most %d are read", ErrTooLarge, count.PageCount, opts.MaxPages)
	}
	var pages []string
	chars, pictures := 0, false
	for i := range count.PageCount {
		page := requests.Page{ByIndex: &requests.PageByIndex{Document: document, Index: i}}
		text, err := instance.GetPageTextStructured(&requests.GetPageTextStructured{Page: page, Mode: requests.GetPageTextStructuredModeChars})
		if err != nil {
			return "", fmt.Errorf("%w: page %d of the PDF", ErrFormat, i+1)
		}
		if chars += len(text.Chars); chars > maxChars {
			return "", fmt.Errorf("%w: more than %d characters", ErrTooLarge, maxChars)
		}
		glyphs := make([]glyph, len(text.Chars))
		for j, c := range text.Chars {
			p := c.PointPosition
			glyphs[j] = glyph{text: c.Text, left: p.Left, right: p.Right, top: p.Top, bottom: p.Bottom}
		}
		if s := layOut(glyphs); strings.TrimSpace(s) != "" {
			pages = append(pages, s)
			continue
		}
		objects, err := instance.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: page})
		pictures = pictures || err == nil && objects.Count > 0
	}
	switch {
	case len(pages) > 0:
		return strings.Join(pages, "\n\n"), nil
	case pictures:
		return "", ErrScanned
	default:
		return "", ErrEmpty
	}
}
