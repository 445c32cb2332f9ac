// Package sample holds the labelled pairs of a résumé and a posting that come with evaluate.
package sample

import "embed"

// Files are pairs.jsonl and the texts that it names.
//
//go:embed pairs.jsonl postings resumes
var Files embed.FS
