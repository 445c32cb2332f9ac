package store

// MaxAudit is the largest number of jobs in one Audit.
const MaxAudit = 100

// A Verdict is what a user says of a rejected job that an audit drew.
//
// Each job has one label at most. A status of the application outranks the verdict, because what a
// user did says more than what the user said: DISMISSED means that the job was not worth it, and
// every other status that it was. If the status is taken back, the verdict counts again. A job that
// the user keeps against the gate was worth it, unless a verdict or a status says otherwise.
//
// A label is about the job and keeps its meaning when the job is scored again. It then comes with
// the last score and the last scorer, and so do the counts beside it.
//
// The probability of a label is 1 if the last decision kept the job. If it rejected the job and an
// audit drew it, the probability is the number of labels of drawn jobs over the number of rejected
// jobs, both of the same scorer and the same band of ten scores. If it rejected the job and no audit
// drew it, the user found the job in some other way, and the probability is 0: not known.
type Verdict string

// The verdicts. An empty one means that the user has not judged the job.
const (
	Worth    Verdict = "WORTH"     // the job was worth a look: the gate should have kept it
	NotWorth Verdict = "NOT_WORTH" // the job was rightly rejected
	// the user cannot say: there is no label, and the job is not asked about again
	Unsure Verdict = "UNSURE"
)

// Valid reports whether v is one of the verdicts. The empty one is not.
func (v Verdict) Valid() bool { return v == Worth || v == NotWorth || v == Unsure }
