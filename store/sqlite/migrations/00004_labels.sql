-- +goose Up
-- The rejected jobs that an audit drew for the user to look at, and what the user said of them.
CREATE TABLE job_labels (
    user_id   TEXT    NOT NULL,
    job_id    INTEGER NOT NULL,
    drawn_at  INTEGER NOT NULL,
    -- NULL until the user has judged the job.
    verdict   TEXT    CHECK (verdict IN ('WORTH', 'NOT_WORTH', 'UNSURE')),
    judged_at INTEGER,
    PRIMARY KEY (user_id, job_id),
    FOREIGN KEY (user_id, job_id) REFERENCES user_job_map (user_id, job_id) ON DELETE CASCADE,
    CHECK ((verdict IS NULL) = (judged_at IS NULL))
) STRICT, WITHOUT ROWID;

-- What the application marked, which is few of many rows.
CREATE INDEX user_job_map_marked ON user_job_map (user_id, job_id)
    WHERE application_status NOT IN ('DISCOVERED', 'MATCHED', 'AUTO_REJECTED', 'FAILED', 'CLOSED');

-- What the gate made of the score, whatever the application did with the job since. NULL for a decision that is older than
-- the column: the job was rejected if its status is AUTO_REJECTED.
ALTER TABLE job_match_analysis ADD COLUMN rejected INTEGER CHECK (rejected IN (0, 1));
-- What the scorer understood of a rejected posting, without its words.
ALTER TABLE job_match_analysis ADD COLUMN sketch BLOB CHECK (length(sketch) BETWEEN 1 AND 256);

-- The status of a marked job no longer says what the gate did. It rejected what scored no better than a rejected job.
UPDATE job_match_analysis SET rejected = 1
FROM user_job_map m
WHERE m.user_id = job_match_analysis.user_id AND m.job_id = job_match_analysis.job_id AND NOT unverified
    AND m.application_status NOT IN ('DISCOVERED', 'MATCHED', 'AUTO_REJECTED', 'FAILED', 'CLOSED')
    AND overall_match <= (
        SELECT max(r.overall_match)
        FROM job_match_analysis r JOIN user_job_map n ON n.user_id = r.user_id AND n.job_id = r.job_id
        WHERE r.user_id = job_match_analysis.user_id AND n.application_status = 'AUTO_REJECTED'
    );

-- +goose Down
ALTER TABLE job_match_analysis DROP COLUMN sketch;
ALTER TABLE job_match_analysis DROP COLUMN rejected;
DROP INDEX user_job_map_marked;
DROP TABLE job_labels;
