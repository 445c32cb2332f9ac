UPDATE job_match_analysis SET rejected = true WHERE overall_match < 30;
INSERT INTO job_labels (user_id, job_id, drawn_at, verdict, judged_at)
SELECT 'ada', id, '2026-01-05T00:00:00Z', 'WORTH', '2026-01-05T00:00:00Z' FROM jobs WHERE external_id = '2';
