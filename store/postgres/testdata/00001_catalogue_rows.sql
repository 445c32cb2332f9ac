INSERT INTO jobs (source, external_id, title, company, location, url, posted_at, description, requirements, is_easy_apply, attributes,
    enriched_by, deep_scraped_at, first_seen_at, last_seen_at, closed_at) VALUES
('example', '1', 'Engineer 1', 'Acme', 'Remote', 'https://jobs.example.com/1', '2026-01-02T03:04:05Z', 'Build tools.', 'Go', true,
    '{"salary": "1"}', 'judge/1', '2026-01-03T00:00:00Z', '2026-01-02T04:00:00Z', '2026-01-03T00:00:00Z', NULL),
('example', '2', 'Engineer 2', '', '', 'https://jobs.example.com/2', NULL, NULL, NULL, NULL, '{}', NULL, NULL, '2026-01-02T04:00:00Z', '2026-01-02T04:00:00Z', NULL),
('example', '3', 'Engineer 3', '', '', 'https://jobs.example.com/3', NULL, NULL, NULL, NULL, '{}', NULL, NULL, '2026-01-02T04:00:00Z', '2026-01-02T04:00:00Z', NULL),
('example', '4', 'Engineer 4', '', '', 'https://jobs.example.com/4', NULL, NULL, NULL, NULL, '{}', NULL, NULL, '2026-01-02T04:00:00Z', '2026-01-02T04:00:00Z', '2026-01-04T00:00:00Z'),
('example', '5', 'Engineer 5', '', '', 'https://jobs.example.com/5', NULL, NULL, NULL, NULL, '{}', NULL, NULL, '2026-01-02T04:00:00Z', '2026-01-02T04:00:00Z', NULL),
('example', '6', 'Engineer 6', '', '', 'https://jobs.example.com/6', NULL, NULL, NULL, NULL, '{}', NULL, NULL, '2026-01-02T04:00:00Z', '2026-01-02T04:00:00Z', NULL);

INSERT INTO user_job_map (user_id, job_id, application_status, due_at, leased, lease_token, attempts, last_error, discovered_at, updated_at)
SELECT 'ada', id, status, due_at::timestamptz, leased, token, attempts, error, '2026-01-02T04:00:00Z', '2026-01-05T00:00:00Z'
FROM (VALUES
    ('1', 'MATCHED', NULL, false, 1, 0, ''),
    ('2', 'AUTO_REJECTED', NULL, false, 2, 0, ''),
    ('3', 'FAILED', NULL, false, 6, 3, 'posting too long'),
    ('4', 'CLOSED', NULL, false, 2, 0, 'job is gone'),
    ('5', 'DISCOVERED', '2026-01-05T00:01:00Z', true, 7, 2, 'board did not answer'),
    ('6', 'APPLIED', NULL, false, 1, 0, '')
) AS row (external_id, status, due_at, leased, token, attempts, error)
JOIN jobs USING (external_id);

INSERT INTO job_match_analysis (user_id, job_id, overall_match, analysis_notes, missing_skills, skill_gap_recommendations, scored_by, created_at, updated_at)
SELECT 'ada', id, score, notes, skills::jsonb, '[]', 'judge/1', '2026-01-05T00:00:00Z', '2026-01-05T00:00:00Z'
FROM (VALUES ('1', 91, 'Fits.', '["Rust"]'), ('2', 4, 'Another trade.', '[]'), ('6', 70, 'Fits.', '[]')) AS row (external_id, score, notes, skills)
JOIN jobs USING (external_id);
