// Package resumes reads the résumé that an example works with: a file of the user's, or the sample.
package resumes

import (
	"fmt"
	"os"
	"strings"

	"github.com/agent-forge/forge/examples/internal/demoboard"
)

// Read returns the text of the file at path; "" is the sample that comes with the demo boards.
func Read(path string) (string, error) {
	if path == "" {
		return demoboard.Resume, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if strings.TrimSpace(string(text)) == "" {
		return "", fmt.Errorf("%s is empty: nothing can be judged without a résumé", path)
	}
	return string(text), nil
}

// Name says which résumé it is, for people.
func Name(path string) string {
	if path == "" {
		return "a sample (give yours with -resume FILE)"
	}
	return path
}
