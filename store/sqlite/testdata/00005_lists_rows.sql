INSERT INTO lists (user_id, source, name, sample) VALUES ('ada', 'example', 'acme', x'0102030405060708');
INSERT INTO list_jobs (user_id, job_id, list_id)
SELECT 'ada', m.job_id, l.id FROM user_job_map m CROSS JOIN lists l WHERE m.user_id = 'ada';
