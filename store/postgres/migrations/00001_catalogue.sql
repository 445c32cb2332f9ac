-- +goose Up
CREATE TABLE jobs (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Byte order, so that the order in which rows are locked is the one that lead.Key.Compare gives.
    source          text        COLLATE "C" NOT NULL,
    external_id     text        COLLATE "C" NOT NULL,
    title           text        NOT NULL,
    company         text        NOT NULL,
    location        text        NOT NULL,
    url             text        NOT NULL,
    posted_at       timestamptz,
    description     text        CHECK (description <> ''),
    requirements    text        CHECK (requirements <> ''),
    is_easy_apply   boolean,
    attributes      jsonb       NOT NULL DEFAULT '{}',
    enriched_by     text,
    deep_scraped_at timestamptz,
    first_seen_at   timestamptz NOT NULL,
    last_seen_at    timestamptz NOT NULL,
    closed_at       timestamptz,
    UNIQUE (source, external_id),
    CHECK ((description IS NULL) = (deep_scraped_at IS NULL))
) WITH (fillfactor = 90); -- room for deep_scraped_at and last_seen_at, which no index holds, to move within the page

CREATE TABLE user_job_map (
    user_id            text        COLLATE "C" NOT NULL,
    job_id             bigint      NOT NULL REFERENCES jobs (id),
    application_status text        NOT NULL DEFAULT 'DISCOVERED' CHECK (application_status ~ '^[A-Z][A-Z_]{0,31}$'),
    due_at             timestamptz,
    leased             boolean     NOT NULL DEFAULT false,
    lease_token        bigint      NOT NULL DEFAULT 0 CHECK (lease_token >= 0),
    attempts           integer     NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    last_error         text        NOT NULL DEFAULT '',
    discovered_at      timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    PRIMARY KEY (user_id, job_id),
    CHECK (due_at IS NOT NULL OR NOT leased)
) WITH (
    -- Every claim, renewal and release moves due_at, which is indexed: each leaves a dead row and a dead index entry.
    -- Vacuum by count, not by share, or the entries of a big table's few pending rows would pile up; and clean the
    -- indexes each time, which vacuum would leave out while few pages are touched.
    fillfactor = 90,
    autovacuum_vacuum_scale_factor = 0.0,
    autovacuum_vacuum_threshold = 10000,
    autovacuum_vacuum_cost_delay = 0,
    vacuum_index_cleanup = on
);

CREATE INDEX user_job_map_due ON user_job_map (user_id, due_at, job_id) WHERE due_at IS NOT NULL;

CREATE TABLE job_match_analysis (
    user_id                   text        COLLATE "C" NOT NULL,
    job_id                    bigint      NOT NULL,
    overall_match             smallint    NOT NULL CHECK (overall_match BETWEEN 0 AND 100),
    analysis_notes            text        NOT NULL,
    missing_skills            jsonb       NOT NULL DEFAULT '[]',
    skill_gap_recommendations jsonb       NOT NULL DEFAULT '[]',
    scored_by                 text        NOT NULL,
    created_at                timestamptz NOT NULL,
    updated_at                timestamptz NOT NULL,
    PRIMARY KEY (user_id, job_id),
    FOREIGN KEY (user_id, job_id) REFERENCES user_job_map (user_id, job_id) ON DELETE CASCADE
);

-- lz4 reads and writes text several times faster than the default; servers before 14, and some builds, lack it.
-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)) THEN
        ALTER TABLE jobs ALTER COLUMN description SET COMPRESSION lz4;
        ALTER TABLE jobs ALTER COLUMN requirements SET COMPRESSION lz4;
        ALTER TABLE job_match_analysis ALTER COLUMN analysis_notes SET COMPRESSION lz4;
    END IF;
END
$$;
-- +goose StatementEnd

-- +goose Down
DROP TABLE job_match_analysis, user_job_map, jobs;
