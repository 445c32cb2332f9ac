-- +goose Up
-- The order of a user's list, best first.
CREATE INDEX job_match_analysis_scores ON job_match_analysis (user_id, overall_match, job_id);

-- +goose Down
DROP INDEX job_match_analysis_scores;
