-- +goose Up
-- An assessment that no evidence backs. It never rejects a job.
ALTER TABLE job_match_analysis ADD COLUMN unverified INTEGER NOT NULL DEFAULT 0 CHECK (unverified IN (0, 1));

-- +goose Down
ALTER TABLE job_match_analysis DROP COLUMN unverified;
