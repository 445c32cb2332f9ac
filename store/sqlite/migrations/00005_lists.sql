-- +goose Up
-- The complete lists that a user's agent read: all jobs that a board lists under one name.
CREATE TABLE lists (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id       TEXT    NOT NULL,
    source        TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    -- Hashes of some of its jobs, by which a list of another company is told apart.
    sample        BLOB    NOT NULL,
    -- When a list came that has none of these jobs. NULL: the last list was believed.
    doubted_since INTEGER,
    UNIQUE (user_id, source, name)
) STRICT;

-- The user's jobs that a list has or had.
CREATE TABLE list_jobs (
    user_id       TEXT    NOT NULL,
    job_id        INTEGER NOT NULL,
    list_id       INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    -- When the first list in a row that lacks the job was confirmed. NULL: the last list had it.
    missing_since INTEGER,
    -- The list closed the job.
    closed        INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1)),
    PRIMARY KEY (user_id, job_id, list_id),
    FOREIGN KEY (user_id, job_id) REFERENCES user_job_map (user_id, job_id) ON DELETE CASCADE,
    CHECK (missing_since IS NOT NULL OR NOT closed)
) STRICT, WITHOUT ROWID;

CREATE INDEX list_jobs_list ON list_jobs (list_id, job_id);

-- +goose Down
DROP TABLE list_jobs;
DROP TABLE lists;
