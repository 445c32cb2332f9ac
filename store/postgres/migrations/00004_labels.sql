-- +goose Up
-- The rejected jobs that an audit drew at random for the user to look at, and what the user said of them.
CREATE TABLE job_labels (
    user_id     text        COLLATE "C" NOT NULL,
    job_id      bigint      NOT NULL,
    -- The rejection that the draw found. Later decisions do not change it.
    score       smallint    NOT NULL CHECK (score BETWEEN 0 AND 100),
    scored_by   text        NOT NULL,
    rejected_at timestamptz NOT NULL,
    -- The number of the draw among the user's, and how many jobs of the score's band it chose, of how many.
    draw        integer     NOT NULL CHECK (draw > 0),
    drawn       integer     NOT NULL CHECK (drawn > 0),
    population  integer     NOT NULL,
    drawn_at    timestamptz NOT NULL,
    -- NULL until the user has judged the job.
    verdict     text        CHECK (verdict IN ('WORTH', 'NOT_WORTH', 'UNSURE')),
    judged_at   timestamptz,
    PRIMARY KEY (user_id, job_id),
    FOREIGN KEY (user_id, job_id) REFERENCES user_job_map (user_id, job_id) ON DELETE CASCADE,
    CHECK (drawn <= population),
    CHECK ((verdict IS NULL) = (judged_at IS NULL))
);

-- What the application marked, which is few of many rows.
CREATE INDEX user_job_map_marked ON user_job_map (user_id, job_id)
    WHERE application_status NOT IN ('DISCOVERED', 'MATCHED', 'AUTO_REJECTED', 'FAILED', 'CLOSED');

-- What the scorer understood of a rejected posting, without its words.
ALTER TABLE job_match_analysis ADD COLUMN sketch bytea CHECK (octet_length(sketch) BETWEEN 1 AND 256);
