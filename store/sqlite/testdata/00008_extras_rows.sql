INSERT INTO job_extras (user_id, job_id, key, value)
SELECT 'ada', id, 'crm.id', '"a-2"' FROM jobs WHERE external_id = '2';
