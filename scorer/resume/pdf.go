package resume

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/klippa-app/go-pdfium"
	pdfiumerrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

const (
	sandboxPages = 2048 // of 64 KiB: the memory that a file can make PDFium take, 128 MiB
	maxChars     = 1 << 20
)

// pdfText returns the text of a PDF's pages. Ending ctx ends it at any instruction.
func pdfText(ctx context.Context, data []byte, opts Options) (text string, warning, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer func() { err = ended(ctx, err) }()
	pool, err := sandbox(ctx)
	if err != nil {
		return "", nil, err
	}
	defer pool.Close() //nolint:errcheck // the sandbox goes with all that is in it
	defer time.AfterFunc(opts.Timeout, func() { cancel(opts.slow()) }).Stop()
	return readPDF(ctx, pool, data, opts)
}

// sandbox starts PDFium. It is interpreted: compiling it takes several times as long as reading a
// résumé.
func sandbox(ctx context.Context) (pdfium.Pool, error) {
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
		return nil, fmt.Errorf("resume: start PDFium: %w", err)
	}
	return pool, nil
}

func readPDF(
	ctx context.Context, pool pdfium.Pool, data []byte, opts Options,
) (text string, warning, err error) {
	instance, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		return "", nil, fmt.Errorf("resume: start PDFium: %w", err)
	}
	defer instance.Close() //nolint:errcheck // it was only read
	opened, err := instance.OpenDocument(&requests.OpenDocument{File: &data})
	switch {
	case errors.Is(err, pdfiumerrors.ErrPassword), errors.Is(err, pdfiumerrors.ErrSecurity):
		return "", nil, ErrEncrypted
	case err != nil:
		return "", nil, fmt.Errorf("%w: it is a broken PDF: export it again", ErrFormat)
	}
	return document{instance, opened.Document}.text(opts)
}

// A document is a PDF that is open.
type document struct {
	pdfium.Pdfium
	ref references.FPDF_DOCUMENT
}

func (d document) text(opts Options) (text string, warning, err error) {
	count, err := d.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: d.ref})
	if err != nil {
		return "", nil, fmt.Errorf("%w: it is a broken PDF: export it again", ErrFormat)
	}
	if count.PageCount > opts.MaxPages {
		return "", nil, fmt.Errorf("%w: %d pages, and at most %d are read: save the résumé alone",
			ErrTooLarge, count.PageCount, opts.MaxPages)
	}
	var pages, unread []string
	left := maxChars
	for i := range count.PageCount {
		glyphs, drawn, err := d.page(i, left)
		if err != nil {
			return "", nil, err
		}
		left -= len(glyphs)
		switch page := layOut(glyphs); {
		case strings.ContainsFunc(page, unicode.IsLetter):
			pages = append(pages, page)
		case drawn:
			unread = append(unread, fmt.Sprint(i+1))
		}
	}
	switch {
	case pages == nil && unread == nil:
		return "", nil, ErrEmpty
	case pages == nil:
		return "", nil, ErrScanned
	case unread != nil:
		warning = fmt.Errorf("%w: page %s of %d", ErrPartial, strings.Join(unread, ", "), count.PageCount)
	}
	return rejoin(strings.Join(pages, "\n\n")), warning, nil
}

// page returns the characters of page i, at most limit, and whether anything is drawn on it.
func (d document) page(i, limit int) (glyphs []glyph, drawn bool, err error) {
	broken := fmt.Errorf("%w: page %d of the PDF is broken: export it again", ErrFormat, i+1)
	page, err := d.load(i)
	if err != nil {
		return nil, false, broken
	}
	text, err := d.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: page})
	if err != nil {
		return nil, false, broken
	}
	glyphs, err = textPage{d, text.TextPage}.glyphs(limit)
	if err != nil && !errors.Is(err, ErrTooLarge) {
		err = broken
	}
	objects, countErr := d.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: page})
	return glyphs, countErr == nil && objects.Count > 0, err
}

// load opens page i. What was filled into a form, or written on the page later, becomes part of the
// page.
func (d document) load(i int) (requests.Page, error) {
	open := func() (page *responses.FPDF_LoadPage, ref requests.Page, err error) {
		if page, err = d.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: d.ref, Index: i}); err == nil {
			ref.ByReference = &page.Page
		}
		return page, ref, err
	}
	page, ref, err := open()
	if err != nil {
		return ref, err
	}
	notes, err := d.FPDFPage_GetAnnotCount(&requests.FPDFPage_GetAnnotCount{Page: ref})
	if err != nil || notes.Count == 0 {
		return ref, err
	}
	flat, err := d.FPDFPage_Flatten(&requests.FPDFPage_Flatten{Page: ref})
	if err != nil || flat.Result == responses.FPDFPage_FlattenResultNothingToDo {
		return ref, err
	}
	if _, err := d.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: page.Page}); err != nil {
		return ref, err
	}
	_, ref, err = open()
	return ref, err
}
