package store

// MaxAudit is the largest number of jobs in one Audit.
const MaxAudit = 100

// A Verdict is what a user says of a rejected job that an audit drew. Every job has one label at
// most. A status of the application outranks the verdict, because what a user did says more than
// what the user said: DISMISSED means that the job was not worth it, and every other status that it
// was. If the status is taken back, the verdict counts again.
//
// The label of a job that was drawn keeps the score and the scorer of the rejection that the draw
// found, also after the job was reopened and decided anew. The label of any other marked job has
// its current score.
type Verdict string

// The verdicts. An empty one means that the user has not judged the job.
const (
	Worth    Verdict = "WORTH"     // the job was worth a look: the gate should have kept it
	NotWorth Verdict = "NOT_WORTH" // the job was rightly rejected
	Unsure   Verdict = "UNSURE"    // the user cannot say: there is no label, and the job is not drawn again
)

// Valid reports whether v is one of the verdicts. The empty one is not.
func (v Verdict) Valid() bool { return v == Worth || v == NotWorth || v == Unsure }
