-- +goose Up
CREATE TABLE app.decisions (
	job_id bigint NOT NULL,
	claim bigint NOT NULL,
	status text NOT NULL,
	score int NOT NULL,
	PRIMARY KEY (job_id, claim)
);
CREATE TABLE app.told (change_id bigint NOT NULL);
INSERT INTO app.told VALUES (0);

-- +goose Down
DROP TABLE app.told;
DROP TABLE app.decisions;
