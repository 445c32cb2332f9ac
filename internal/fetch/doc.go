// Package fetch gets one page of a board for the adapters under scraper: one request, a bounded body as UTF-8, and every
// failure as a [*scraper.PageError] by one table. It neither paces nor retries; that is the transport's work.
package fetch
