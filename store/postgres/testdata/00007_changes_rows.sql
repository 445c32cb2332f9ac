INSERT INTO forge_events (user_id, job_id, kind, at)
SELECT 'ada', id, 'NEW', '2026-01-05T00:00:00Z' FROM jobs WHERE external_id = '1';
INSERT INTO forge_events_pruned (user_id, kind, id) VALUES ('cyd', 'NEW', 1);
