package dashboard

import (
	"fmt"

	"github.com/agent-forge/forge/store"
)

// why says what a list is, and what to do about its jobs.
func (d *dashboard) why(v view) string {
	switch v.name {
	case "rejected":
		return fmt.Sprintf(
			"Your scorer gave these less than %d, and found reasons for it. Their text was not kept. "+
				"If one was worth a look, keep it anyway: your agent reads it again, and keeps it "+
				"whatever it scores.", d.cfg.Gate.Threshold())
	case "waiting":
		return "These were found and are not read yet, or were reopened. Your agent reads them when it " +
			"runs next. If they stay here, start it, and look at what it prints."
	case "failed":
		return "Your agent tried to read or score each of these several times and could not. The page of " +
			"the job may need a sign-in, or the scorer could not judge its text. Open the job on the " +
			"board, or reopen it to have it tried again."
	case "closed":
		return "The board took these down. If one is listed again much later, your agent reads it again."
	}
	return ""
}

// A verdictView is one button of a job that an audit drew.
type verdictView struct {
	Card    card
	Verdict store.Verdict
	Label   string
}

func newVerdict(c card, v, label string) verdictView { return verdictView{c, store.Verdict(v), label} }
