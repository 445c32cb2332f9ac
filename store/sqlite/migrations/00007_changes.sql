-- +goose Up
-- What happened to users' jobs, written by the transaction that did it. One writer at a time gives out the ids, so that their
-- order is that of the commits. AUTOINCREMENT never uses an id again, also after the newest row was pruned.
CREATE TABLE forge_events (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT    NOT NULL,
    job_id  INTEGER NOT NULL,
    kind    TEXT    NOT NULL CHECK (kind <> ''),
    at      INTEGER NOT NULL,
    detail  TEXT    NOT NULL DEFAULT '{}'
) STRICT;

CREATE INDEX forge_events_user ON forge_events (user_id, id);

-- The last change of each user and kind that was pruned, so that a reader with an older cursor learns of it.
CREATE TABLE forge_events_pruned (
    user_id TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    id      INTEGER NOT NULL,
    PRIMARY KEY (user_id, kind)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE forge_events_pruned;
DROP TABLE forge_events;
