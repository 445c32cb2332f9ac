package store

import "github.com/agent-forge/forge/lead"

// A Twin is a job that is the same advert as another job of the user.
type Twin struct {
	Of     int64 // the job that was asked about
	ID     int64
	Lead   lead.Lead
	Status lead.Status // the user's, of this job
}

// A Marked is a job that was marked with its twins.
type Marked struct {
	ID  int64
	Was lead.Status // before
}
