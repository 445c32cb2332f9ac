-- +goose Up
-- Filters beside remote and most, as a -search writes them: "easy-apply; 7d; full_time".
ALTER TABLE fleet_searches ADD COLUMN filters text NOT NULL DEFAULT '';
ALTER TABLE fleet_searches DROP CONSTRAINT fleet_searches_user_id_board_keywords_location_remote_key;
ALTER TABLE fleet_searches ADD CONSTRAINT fleet_searches_once
	UNIQUE (user_id, board, keywords, location, remote, filters);

-- +goose Down
-- Searches that differ in the filters alone cannot stay.
DELETE FROM fleet_searches WHERE filters <> '';
ALTER TABLE fleet_searches DROP COLUMN filters;
ALTER TABLE fleet_searches ADD UNIQUE (user_id, board, keywords, location, remote);
