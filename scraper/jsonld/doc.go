// Package jsonld is a board that is a list of career pages: it reads the schema.org JobPosting
// objects (https://schema.org/JobPosting) in the JSON-LD of pages that its options name, and of
// those that they lead to. It reads no microdata, no RDFa and no page markup.
package jsonld
