-- Drops the text of adverts that the board closed long ago and that nobody kept. The job's row and every decision stay.
--
--   psql -v ON_ERROR_STOP=1 -f docs/retention.sql "$DSN"
UPDATE jobs SET description = NULL, requirements = NULL, deep_scraped_at = NULL, enriched_by = NULL
WHERE closed_at < now() - interval '90 days' AND description IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM user_job_map m
        WHERE m.job_id = jobs.id AND m.application_status NOT IN ('DISCOVERED', 'AUTO_REJECTED', 'FAILED', 'CLOSED', 'DISMISSED')
    );
