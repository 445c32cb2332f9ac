package driver

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"

	"github.com/agent-forge/forge/gate"
	"github.com/agent-forge/forge/lead"
	"github.com/agent-forge/forge/store"
)

// AuditBand is the number of scores in one band of an audit.
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

// SelectCandidates reads what a draw chooses from: the user's rejected jobs that were never drawn, at
// most $2 of each band in a random order. $1 is the user.
const SelectCandidates = `
SELECT job_id, score, scored_by, rejected_at, population FROM (
	SELECT m.job_id, a.overall_match AS score, a.scored_by, m.updated_at AS rejected_at,
		count(*) OVER (PARTITION BY a.overall_match / 10) AS population,
		row_number() OVER (PARTITION BY a.overall_match / 10 ORDER BY random()) AS place
	FROM user_job_map m
	JOIN job_match_analysis a ON a.user_id = m.user_id AND a.job_id = m.job_id
	WHERE m.user_id = $1 AND m.application_status = 'AUTO_REJECTED'
		AND NOT EXISTS (SELECT 1 FROM job_labels l WHERE l.user_id = m.user_id AND l.job_id = m.job_id)
) AS candidates
WHERE place <= $2`

// A CandidateRow is a row of [SelectCandidates].
type CandidateRow struct {
	ID         int64  `db:"job_id"`
	Score      int    `db:"score"`
	By         string `db:"scored_by"`
	RejectedAt Time   `db:"rejected_at"`
	Population int    `db:"population"` // jobs in the band that can be drawn
}

// SelectDraws counts what was drawn from the user $1, by the number of the draw and by band.
const SelectDraws = `
SELECT draw, score / 10 AS band, count(*) AS n FROM job_labels WHERE user_id = $1 GROUP BY draw, score / 10`

// A DrawRow is a row of [SelectDraws].
type DrawRow struct {
	Draw int `db:"draw"`
	Band int `db:"band"`
	N    int `db:"n"`
}

// A Drawn is a job that a draw chose.
type Drawn struct {
	CandidateRow
	Draw int // the number of the draw, from 1
	N    int // jobs of the band that the draw chose
}

// Draw chooses n of the candidates, in the order of their ids. Each next job is of the band from which
// fewest were drawn so far; of several such bands, it is of the one with the highest scores. How many
// are drawn from a band therefore depends on counts alone, and which ones is left to chance. Within
// a band the candidates must be in a random order.
func Draw(n int, candidates []CandidateRow, before []DrawRow) []Drawn {
	const bands = 100/AuditBand + 1
	var left [bands][]CandidateRow
	for _, c := range candidates {
		left[c.Score/AuditBand] = append(left[c.Score/AuditBand], c)
	}
	var total, now [bands]int
	draw := 1
	for _, d := range before {
		total[d.Band] += d.N
		draw = max(draw, d.Draw+1)
	}
	var chosen []Drawn
	for len(chosen) < n {
		next := -1
		for band := bands - 1; band >= 0; band-- {
			if len(left[band]) > 0 && (next < 0 || total[band] < total[next]) {
				next = band
			}
		}
		if next < 0 {
			break
		}
		chosen = append(chosen, Drawn{CandidateRow: left[next][0], Draw: draw})
		left[next] = left[next][1:]
		total[next]++
		now[next]++
	}
	for i := range chosen {
		chosen[i].N = now[chosen[i].Score/AuditBand]
	}
	slices.SortFunc(chosen, func(a, b Drawn) int { return cmp.Compare(a.ID, b.ID) })
	return chosen
}

// SelectLabels reads what the labels of the user $1 are made of: the jobs that were drawn, and those
// that the application marked.
const SelectLabels = `
SELECT l.job_id, m.application_status, l.score, l.scored_by, l.verdict, l.draw, l.drawn, l.population,
	l.drawn_at, l.rejected_at
FROM job_labels l
JOIN user_job_map m ON m.user_id = l.user_id AND m.job_id = l.job_id
WHERE l.user_id = $1
UNION ALL
SELECT m.job_id, m.application_status, a.overall_match, a.scored_by, NULL, 0, 0, 0, NULL, NULL
FROM user_job_map m
JOIN job_match_analysis a ON a.user_id = m.user_id AND a.job_id = m.job_id
WHERE m.user_id = $1
	AND m.application_status NOT IN ('DISCOVERED', 'MATCHED', 'AUTO_REJECTED', 'FAILED', 'CLOSED')
	AND NOT EXISTS (SELECT 1 FROM job_labels l WHERE l.user_id = m.user_id AND l.job_id = m.job_id)
ORDER BY 1`

// A LabelRow is a row of [SelectLabels].
type LabelRow struct {
	ID      int64          `db:"job_id"`
	Status  lead.Status    `db:"application_status"`
	Score   int            `db:"score"`
	By      string         `db:"scored_by"`
	Verdict sql.NullString `db:"verdict"`

	// These describe the draw. Draw is 0 if the job was not drawn.
	Draw       int  `db:"draw"`       // its number
	Drawn      int  `db:"drawn"`      // how many jobs of the band it chose
	Population int  `db:"population"` // of how many
	DrawnAt    Time `db:"drawn_at"`
	RejectedAt Time `db:"rejected_at"` // since when the job could be drawn
}

// Labels returns the labels that the rows amount to, in the order of rows. Jobs that were drawn and
// neither judged nor marked, and those of which the user cannot say, have none.
func Labels(rows []LabelRow) []gate.Label {
	draws := drawsOf(rows)
	var labels []gate.Label
	for _, r := range rows {
		l := gate.Label{JobID: r.ID, Score: r.Score, By: r.By, Origin: gate.Audit}
		switch v := store.Verdict(r.Verdict.String); {
		case r.Status.Application():
			l.Origin, l.Worth = gate.Origin(r.Status), r.Status != lead.Dismissed
		case v == store.Worth, v == store.NotWorth:
			l.Worth = v == store.Worth
		default:
			continue
		}
		if r.Draw > 0 {
			l.Probability = inclusion(r, draws)
		}
		labels = append(labels, l)
	}
	return labels
}

// drawsOf returns one row of each draw and band.
func drawsOf(rows []LabelRow) []LabelRow {
	type key struct{ draw, band int }
	seen := map[key]bool{}
	var draws []LabelRow
	for _, r := range rows {
		if k := (key{r.Draw, r.Score / AuditBand}); r.Draw > 0 && !seen[k] {
			seen[k] = true
			draws = append(draws, r)
		}
	}
	return draws
}

// inclusion returns the probability with which a rejected job like r was drawn by now. Each draw since
// r was rejected chose k of the N jobs of r's band that had not been drawn, so that a job escaped it
// with probability 1 - k/N, and escaped all of them with the product. The draw that chose r is one of
// these, and the later ones are as well: they could have chosen r if it had been left over.
func inclusion(r LabelRow, draws []LabelRow) float64 {
	escaped := 1.0
	for _, d := range draws {
		if d.Score/AuditBand == r.Score/AuditBand && (d.Draw == r.Draw || !d.DrawnAt.Before(r.RejectedAt.Time)) {
			escaped *= 1 - float64(d.Drawn)/float64(d.Population)
		}
	}
	return 1 - escaped
}
