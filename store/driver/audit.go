package driver

import (
	"cmp"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// AuditBand is the number of scores in one band, which is a stratum of the audit.
const AuditBand = 10

// CheckAudit refuses a number of jobs that Audit does not return, with store.ErrInvalid.
func CheckAudit(n int) error {
	if n < 1 || n > store.MaxAudit {
		return invalid("n", fmt.Sprintf("%d is out of range: want 1 to %d", n, store.MaxAudit))
	}
	return nil
}

// CheckVerdict refuses a verdict that Judge does not record, with store.ErrInvalid.
func CheckVerdict(v store.Verdict) error {
	if v != "" && !v.Valid() {
		return invalid("verdict", "want WORTH, NOT_WORTH or UNSURE, or none to take it back")
	}
	return nil
}

// NotDrawn returns the error of a verdict on a job that no audit drew.
func NotDrawn() error { return invalid("id", "the job was not drawn: judge those that Audit returned") }

// SelectCandidates reads what a draw chooses from: the rejected jobs of the user $1 that were never
// drawn, and are rejected still or marked by the application.
const SelectCandidates = `
SELECT m.job_id, a.overall_match AS score, m.application_status <> 'AUTO_REJECTED' AS marked
FROM user_job_map m
JOIN job_match_analysis a ON a.user_id = m.user_id AND a.job_id = m.job_id
LEFT JOIN job_labels l ON l.user_id = m.user_id AND l.job_id = m.job_id
WHERE m.user_id = $1 AND l.job_id IS NULL
	AND m.application_status NOT IN ('DISCOVERED', 'MATCHED', 'FAILED', 'CLOSED')
	AND COALESCE(a.rejected, m.application_status = 'AUTO_REJECTED')`

// A CandidateRow is a row of [SelectCandidates].
type CandidateRow struct {
	ID     int64 `db:"job_id"`
	Score  int   `db:"score"`
	Marked bool  `db:"marked"` // the application's status says already what the user thinks of the job
}

// rank returns a number of one of a user's jobs that looks random and never changes. An audit draws
// the lowest ranks. The jobs that were drawn are then a random sample of all that were rejected so far,
// also while jobs are added: a later job whose rank is lower is drawn next.
func rank(user string, id int64) uint64 {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte("forge audit "+user+"\x00"), uint64(id)))
	return binary.BigEndian.Uint64(sum[:])
}

// SelectDrawn counts what was drawn from the user $1 by band.
const SelectDrawn = `
SELECT a.overall_match / 10 AS band, count(*) AS n
FROM job_labels l JOIN job_match_analysis a ON a.user_id = l.user_id AND a.job_id = l.job_id
WHERE l.user_id = $1 GROUP BY a.overall_match / 10`

// A DrawnRow is a row of [SelectDrawn].
type DrawnRow struct {
	Band int `db:"band"`
	N    int `db:"n"`
}

// Draw returns the ids of the candidates that an audit draws so that n more of the user's jobs wait for
// a verdict, in ascending order. Each next job is of the band from which fewest were drawn so far; of
// several such bands, it is of the one with the highest scores. Within a band it is the job with the
// lowest rank. A marked job whose turn comes is drawn as well, and no verdict is asked for.
func Draw(user string, n int, candidates []CandidateRow, before []DrawnRow) []int64 {
	const bands = 100/AuditBand + 1
	type ranked struct {
		CandidateRow
		rank uint64
	}
	var left [bands][]ranked
	for _, c := range candidates {
		band := c.Score / AuditBand
		left[band] = append(left[band], ranked{c, rank(user, c.ID)})
	}
	for _, list := range left {
		slices.SortFunc(list, func(a, b ranked) int {
			return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.ID, b.ID))
		})
	}
	var drawn [bands]int
	for _, d := range before {
		drawn[d.Band] += d.N
	}
	var ids []int64
	for n > 0 {
		next := -1
		for band := bands - 1; band >= 0; band-- {
			if len(left[band]) > 0 && (next < 0 || drawn[band] < drawn[next]) {
				next = band
			}
		}
		if next < 0 {
			break
		}
		c := left[next][0]
		left[next] = left[next][1:]
		ids = append(ids, c.ID)
		drawn[next]++
		if !c.Marked {
			n--
		}
	}
	slices.Sort(ids)
	return ids
}

// SelectLabels reads what the labels of the user $1 are made of: the jobs that were drawn, those that
// the application marked, and those that the user keeps.
const SelectLabels = `
SELECT l.job_id, m.application_status, a.overall_match AS score, a.scored_by, a.unverified,
	COALESCE(a.rejected, m.application_status = 'AUTO_REJECTED') AS rejected, true AS drawn, m.keep, l.verdict
FROM job_labels l
JOIN user_job_map m ON m.user_id = l.user_id AND m.job_id = l.job_id
JOIN job_match_analysis a ON a.user_id = l.user_id AND a.job_id = l.job_id
WHERE l.user_id = $1
UNION ALL
SELECT m.job_id, m.application_status, a.overall_match, a.scored_by, a.unverified,
	COALESCE(a.rejected, false), false, m.keep, NULL
FROM user_job_map m
JOIN job_match_analysis a ON a.user_id = m.user_id AND a.job_id = m.job_id
WHERE m.user_id = $1
	AND m.application_status NOT IN ('DISCOVERED', 'MATCHED', 'AUTO_REJECTED', 'FAILED', 'CLOSED')
	AND NOT EXISTS (SELECT 1 FROM job_labels l WHERE l.user_id = m.user_id AND l.job_id = m.job_id)
UNION ALL
SELECT m.job_id, m.application_status, a.overall_match, a.scored_by, a.unverified,
	COALESCE(a.rejected, false), false, true, NULL
FROM user_job_map m
JOIN job_match_analysis a ON a.user_id = m.user_id AND a.job_id = m.job_id
WHERE m.user_id = $1 AND m.keep
	AND m.application_status IN ('DISCOVERED', 'MATCHED', 'AUTO_REJECTED', 'FAILED', 'CLOSED')
	AND NOT EXISTS (SELECT 1 FROM job_labels l WHERE l.user_id = m.user_id AND l.job_id = m.job_id)
ORDER BY 1`

// A LabelRow is a row of [SelectLabels].
type LabelRow struct {
	ID         int64          `db:"job_id"`
	Status     lead.Status    `db:"application_status"`
	Score      int            `db:"score"`
	By         string         `db:"scored_by"`
	Unverified bool           `db:"unverified"`
	Rejected   bool           `db:"rejected"` // what the last decision said, whatever the status is now
	Drawn      bool           `db:"drawn"`
	Keep       bool           `db:"keep"`
	Verdict    sql.NullString `db:"verdict"`
}

// SelectOutcomes counts the user's scored jobs by scorer, score and decision. $1 is the user.
const SelectOutcomes = `
SELECT a.scored_by, a.overall_match AS score, a.unverified,
	COALESCE(a.rejected, (
		SELECT m.application_status = 'AUTO_REJECTED' FROM user_job_map m
		WHERE m.user_id = a.user_id AND m.job_id = a.job_id
	)) AS rejected, count(*) AS n
FROM job_match_analysis a
WHERE a.user_id = $1
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4`

// An OutcomeRow is a row of [SelectOutcomes].
type OutcomeRow struct {
	By         string `db:"scored_by"`
	Score      int    `db:"score"`
	Unverified bool   `db:"unverified"`
	Rejected   bool   `db:"rejected"`
	N          int    `db:"n"`
}

// Evidence returns what the rows amount to. Jobs that were drawn and neither judged nor marked, and
// those of which the user cannot say, have no label.
func Evidence(rows []LabelRow, outcomes []OutcomeRow) gate.Evidence {
	type cell struct {
		by   string
		band int
	}
	var e gate.Evidence
	asked, rejected := map[cell]int{}, map[cell]int{}
	for _, o := range outcomes {
		c := gate.Count{By: o.By, Score: o.Score, Unverified: o.Unverified, Stratum: o.Score / AuditBand}
		if n := len(e.Counts); n > 0 && sameCount(e.Counts[n-1], c) {
			c, e.Counts = e.Counts[n-1], e.Counts[:n-1]
		}
		if o.Rejected {
			c.Rejected += o.N
			rejected[cell{o.By, o.Score / AuditBand}] += o.N
		} else {
			c.Kept += o.N
		}
		e.Counts = append(e.Counts, c)
	}
	var sampled []bool
	for _, r := range rows {
		l := gate.Label{
			JobID: r.ID, Score: r.Score, By: r.By, Unverified: r.Unverified, Origin: gate.Origin(r.Status),
		}
		switch {
		case r.Drawn:
			l.Origin = gate.OriginAudit
		case r.Keep && r.Status.Pipeline():
			l.Origin = gate.OriginKept
		}
		switch v := store.Verdict(r.Verdict.String); {
		case r.Status.Application():
			l.Worth = r.Status != lead.Dismissed
		case v == store.Worth, v == store.NotWorth:
			l.Worth = v == store.Worth
		case r.Keep && v == "":
			l.Worth = true
		default:
			continue
		}
		if !r.Rejected {
			l.Probability = 1
		} else if r.Drawn {
			asked[cell{r.By, r.Score / AuditBand}]++
		}
		e.Labels, sampled = append(e.Labels, l), append(sampled, r.Rejected && r.Drawn)
	}
	for i, l := range e.Labels {
		if c := (cell{l.By, l.Score / AuditBand}); sampled[i] {
			e.Labels[i].Probability = float64(asked[c]) / float64(max(asked[c], rejected[c]))
		}
	}
	return e
}

func sameCount(a, b gate.Count) bool {
	return cmp.Or(cmp.Compare(a.By, b.By), cmp.Compare(a.Score, b.Score)) == 0 && a.Unverified == b.Unverified
}
