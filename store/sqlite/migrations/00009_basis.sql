-- +goose Up
-- What the score was made with: fingerprints of the résumé and the scorer, and the threshold. NULL: not known.
ALTER TABLE job_match_analysis ADD COLUMN basis TEXT CHECK (length(basis) BETWEEN 1 AND 32);
-- The status of the pipeline under one of the application's, which taking the mark back restores. NULL beside a mark: not
-- known, and the analysis says it.
ALTER TABLE user_job_map ADD COLUMN marked_from TEXT
    CHECK (marked_from IN ('DISCOVERED', 'MATCHED', 'AUTO_REJECTED', 'FAILED', 'CLOSED'));
-- The status of the pipeline before the user reopened the job, until somebody has worked on it.
ALTER TABLE user_job_map ADD COLUMN reopened_from TEXT
    CHECK (reopened_from IN ('DISCOVERED', 'MATCHED', 'AUTO_REJECTED', 'FAILED', 'CLOSED'));
-- The user said to keep the job whatever it scores.
ALTER TABLE user_job_map ADD COLUMN keep INTEGER NOT NULL DEFAULT 0 CHECK (keep IN (0, 1));

-- What users keep, which is few of many rows.
CREATE INDEX user_job_map_kept ON user_job_map (user_id, job_id) WHERE keep;

-- +goose Down
DROP INDEX user_job_map_kept;
ALTER TABLE user_job_map DROP COLUMN keep;
ALTER TABLE user_job_map DROP COLUMN reopened_from;
ALTER TABLE user_job_map DROP COLUMN marked_from;
ALTER TABLE job_match_analysis DROP COLUMN basis;
