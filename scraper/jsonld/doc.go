// Package jsonld reads schema.org JobPosting objects (https://schema.org/JobPosting) from the JSON-LD of any page, in the
// forms that sites really write: arrays, graphs, nested objects, numbers as texts, HTML that was escaped once too often,
// and JSON with small mistakes.
//
// [Parse] and [ParseItems] are a second source for boards that have markup of their own. [Scraper] is a board by itself: a
// list of career pages. The package reads no microdata, no RDFa and no page markup.
package jsonld
