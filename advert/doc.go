// Package advert reads the page of one advert: it turns a posting's HTML into the text that a
// person would see, splits that text into sections, and finds the part that states the
// requirements. It fetches nothing and knows no board.
package advert
