UPDATE jobs SET listed_by = 'ada', scraped_by = 'ada' WHERE external_id = '1';
UPDATE jobs SET listed_by = 'bob', other_title = 'Engineer', other_company = 'Acme' WHERE external_id = '2';
UPDATE jobs SET closed_by = 'ada' WHERE external_id = '4';

-- Of bob's jobs two are marked: one that the gate rejected, which only the rejected one beside it tells, and one that it kept.
INSERT INTO user_job_map (user_id, job_id, application_status, discovered_at, updated_at)
SELECT 'bob', id, CASE external_id WHEN '2' THEN 'AUTO_REJECTED' WHEN '3' THEN 'SAVED' ELSE 'APPLIED' END, '2026-01-02T04:00:00Z', '2026-01-05T00:00:00Z'
FROM jobs WHERE external_id IN ('2', '3', '6');
INSERT INTO job_match_analysis (user_id, job_id, overall_match, analysis_notes, scored_by, created_at, updated_at)
SELECT 'bob', id, CASE external_id WHEN '2' THEN 20 WHEN '3' THEN 15 ELSE 70 END, 'Seen.', 'judge/1', '2026-01-05T00:00:00Z', '2026-01-05T00:00:00Z'
FROM jobs WHERE external_id IN ('2', '3', '6');
