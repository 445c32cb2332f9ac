// Package fetch requests one page of a board: one request, a bounded body as UTF-8, and every
// failure as a [*scraper.PageError] by one table, so that an adapter has only to say what the page
// means. [Getter.Get] requests a page of a search, [Getter.Advert] the page of one advert, whose
// failures must not stop the others.
//
// The package neither paces nor retries requests. That is the work of the client that it is given,
// such as the one of scraper/polite.
package fetch
