package mcp

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
)

// fence writes an answer as JSON between two marks. JSON's encoder writes < and > as escapes, so a
// text cannot hold a mark, and the word in the marks is drawn anew, so that a text cannot know it.
func fence(answer any) (string, error) {
	text, err := json.MarshalIndent(answer, "", " ")
	if err != nil {
		return "", fmt.Errorf("mcp: write the answer: %w", err)
	}
	word := rand.Text()
	return fmt.Sprintf("%s\n<untrusted-%s>\n%s\n</untrusted-%s>", untrusted, word, text, word), nil
}
