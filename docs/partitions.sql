-- Splits the tables that grow with users × jobs by user, and their labels and lists, into sixteen hash partitions. Every statement that forge makes
-- on them names the user, so each touches one partition. Run it once after Migrate, while nothing else uses the database:
--
--   psql -v ON_ERROR_STOP=1 -1 -f docs/partitions.sql "$DSN"
--
-- The keys need no change, because user_id is the first column of each. Sixteen partitions keep a billion rows at about
-- sixty million each; choose the number once, as changing it means rewriting the tables.

-- What applications keep is little and stays in one table.
ALTER TABLE job_extras DROP CONSTRAINT job_extras_user_id_job_id_fkey;
ALTER TABLE list_jobs RENAME TO list_jobs_whole;
ALTER TABLE job_labels RENAME TO job_labels_whole;
ALTER TABLE job_match_analysis RENAME TO job_match_analysis_whole;
ALTER TABLE user_job_map RENAME TO user_job_map_whole;

CREATE TABLE user_job_map (
    LIKE user_job_map_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMPRESSION,
    PRIMARY KEY (user_id, job_id),
    FOREIGN KEY (job_id) REFERENCES jobs (id)
) PARTITION BY HASH (user_id);

CREATE TABLE job_match_analysis (
    LIKE job_match_analysis_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMPRESSION,
    PRIMARY KEY (user_id, job_id),
    FOREIGN KEY (user_id, job_id) REFERENCES user_job_map (user_id, job_id) ON DELETE CASCADE
) PARTITION BY HASH (user_id);

CREATE TABLE job_labels (
    LIKE job_labels_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
    PRIMARY KEY (user_id, job_id),
    FOREIGN KEY (user_id, job_id) REFERENCES user_job_map (user_id, job_id) ON DELETE CASCADE
) PARTITION BY HASH (user_id);

CREATE TABLE list_jobs (
    LIKE list_jobs_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
    PRIMARY KEY (user_id, job_id, list_id),
    FOREIGN KEY (list_id) REFERENCES lists (id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, job_id) REFERENCES user_job_map (user_id, job_id) ON DELETE CASCADE
) PARTITION BY HASH (user_id);

DO $$
DECLARE
    parts    constant integer := 16;
    settings text;
BEGIN
    -- A partitioned table has no storage settings of its own, so each part gets those of the table that it replaces.
    SELECT array_to_string(reloptions, ', ') INTO settings FROM pg_class WHERE oid = 'user_job_map_whole'::regclass;
    FOR part IN 0 .. parts - 1 LOOP
        EXECUTE format('CREATE TABLE user_job_map_%s PARTITION OF user_job_map FOR VALUES WITH (MODULUS %s, REMAINDER %s) WITH (%s)', part, parts, part, settings);
        EXECUTE format('CREATE TABLE job_match_analysis_%s PARTITION OF job_match_analysis FOR VALUES WITH (MODULUS %s, REMAINDER %s)', part, parts, part);
        EXECUTE format('CREATE TABLE job_labels_%s PARTITION OF job_labels FOR VALUES WITH (MODULUS %s, REMAINDER %s)', part, parts, part);
        EXECUTE format('CREATE TABLE list_jobs_%s PARTITION OF list_jobs FOR VALUES WITH (MODULUS %s, REMAINDER %s)', part, parts, part);
    END LOOP;
END
$$;

INSERT INTO user_job_map SELECT * FROM user_job_map_whole;
INSERT INTO job_match_analysis SELECT * FROM job_match_analysis_whole;
INSERT INTO job_labels SELECT * FROM job_labels_whole;
INSERT INTO list_jobs SELECT * FROM list_jobs_whole;
DROP TABLE list_jobs_whole, job_labels_whole, job_match_analysis_whole, user_job_map_whole;

ALTER TABLE job_extras
    ADD FOREIGN KEY (user_id, job_id) REFERENCES user_job_map (user_id, job_id) ON DELETE CASCADE;

-- The names are free only now that the old table is gone.
CREATE INDEX user_job_map_due ON user_job_map (user_id, due_at, job_id) WHERE due_at IS NOT NULL;
CREATE INDEX user_job_map_marked ON user_job_map (user_id, job_id)
    WHERE application_status NOT IN ('DISCOVERED', 'MATCHED', 'AUTO_REJECTED', 'FAILED', 'CLOSED');
CREATE INDEX list_jobs_list ON list_jobs (list_id, job_id);
