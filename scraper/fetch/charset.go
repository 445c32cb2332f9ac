package fetch

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
)

// utf8Body decodes a body. Bytes that are valid UTF-8 and not ASCII are UTF-8 whatever the server
// declares: they never are so by chance, and wrong headers are common. Undeclared bytes are taken
// for windows-1252, as browsers do.
func utf8Body(body []byte, contentType string) []byte {
	valid := utf8.Valid(body)
	if valid && hasHighBit(body) {
		return bytes.TrimPrefix(body, []byte("\ufeff"))
	}
	encoding, name, certain := charset.DetermineEncoding(body, contentType)
	if name == "utf-8" || valid && !certain {
		return body
	}
	decoded, err := encoding.NewDecoder().Bytes(body)
	if err != nil {
		return body
	}
	return decoded
}

func hasHighBit(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return true
		}
	}
	return false
}
