-- +goose Up
-- Who said what about a job that all users share, so that no user can change another's view alone.
-- The user whose sighting gave the title and the company, and what another user saw once instead.
ALTER TABLE jobs ADD COLUMN listed_by TEXT;
ALTER TABLE jobs ADD COLUMN other_title TEXT;
ALTER TABLE jobs ADD COLUMN other_company TEXT CHECK ((other_title IS NULL) = (other_company IS NULL));
-- The user who brought the text.
ALTER TABLE jobs ADD COLUMN scraped_by TEXT;
-- The one user who saw that the board closed the job. NULL beside closed_at: two users did.
ALTER TABLE jobs ADD COLUMN closed_by TEXT CHECK (closed_by IS NULL OR closed_at IS NOT NULL);

-- +goose Down
ALTER TABLE jobs DROP COLUMN closed_by;
ALTER TABLE jobs DROP COLUMN scraped_by;
ALTER TABLE jobs DROP COLUMN other_company;
ALTER TABLE jobs DROP COLUMN other_title;
ALTER TABLE jobs DROP COLUMN listed_by;
