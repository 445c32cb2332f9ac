package llm

import (
	"unicode"
	"unicode/utf8"
)

// EstimateTokens returns how many tokens text has at most in a byte-pair vocabulary like Qwen's,
// for text that people write. It is about a third too high for English and higher for most other
// languages; random letters can exceed it, so the server's own count is checked as well.
//
// Qwen's tokenizer takes a word with the space before it as one piece and splits every number into
// its digits (https://github.com/QwenLM/Qwen/blob/main/tokenization_note.md).
func EstimateTokens(text string) int {
	quarters := 0 // of a token
	letters, spaces := 0, 0
	flush := func() {
		if letters > 0 {
			quarters += (letters + 3) / 4 * 4
			letters = 0
		}
		if spaces > 1 { // one belongs to the next word
			quarters += spaces
		}
		spaces = 0
	}
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf && (r|0x20 >= 'a' && r|0x20 <= 'z'):
			if spaces > 0 {
				flush()
			}
			letters++
			continue
		case r == ' ':
			if letters > 0 {
				flush()
			}
			spaces++
			continue
		}
		flush()
		switch n := utf8.RuneLen(r); {
		case n == 1: // digits, punctuation, line ends
			quarters += 4
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
			quarters += 5
		case n == 2:
			quarters += 4
		case n == 3:
			quarters += 6
		default:
			quarters += 12
		}
	}
	flush()
	return (quarters + 3) / 4
}
