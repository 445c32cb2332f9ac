// Package resumes reads the résumé that an example works with: the user's file, or the sample.
package resumes

import (
	"context"
	"time"

	"github.com/agent-forge/forge/examples/internal/demoboard"
	"github.com/agent-forge/forge/scorer/resume"
)

// patience is longer than the library's, whose caller can be a server: a model that runs beside can keep
// this machine busy.
const patience = 30 * time.Second

// Read returns the text of the file at path, which is plain text, Markdown, PDF or DOCX. If path is
// empty, it returns the sample that comes with the demo boards. It calls warn with each reason to
// look at the text before it is used.
func Read(ctx context.Context, path string, warn func(warning error)) (string, error) {
	if path == "" {
		return demoboard.Resume, nil
	}
	return resume.Read(ctx, path, &resume.Options{Warn: warn, Timeout: patience})
}

// Name describes the résumé to a person.
func Name(path string) string {
	if path == "" {
		return "a sample (give yours with -resume FILE)"
	}
	return path
}
