-- +goose Up
-- The complete lists that a user's agent read: all jobs that a board lists under one name.
CREATE TABLE lists (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id       text        COLLATE "C" NOT NULL,
    source        text        COLLATE "C" NOT NULL,
    name          text        COLLATE "C" NOT NULL,
    -- Hashes of some of its jobs, by which a list of another company is told apart.
    sample        bytea       NOT NULL,
    -- When a list came that has none of these jobs. NULL: the last list was believed.
    doubted_since timestamptz,
    UNIQUE (user_id, source, name)
);

-- The user's jobs that a list has or had.
CREATE TABLE list_jobs (
    user_id       text        COLLATE "C" NOT NULL,
    job_id        bigint      NOT NULL,
    list_id       bigint      NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    -- When the first list in a row that lacks the job was confirmed. NULL: the last list had it.
    missing_since timestamptz,
    -- The list closed the job.
    closed        boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (user_id, job_id, list_id),
    FOREIGN KEY (user_id, job_id) REFERENCES user_job_map (user_id, job_id) ON DELETE CASCADE,
    CHECK (missing_since IS NOT NULL OR NOT closed)
);

CREATE INDEX list_jobs_list ON list_jobs (list_id, job_id);

-- +goose Down
DROP TABLE list_jobs;
DROP TABLE lists;
