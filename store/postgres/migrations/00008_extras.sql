-- +goose Up
-- What an application keeps of a user's job: JSON by key, as text, so that it keeps its spelling.
CREATE TABLE job_extras (
    user_id text   COLLATE "C" NOT NULL,
    job_id  bigint NOT NULL,
    key     text   COLLATE "C" NOT NULL CHECK (octet_length(key) BETWEEN 1 AND 64),
    value   text   COLLATE "C" NOT NULL CHECK (octet_length(value) BETWEEN 1 AND 4096),
    PRIMARY KEY (user_id, job_id, key),
    FOREIGN KEY (user_id, job_id) REFERENCES user_job_map (user_id, job_id) ON DELETE CASCADE
);

-- +goose Down
DROP TABLE job_extras;
