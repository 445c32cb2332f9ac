package console

import (
	"io"
	"os"

	"charm.land/lipgloss/v2"
	"golang.org/x/term"
)

// Prose returns a writer that breaks lines between words at the width of f, if f is a terminal, which
// would cut words. Each Write has to be of whole lines, as those of [fmt.Fprintln] are.
func Prose(f *os.File) io.Writer {
	if !term.IsTerminal(int(f.Fd())) {
		return f
	}
	return prose{f, Width(f)}
}

type prose struct {
	w     io.Writer
	width int
}

func (p prose) Write(text []byte) (int, error) {
	if _, err := io.WriteString(p.w, lipgloss.Wrap(string(text), p.width, "")); err != nil {
		return 0, err
	}
	return len(text), nil
}
