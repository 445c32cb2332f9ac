-- +goose Up
-- What an application keeps of a user's job: JSON by key.
CREATE TABLE job_extras (
    user_id TEXT    NOT NULL,
    job_id  INTEGER NOT NULL,
    key     TEXT    NOT NULL CHECK (length(CAST(key AS BLOB)) BETWEEN 1 AND 64),
    value   TEXT    NOT NULL CHECK (length(CAST(value AS BLOB)) BETWEEN 1 AND 4096 AND json_valid(value)),
    PRIMARY KEY (user_id, job_id, key),
    FOREIGN KEY (user_id, job_id) REFERENCES user_job_map (user_id, job_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE job_extras;
