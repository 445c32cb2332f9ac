-- +goose Up
-- The jobs of one user that are one advert. The text of a rejected job is not kept, its fingerprint is: 64 bits about
-- several hundred words, which cannot be turned back into them.
ALTER TABLE job_match_analysis
    ADD COLUMN fingerprint bigint,
    -- A hash of the firm and the title. Only jobs with the same one are compared.
    ADD COLUMN twin_key    integer,
    -- The head of the group. NULL for the head itself, and for a job without twins.
    ADD COLUMN twin_of     bigint,
    -- The user said that this is another job. It joins no group.
    ADD COLUMN twin_apart  boolean NOT NULL DEFAULT false,
    ADD CHECK ((fingerprint IS NULL) = (twin_key IS NULL)),
    ADD CHECK (twin_of IS NULL OR fingerprint IS NOT NULL AND twin_of <> job_id AND NOT twin_apart);

CREATE INDEX job_match_analysis_heads ON job_match_analysis (user_id, twin_key)
    WHERE twin_key IS NOT NULL AND twin_of IS NULL AND NOT twin_apart;
CREATE INDEX job_match_analysis_twins ON job_match_analysis (user_id, twin_of) WHERE twin_of IS NOT NULL;

-- +goose Down
ALTER TABLE job_match_analysis
    DROP COLUMN fingerprint, -- its indexes go with a column
    DROP COLUMN twin_key,
    DROP COLUMN twin_of,
    DROP COLUMN twin_apart;
