-- +goose Up
-- What the score was made with: fingerprints of the résumé and the scorer, and the threshold. NULL: not known.
ALTER TABLE job_match_analysis ADD COLUMN basis text CHECK (length(basis) BETWEEN 1 AND 32);
-- marked_from is the status of the pipeline under one of the application's, which taking the mark back restores. NULL beside
-- a mark: not known, and the analysis says it. reopened_from is the status of the pipeline before the user reopened the job,
-- until somebody has worked on it. keep: the user said to keep the job whatever it scores.
ALTER TABLE user_job_map
    ADD COLUMN marked_from text CHECK (marked_from IN ('DISCOVERED', 'MATCHED', 'AUTO_REJECTED', 'FAILED', 'CLOSED')),
    ADD COLUMN reopened_from text CHECK (reopened_from IN ('DISCOVERED', 'MATCHED', 'AUTO_REJECTED', 'FAILED', 'CLOSED')),
    ADD COLUMN keep boolean NOT NULL DEFAULT false;

-- What users keep, which is few of many rows.
CREATE INDEX user_job_map_kept ON user_job_map (user_id, job_id) WHERE keep;

-- +goose Down
DROP INDEX user_job_map_kept;
ALTER TABLE user_job_map DROP COLUMN marked_from, DROP COLUMN reopened_from, DROP COLUMN keep;
ALTER TABLE job_match_analysis DROP COLUMN basis;
