// Package resume turns a résumé in a file into the plain text that a pipeline takes. It reads plain
// text, Markdown, HTML, PDF and DOCX.
//
// PDFs are read by PDFium (through go-pdfium), which runs as WebAssembly in a sandbox without
// files, network or more than 128 MiB of memory, because a PDF is a program of sorts. PDFium says
// which character stands where; this package makes words, columns and lines of that. DOCX is read
// by this package from the zip and XML that it is: text is the least of what the format holds, and
// no library for it is kept well. Text in pictures is not recognised: a scanned page is
// [ErrScanned].
//
// A text can be read and still be wrong, because a file does not say where its words end or which
// pages were scanned. [Options.Warn] is told of that.
package resume

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/agent-forge/forge/lead"
)

// Errors that a file can have. Each text says what to do.
var (
	// ErrEmpty means that the file holds no text.
	ErrEmpty = errors.New("resume: no text in the file")
	// ErrScanned means that the pages of a PDF hold pictures, or characters that nothing maps to
	// letters.
	ErrScanned = errors.New("resume: scanned pages without text: run OCR over the file, or export it as text")
	// ErrEncrypted means that the file asks for a password.
	ErrEncrypted = errors.New("resume: the file asks for a password: save a copy without one")
	// ErrTooLarge means that the file, or what unpacks from it, exceeds a limit of Options.
	ErrTooLarge = errors.New("resume: the file is too large for a résumé")
	// ErrFormat means that the file is of a kind that is not read, or broken.
	ErrFormat = errors.New("resume: the file cannot be read")
)

// Warnings that [Options.Warn] is given. The text beside them is valid.
var (
	// ErrGlued means that words of the text seem to be joined, because the file does not say where
	// its spaces are.
	ErrGlued = errors.New("resume: words of the text look joined: check it, or export it as DOCX or text")
	// ErrPartial means that pages of a PDF have no text although others have.
	ErrPartial = errors.New("resume: pages without text: run OCR over the file, or export the résumé as text")
)

// The limits that the zero values of [Options] stand for.
const (
	DefaultMaxBytes = 10 << 20
	DefaultMaxPages = 30
	DefaultMaxText  = 256 << 10
	DefaultTimeout  = 3 * time.Second
)

// Options bound what is read from one file. The zero value is valid, and so is a nil pointer. A
// negative limit is an error.
type Options struct {
	// MaxBytes is the largest size of the file. If zero, 10 MiB is used.
	MaxBytes int64
	// MaxPages is the largest number of pages of a PDF. If zero, 30 is used.
	MaxPages int
	// MaxText is the largest size of the text, in bytes. A longer text is ErrTooLarge. If zero, 256
	// KiB is used.
	MaxText int
	// Timeout is the longest time that reading may take. The start of the sandbox for a PDF, which
	// takes about half a second, does not count. A file that takes longer is ErrFormat, and the
	// error also wraps context.DeadlineExceeded. If zero, 3 seconds are used, so that a broken file
	// ends within 5 seconds on a busy machine too; a résumé takes a tenth of a second.
	Timeout time.Duration
	// Warn is called before the text is returned, once for each reason why a person should look at
	// the text: the warning wraps ErrGlued or ErrPartial. It is called from the goroutine that
	// reads. If nil, warnings are dropped.
	Warn func(warning error)
}

func (o *Options) fill() (Options, error) {
	var filled Options
	if o != nil {
		filled = *o
	}
	field := ""
	switch {
	case filled.MaxBytes < 0:
		field = "Options.MaxBytes"
	case filled.MaxPages < 0:
		field = "Options.MaxPages"
	case filled.MaxText < 0:
		field = "Options.MaxText"
	case filled.Timeout < 0:
		field = "Options.Timeout"
	}
	if field != "" {
		negative := &lead.FieldError{Field: field, Problem: "is negative; use 0 for the default"}
		return filled, fmt.Errorf("resume: %w", negative)
	}
	filled.MaxBytes = cmp.Or(filled.MaxBytes, DefaultMaxBytes)
	filled.MaxPages = cmp.Or(filled.MaxPages, DefaultMaxPages)
	filled.MaxText = cmp.Or(filled.MaxText, DefaultMaxText)
	filled.Timeout = cmp.Or(filled.Timeout, DefaultTimeout)
	if filled.Warn == nil {
		filled.Warn = func(error) {}
	}
	return filled, nil
}

// Read returns the text of the file at path. If o is nil, the defaults are used. Errors name the
// path and never hold text of the résumé.
func Read(ctx context.Context, path string, o *Options) (string, error) {
	opts, err := o.fill()
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read résumé: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(f, opts.MaxBytes+1))
	if err != nil {
		return "", fmt.Errorf("read résumé: %w", err)
	}
	text, err := Text(ctx, filepath.Base(path), data, o)
	if err != nil {
		return "", fmt.Errorf("read résumé %s: %w", path, err)
	}
	return text, nil
}

// Text returns the text of a file's content. The kind of the file is recognised by its content; the
// ending of name, which may be empty, tells Markdown and HTML from plain text. If o is nil, the
// defaults are used. Text is safe for concurrent use.
//
// Reading a PDF takes about 200 MB of memory while it lasts, and at most 400 MB. Reading a DOCX
// file unpacks at most 32 MiB, of which little is held at a time.
func Text(ctx context.Context, name string, data []byte, o *Options) (string, error) {
	opts, err := o.fill()
	if err != nil {
		return "", err
	}
	if int64(len(data)) > opts.MaxBytes {
		return "", fmt.Errorf("%w: more than %d bytes: leave out the pictures", ErrTooLarge, opts.MaxBytes)
	}
	if len(data) == 0 {
		return "", ErrEmpty
	}
	if ctx.Err() != nil {
		return "", fmt.Errorf("resume: %w", context.Cause(ctx))
	}
	text, warning, err := convert(ctx, kindOf(name, data), data, opts)
	if err != nil {
		return "", err
	}
	text = tidy(text)
	switch {
	case len(text) > opts.MaxText:
		return "", fmt.Errorf("%w: more than %d bytes of text: save the résumé alone or raise MaxText",
			ErrTooLarge, opts.MaxText)
	case !strings.ContainsFunc(text, unicode.IsLetter):
		return "", ErrEmpty
	}
	if warning != nil {
		opts.Warn(warning)
	}
	if glued(text) {
		opts.Warn(ErrGlued)
	}
	return text, nil
}

// slow is the cause of a context that ended because a file took too long.
func (o Options) slow() error {
	return fmt.Errorf("%w: not done after %v: it is broken or very large: save it anew, or raise Timeout: %w",
		ErrFormat, o.Timeout, context.DeadlineExceeded)
}

// ended returns why ctx ended, and err if it goes on.
func ended(ctx context.Context, err error) error {
	switch cause := context.Cause(ctx); {
	case cause == nil || err == nil:
		return err
	case errors.Is(cause, ErrFormat):
		return cause
	default:
		return fmt.Errorf("resume: %w", cause)
	}
}

// convert returns the text of a file and what is doubtful about it.
func convert(ctx context.Context, k kind, data []byte, opts Options) (text string, warning, err error) {
	switch k {
	case pdfFile:
		return pdfText(ctx, data, opts)
	case zipFile:
		text, err = docxText(ctx, data, opts)
		return text, nil, err
	case oldOffice:
		return "", nil, officeError(data)
	case picture:
		return "", nil, fmt.Errorf("%w: it is a picture: run OCR over it, or export a PDF", ErrFormat)
	case richText:
		return "", nil, fmt.Errorf("%w: it is Rich Text (.rtf): save it as DOCX or PDF", ErrFormat)
	case binary:
		return "", nil, fmt.Errorf("%w: its kind is unknown: export it as PDF, DOCX or text", ErrFormat)
	}
	if text, err = decode(data); err != nil {
		return "", nil, err
	}
	switch k {
	case markdownFile:
		text, err = markdownText(text, opts.MaxText)
	case htmlFile:
		text = htmlText(text)
	}
	return text, nil, err
}
