-- +goose Up
-- What happened to users' jobs, written by the statement that did it. There are no foreign keys: what happened stays, and a
-- check of each row would cost more than the row.
CREATE TABLE forge_events (
    -- Given out under a lock of the user that is held until the commit, so that the order of one user's ids is that of the
    -- commits. One by one: with a cache, sessions would give out ids in another order.
    id      bigint      GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY,
    user_id text        COLLATE "C" NOT NULL,
    job_id  bigint      NOT NULL,
    kind    text        NOT NULL CHECK (kind <> ''),
    at      timestamptz NOT NULL,
    detail  jsonb       NOT NULL DEFAULT '{}'
);

CREATE INDEX forge_events_user ON forge_events (user_id, id);

-- The last change of each user and kind that was pruned, so that a reader with an older cursor learns of it.
CREATE TABLE forge_events_pruned (
    user_id text   COLLATE "C" NOT NULL,
    kind    text   NOT NULL,
    id      bigint NOT NULL,
    PRIMARY KEY (user_id, kind)
);

-- +goose Down
DROP TABLE forge_events_pruned, forge_events;
