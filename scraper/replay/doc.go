// Package replay answers requests from a folder of saved pages instead of the network, and saves
// pages into such a folder. Both are an http.RoundTripper, so that every board runs on them
// unchanged:
//
//	pages, err := replay.Open(os.DirFS("pages"))
//	board, err := linkedin.New(&linkedin.Options{Client: &http.Client{Transport: pages}})
//
// There are two kinds of folders. A recorded folder was written by a [Recorder]; its index says
// which file answers which URL. A loose folder has no index, only pages that somebody saved under
// any name; [Open] tells search pages from adverts. A page that a parser gets wrong becomes a test
// when its file is copied into a loose folder.
//
// The package parses no jobs and knows no board. It knows only the marks by which pages of boards
// carry the id of a job.
package replay
