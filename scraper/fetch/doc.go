// Package fetch gets one page of a board: one request, a bounded body as UTF-8, and every failure as a [*scraper.PageError]
// by one table, so that a board's adapter has only to say what the page means. It neither paces nor retries; that is the
// work of the client that it is given, see scraper/polite. Every board that ships with forge uses it, and so may yours.
package fetch
