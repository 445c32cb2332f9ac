-- +goose Up
CREATE TABLE fleet_searches (
	id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	user_id       text NOT NULL,
	board         text NOT NULL,
	keywords      text NOT NULL,
	location      text NOT NULL DEFAULT '',
	remote        boolean NOT NULL DEFAULT false,
	most          integer NOT NULL DEFAULT 100, -- leads; 0: all
	every_seconds integer NOT NULL CHECK (every_seconds >= 60),
	UNIQUE (user_id, board, keywords, location, remote)
);

-- One row for each board and each address that asks it: the pace is the fleet's, not a process's.
CREATE TABLE fleet_pace (
	board         text NOT NULL,
	address       text NOT NULL,
	interval_ms   double precision NOT NULL,
	next_at       timestamptz NOT NULL,
	good          integer NOT NULL DEFAULT 0, -- answers in a row, for easing
	blocked_until timestamptz,
	PRIMARY KEY (board, address)
) WITH (fillfactor = 50); -- a row is rewritten for each request

-- +goose Down
DROP TABLE fleet_pace, fleet_searches;
