-- +goose Up
-- Every instant is microseconds since 1970-01-01 UTC.
CREATE TABLE jobs (
    id              INTEGER PRIMARY KEY AUTOINCREMENT, -- an id that was answered never names another job
    source          TEXT    NOT NULL,
    external_id     TEXT    NOT NULL,
    title           TEXT    NOT NULL,
    company         TEXT    NOT NULL,
    location        TEXT    NOT NULL,
    url             TEXT    NOT NULL,
    posted_at       INTEGER,
    description     TEXT    CHECK (description <> ''),
    requirements    TEXT    CHECK (requirements <> ''),
    is_easy_apply   INTEGER CHECK (is_easy_apply IN (0, 1)),
    attributes      TEXT    NOT NULL DEFAULT '{}',
    enriched_by     TEXT,
    deep_scraped_at INTEGER,
    first_seen_at   INTEGER NOT NULL,
    last_seen_at    INTEGER NOT NULL,
    closed_at       INTEGER,
    UNIQUE (source, external_id),
    CHECK ((description IS NULL) = (deep_scraped_at IS NULL))
) STRICT;

CREATE TABLE user_job_map (
    user_id            TEXT    NOT NULL,
    job_id             INTEGER NOT NULL REFERENCES jobs (id),
    application_status TEXT    NOT NULL DEFAULT 'DISCOVERED'
        CHECK (application_status GLOB '[A-Z]*' AND application_status NOT GLOB '*[^A-Z_]*' AND length(application_status) <= 32),
    due_at             INTEGER,
    leased             INTEGER NOT NULL DEFAULT 0 CHECK (leased IN (0, 1)),
    lease_token        INTEGER NOT NULL DEFAULT 0 CHECK (lease_token >= 0),
    attempts           INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    last_error         TEXT    NOT NULL DEFAULT '',
    discovered_at      INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL,
    PRIMARY KEY (user_id, job_id),
    CHECK (due_at IS NOT NULL OR NOT leased)
) STRICT, WITHOUT ROWID;

CREATE INDEX user_job_map_due ON user_job_map (user_id, due_at, job_id) WHERE due_at IS NOT NULL;

CREATE TABLE job_match_analysis (
    user_id                   TEXT    NOT NULL,
    job_id                    INTEGER NOT NULL,
    overall_match             INTEGER NOT NULL CHECK (overall_match BETWEEN 0 AND 100),
    analysis_notes            TEXT    NOT NULL,
    missing_skills            TEXT    NOT NULL DEFAULT '[]',
    skill_gap_recommendations TEXT    NOT NULL DEFAULT '[]',
    scored_by                 TEXT    NOT NULL,
    created_at                INTEGER NOT NULL,
    updated_at                INTEGER NOT NULL,
    PRIMARY KEY (user_id, job_id),
    FOREIGN KEY (user_id, job_id) REFERENCES user_job_map (user_id, job_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE job_match_analysis;
DROP TABLE user_job_map;
DROP TABLE jobs;
