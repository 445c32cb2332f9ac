-- +goose Up
ALTER TABLE fleet_searches
	ADD COLUMN exclude text[] NOT NULL DEFAULT '{}', -- patterns of titles and companies that are dropped unread
	-- The user's gate, the same in all searches of the user; NULL: the default.
	ADD COLUMN threshold integer CHECK (threshold BETWEEN 0 AND 100);

-- +goose Down
ALTER TABLE fleet_searches DROP COLUMN exclude, DROP COLUMN threshold;
