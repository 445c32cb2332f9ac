-- +goose Up
-- The jobs of one user that are one advert. The text of a rejected job is not kept, its fingerprint is: 64 bits about
-- several hundred words, which cannot be turned back into them.
ALTER TABLE job_match_analysis ADD COLUMN fingerprint INTEGER;
-- A hash of the firm and the title. Only jobs with the same one are compared.
ALTER TABLE job_match_analysis ADD COLUMN twin_key INTEGER;
-- The head of the group. NULL for the head itself, and for a job without twins.
ALTER TABLE job_match_analysis ADD COLUMN twin_of INTEGER;
-- The user said that this is another job. It joins no group.
ALTER TABLE job_match_analysis ADD COLUMN twin_apart INTEGER NOT NULL DEFAULT 0 CHECK (twin_apart IN (0, 1));

CREATE INDEX job_match_analysis_heads ON job_match_analysis (user_id, twin_key)
    WHERE twin_key IS NOT NULL AND twin_of IS NULL AND twin_apart = 0;
CREATE INDEX job_match_analysis_twins ON job_match_analysis (user_id, twin_of) WHERE twin_of IS NOT NULL;

-- +goose Down
DROP INDEX job_match_analysis_twins;
DROP INDEX job_match_analysis_heads;
ALTER TABLE job_match_analysis DROP COLUMN twin_apart;
ALTER TABLE job_match_analysis DROP COLUMN twin_of;
ALTER TABLE job_match_analysis DROP COLUMN twin_key;
ALTER TABLE job_match_analysis DROP COLUMN fingerprint;
