// Package resume turns a résumé in a file into the plain text that a pipeline takes: plain text, Markdown, HTML, PDF and DOCX.
//
// PDFs are read by PDFium (through go-pdfium), which runs as WebAssembly in a sandbox without files, network or more than a
// fixed memory, because a PDF is a program of sorts. DOCX is read by this package from the zip and XML that it is: no library
// for it is kept in a state to be relied on, and text is the least of what the format holds. Nothing is recognised in
// pictures: a scanned page is [ErrScanned].
package resume

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/agent-forge/forge/lead"
)

var (
	// ErrEmpty means that the file holds no text at all.
	ErrEmpty = errors.New("resume: no text")
	// ErrScanned means that a PDF's pages hold pictures and no text. A program that recognises text (OCR) can add it.
	ErrScanned = errors.New("resume: scanned pages, no text: run OCR over the file first, or export it as text")
	// ErrEncrypted means that the file asks for a password.
	ErrEncrypted = errors.New("resume: encrypted: save a copy without a password")
	// ErrTooLarge means that the file, or what unpacks from it, is larger than a résumé can be.
	ErrTooLarge = errors.New("resume: too large")
	// ErrFormat means that the file is of a kind that is not read here, or broken.
	ErrFormat = errors.New("resume: format not readable")
)

// What the zero values of [Options] stand for.
const (
	DefaultMaxBytes = 10 << 20
	DefaultMaxPages = 30
	DefaultMaxText  = 256 << 10
)

// Options bound what is read.
type Options struct {
	MaxBytes int64 // of the file. Default 10 MiB
	MaxPages int   // of a PDF. Default 30
	MaxText  int   // of the result, in bytes; more is ErrTooLarge. Default 256 KiB
}

func (o *Options) fill() (Options, error) {
	var filled Options
	if o != nil {
		filled = *o
	}
	if filled.MaxBytes < 0 || filled.MaxPages < 0 || filled.MaxText < 0 {
		return filled, fmt.Errorf("resume: %w", &lead.FieldError{Field: "Options", Problem: "a limit is negative; leave it 0 for the default"})
	}
	if filled.MaxBytes == 0 {
		filled.MaxBytes = DefaultMaxBytes
	}
	if filled.MaxPages == 0 {
		filled.MaxPages = DefaultMaxPages
	}
	if filled.MaxText == 0 {
		filled.MaxText = DefaultMaxText
	}
	return filled, nil
}

// Read returns the text of the file at path. Nil options are the defaults. Errors name the path, never the text.
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

// Text returns the text of a file's content. The kind is recognised by the content; the name's ending tells Markdown and HTML
// from plain text, and may be blank. Nil options are the defaults. It is safe for concurrent use; reading a PDF takes about
// 100 MB while it lasts.
func Text(ctx context.Context, name string, data []byte, o *Options) (string, error) {
	opts, err := o.fill()
	if err != nil {
		return "", err
	}
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("resume: %w", err)
	}
	if int64(len(data)) > opts.MaxBytes {
		return "", fmt.Errorf("%w: more than %d bytes", ErrTooLarge, opts.MaxBytes)
	}
	if len(data) == 0 {
		return "", ErrEmpty
	}
	text, err := convert(ctx, kindOf(name, data), data, opts)
	if err != nil {
		return "", err
	}
	text = tidy(text)
	switch {
	case len(text) > opts.MaxText:
		return "", fmt.Errorf("%w: more than %d bytes of text", ErrTooLarge, opts.MaxText)
	case !strings.ContainsFunc(text, unicode.IsLetter):
		return "", ErrEmpty
	}
	return text, nil
}

func convert(ctx context.Context, k kind, data []byte, opts Options) (string, error) {
	switch k {
	case pdfFile:
		return pdfText(ctx, data, opts)
	case docxFile:
		return docxText(data, opts)
	case oldOffice:
		return officeError(data)
	case binary:
		return "", fmt.Errorf("%w: want plain text, Markdown, HTML, PDF or DOCX", ErrFormat)
	}
	text, err := decode(data)
	if err != nil {
		return "", err
	}
	switch k {
	case markdownFile:
		return markdownText(text)
	case htmlFile:
		return htmlText(text), nil
	default:
		return text, nil
	}
}

// tidy takes out what is not text, and puts what typesetting changed back: ligatures, soft hyphens, runs of blank lines.
func tidy(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.NewReplacer(
		"\r\n", "\n", "\r", "\n", "\f", "\n\n", "\v", "\n", "\u2028", "\n", "\u2029", "\n\n",
		"ﬀ", "ff", "ﬁ", "fi", "ﬂ", "fl", "ﬃ", "ffi", "ﬄ", "ffl", "ﬅ", "st", "ﬆ", "st",
		"\u00ad\n", "", "\u00ad", "", "\u00a0", " ", "\u202f", " ", "\ufeff", "",
	).Replace(s)
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Co, r) {
			return -1 // private characters are symbol fonts' bullets and icons
		}
		return r
	}, s)
	var b strings.Builder
	blank := 0
	for line := range strings.Lines(s) {
		line = strings.TrimRight(line, " \t\n")
		if strings.TrimSpace(line) == "" {
			blank++
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n\n"[:1+min(blank, 1)])
		}
		blank = 0
		b.WriteString(line)
	}
	return strings.TrimSpace(b.String())
}
