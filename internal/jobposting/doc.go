// Package jobposting reads schema.org JobPosting objects (https://schema.org/JobPosting) from the
// JSON-LD of a page, in the forms that sites write: arrays, graphs, nested objects, numbers as
// texts, HTML that was escaped twice, and JSON with small mistakes.
//
// It is the only source of the career pages' board, and a second one for boards that have markup of
// their own. It reads no microdata, no RDFa and no page markup, and makes no requests.
package jobposting
