-- +goose Up
-- An assessment that no evidence backs. It never rejects a job.
ALTER TABLE job_match_analysis ADD COLUMN unverified boolean NOT NULL DEFAULT false;

-- +goose Down
ALTER TABLE job_match_analysis DROP COLUMN unverified;
