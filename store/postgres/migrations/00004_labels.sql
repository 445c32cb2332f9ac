-- +goose Up
-- The rejected jobs that an audit drew for the user to look at, and what the user said of them.
CREATE TABLE job_labels (
    user_id   text        COLLATE "C" NOT NULL,
    job_id    bigint      NOT NULL,
    drawn_at  timestamptz NOT NULL,
    -- NULL until the user has judged the job.
    verdict   text        CHECK (verdict IN ('WORTH', 'NOT_WORTH', 'UNSURE')),
    judged_at timestamptz,
    PRIMARY KEY (user_id, job_id),
    FOREIGN KEY (user_id, job_id) REFERENCES user_job_map (user_id, job_id) ON DELETE CASCADE,
    CHECK ((verdict IS NULL) = (judged_at IS NULL))
);

-- What the application marked, which is few of many rows.
CREATE INDEX user_job_map_marked ON user_job_map (user_id, job_id)
    WHERE application_status NOT IN ('DISCOVERED', 'MATCHED', 'AUTO_REJECTED', 'FAILED', 'CLOSED');

ALTER TABLE job_match_analysis
    -- What the gate made of the score, whatever the application did with the job since. NULL for a decision that is
    -- older than the column: the job was rejected if its status is AUTO_REJECTED.
    ADD COLUMN rejected boolean,
    -- What the scorer understood of a rejected posting, without its words.
    ADD COLUMN sketch bytea CHECK (octet_length(sketch) BETWEEN 1 AND 256);

-- The status of a marked job no longer says what the gate did. It rejected what scored no better than a rejected job.
UPDATE job_match_analysis a SET rejected = true
FROM user_job_map m
WHERE m.user_id = a.user_id AND m.job_id = a.job_id AND NOT a.unverified
    AND m.application_status NOT IN ('DISCOVERED', 'MATCHED', 'AUTO_REJECTED', 'FAILED', 'CLOSED')
    AND a.overall_match <= (
        SELECT max(r.overall_match)
        FROM job_match_analysis r JOIN user_job_map n ON n.user_id = r.user_id AND n.job_id = r.job_id
        WHERE r.user_id = a.user_id AND n.application_status = 'AUTO_REJECTED'
    );

-- +goose Down
ALTER TABLE job_match_analysis DROP COLUMN rejected, DROP COLUMN sketch;
DROP INDEX user_job_map_marked;
DROP TABLE job_labels;
