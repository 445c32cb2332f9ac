UPDATE job_match_analysis SET rejected = true WHERE overall_match < 30;
INSERT INTO job_labels (user_id, job_id, drawn_at, verdict, judged_at)
SELECT 'ada', id, 1767571200000000, 'WORTH', 1767571200000000 FROM jobs WHERE external_id = '2';
