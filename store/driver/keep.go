package driver

import (
	"fmt"

	"github.com/agent-forge/forge/store"
)

// CheckIDs refuses more ids than one call takes, with store.ErrInvalid.
func CheckIDs(ids []int64) error {
	if len(ids) == 0 || len(ids) > store.MaxBatch {
		return invalid("ids", fmt.Sprintf("%d, want 1 to %d", len(ids), store.MaxBatch))
	}
	return nil
}

// The statuses of the pipeline under a mark, as SQL that both databases read. The columns have no
// qualifier, so that an UPDATE of user_job_map can use them.
const (
	// Marked reports whether the application set the status.
	Marked = `application_status NOT IN ('DISCOVERED', 'MATCHED', 'AUTO_REJECTED', 'FAILED', 'CLOSED')`

	// Under is the pipeline's status, whatever the application set since. NULL if it is not known.
	Under = `(CASE WHEN ` + Marked + ` THEN marked_from ELSE application_status END)`

	// SetReopened remembers what a Reopen takes away.
	SetReopened = `
	marked_from   = CASE WHEN marked_from IN ('AUTO_REJECTED', 'FAILED', 'CLOSED') THEN 'DISCOVERED'
		ELSE marked_from END,
	reopened_from = CASE WHEN ` + Under + ` = 'DISCOVERED' THEN reopened_from ELSE ` + Under + ` END`

	// SetRestored gives back what SetReopened remembered.
	SetRestored = `
	application_status = CASE WHEN ` + Marked + ` THEN application_status ELSE reopened_from END,
	marked_from        = CASE WHEN ` + Marked + ` THEN reopened_from END,
	reopened_from      = NULL,
	due_at             = NULL`

	// Unmarked is the status without any mark. For a mark that is older than the column, the analysis
	// says it.
	Unmarked = `COALESCE(marked_from, (
		SELECT CASE WHEN a.rejected THEN 'AUTO_REJECTED' ELSE 'MATCHED' END FROM job_match_analysis a
		WHERE a.user_id = user_job_map.user_id AND a.job_id = user_job_map.job_id
	), 'DISCOVERED')`
)
