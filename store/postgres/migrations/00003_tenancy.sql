-- +goose Up
-- Who said what about a job that all users share, so that no user can change another's view alone.
ALTER TABLE jobs
    -- The user whose sighting gave the title and the company, and what another user saw once instead.
    ADD COLUMN listed_by     text COLLATE "C",
    ADD COLUMN other_title   text,
    ADD COLUMN other_company text,
    -- The user who brought the text.
    ADD COLUMN scraped_by    text COLLATE "C",
    -- The one user who saw that the board closed the job. NULL beside closed_at: two users did.
    ADD COLUMN closed_by     text COLLATE "C",
    ADD CHECK ((other_title IS NULL) = (other_company IS NULL)),
    ADD CHECK (closed_by IS NULL OR closed_at IS NOT NULL);

-- +goose Down
ALTER TABLE jobs
    DROP COLUMN listed_by,
    DROP COLUMN other_title,
    DROP COLUMN other_company,
    DROP COLUMN scraped_by,
    DROP COLUMN closed_by;
