-- +goose Up
-- The rejected jobs that an audit drew at random for the user to look at, and what the user said of them.
CREATE TABLE job_labels (
    user_id     TEXT    NOT NULL,
    job_id      INTEGER NOT NULL,
    -- The rejection that the draw found. Later decisions do not change it.
    score       INTEGER NOT NULL CHECK (score BETWEEN 0 AND 100),
    scored_by   TEXT    NOT NULL,
    rejected_at INTEGER NOT NULL,
    -- The number of the draw among the user's, and how many jobs of the score's band it chose, of how many.
    draw        INTEGER NOT NULL CHECK (draw > 0),
    drawn       INTEGER NOT NULL CHECK (drawn > 0),
    population  INTEGER NOT NULL,
    drawn_at    INTEGER NOT NULL,
    -- NULL until the user has judged the job.
    verdict     TEXT    CHECK (verdict IN ('WORTH', 'NOT_WORTH', 'UNSURE')),
    judged_at   INTEGER,
    PRIMARY KEY (user_id, job_id),
    FOREIGN KEY (user_id, job_id) REFERENCES user_job_map (user_id, job_id) ON DELETE CASCADE,
    CHECK (drawn <= population),
    CHECK ((verdict IS NULL) = (judged_at IS NULL))
) STRICT, WITHOUT ROWID;

-- What the application marked, which is few of many rows.
CREATE INDEX user_job_map_marked ON user_job_map (user_id, job_id)
    WHERE application_status NOT IN ('DISCOVERED', 'MATCHED', 'AUTO_REJECTED', 'FAILED', 'CLOSED');

-- What the scorer understood of a rejected posting, without its words.
ALTER TABLE job_match_analysis ADD COLUMN sketch BLOB CHECK (length(sketch) BETWEEN 1 AND 256);
