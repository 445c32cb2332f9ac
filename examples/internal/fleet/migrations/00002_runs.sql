-- +goose Up
ALTER TABLE fleet_searches
	ADD COLUMN last_at timestamptz, -- when the last run was due; NULL: never, or it is to run anew
	ADD COLUMN paused boolean NOT NULL DEFAULT false;

-- Users for whom nothing can be done at the moment: no résumé, no scorer, boards that refuse.
CREATE TABLE fleet_holds (
	user_id  text PRIMARY KEY,
	failures integer NOT NULL, -- in a row
	until    timestamptz NOT NULL,
	problem  text NOT NULL
);

-- +goose Down
DROP TABLE fleet_holds;
ALTER TABLE fleet_searches DROP COLUMN last_at, DROP COLUMN paused;
