// Package resumes reads the résumé that an example works with: a file of the user's, or the sample.
package resumes

import (
	"context"

	"github.com/agent-forge/forge/examples/internal/demoboard"
	"github.com/agent-forge/forge/scorer/resume"
)

// Read returns the text of the file at path, whatever of its kind; "" is the sample that comes with the demo boards.
func Read(ctx context.Context, path string) (string, error) {
	if path == "" {
		return demoboard.Resume, nil
	}
	return resume.Read(ctx, path, nil)
}

// Name says which résumé it is, for people.
func Name(path string) string {
	if path == "" {
		return "a sample (give yours with -resume FILE)"
	}
	return path
}
