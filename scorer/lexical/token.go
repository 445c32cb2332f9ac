package lexical

import "github.com/agent-forge/forge/internal/words"

// A token is a word of a text with its number in the vocabulary.
type token struct {
	words.Token
	id int32 // unknown if the vocabulary does not have the word
}

// tokens splits a text.
func (v *vocabulary) tokens(text string) []token { return v.number(words.Tokens(text)) }

// number looks the words up.
func (v *vocabulary) number(list []words.Token) []token {
	tokens := make([]token, len(list))
	for i, t := range list {
		tokens[i] = token{t, v.word(t.Word)}
	}
	return tokens
}
