// Package replay answers requests from a folder of saved pages instead of the network, and saves pages into such a folder.
// Both are an http.RoundTripper, so that any board runs on them as it is:
//
//	pages, err := replay.Open(os.DirFS("pages"))
//	board, err := linkedin.New(&linkedin.Options{Client: &http.Client{Transport: pages}})
//
// There are two kinds of folder. A recorded folder was written by a [Recorder]: its index says which file answers which URL.
// A loose folder has no index, only pages that somebody saved under any name; [Open] tells search pages from postings. A
// page whose parse broke becomes a test by copying its file into a loose folder.
//
// The package parses no jobs and knows no board; it knows the marks by which pages of boards carry a job's id.
package replay
