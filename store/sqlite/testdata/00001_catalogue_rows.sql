INSERT INTO jobs (source, external_id, title, company, location, url, posted_at, description, requirements, is_easy_apply, attributes,
    enriched_by, deep_scraped_at, first_seen_at, last_seen_at, closed_at) VALUES
('example', '1', 'Engineer 1', 'Acme', 'Remote', 'https://jobs.example.com/1', 1767323045000000, 'Build tools.', 'Go', 1,
    '{"salary": "1"}', 'judge/1', 1767398400000000, 1767326400000000, 1767398400000000, NULL),
('example', '2', 'Engineer 2', '', '', 'https://jobs.example.com/2', NULL, NULL, NULL, NULL, '{}', NULL, NULL, 1767326400000000, 1767326400000000, NULL),
('example', '3', 'Engineer 3', '', '', 'https://jobs.example.com/3', NULL, NULL, NULL, NULL, '{}', NULL, NULL, 1767326400000000, 1767326400000000, NULL),
('example', '4', 'Engineer 4', '', '', 'https://jobs.example.com/4', NULL, NULL, NULL, NULL, '{}', NULL, NULL, 1767326400000000, 1767326400000000, 1767484800000000),
('example', '5', 'Engineer 5', '', '', 'https://jobs.example.com/5', NULL, NULL, NULL, NULL, '{}', NULL, NULL, 1767326400000000, 1767326400000000, NULL),
('example', '6', 'Engineer 6', '', '', 'https://jobs.example.com/6', NULL, NULL, NULL, NULL, '{}', NULL, NULL, 1767326400000000, 1767326400000000, NULL);

INSERT INTO user_job_map (user_id, job_id, application_status, due_at, leased, lease_token, attempts, last_error, discovered_at, updated_at)
SELECT 'ada', id, status, due_at, leased, token, attempts, error, 1767326400000000, 1767571200000000
FROM (
    SELECT NULL AS external_id, NULL AS status, NULL AS due_at, NULL AS leased, NULL AS token, NULL AS attempts, NULL AS error WHERE 0 UNION ALL VALUES
    ('1', 'MATCHED', NULL, 0, 1, 0, ''),
    ('2', 'AUTO_REJECTED', NULL, 0, 2, 0, ''),
    ('3', 'FAILED', NULL, 0, 6, 3, 'posting too long'),
    ('4', 'CLOSED', NULL, 0, 2, 0, 'job is gone'),
    ('5', 'DISCOVERED', 1767571260000000, 1, 7, 2, 'board did not answer'),
    ('6', 'APPLIED', NULL, 0, 1, 0, '')
)
JOIN jobs USING (external_id);

INSERT INTO job_match_analysis (user_id, job_id, overall_match, analysis_notes, missing_skills, skill_gap_recommendations, scored_by, created_at, updated_at)
SELECT 'ada', id, score, notes, skills, '[]', 'judge/1', 1767571200000000, 1767571200000000
FROM (
    SELECT NULL AS external_id, NULL AS score, NULL AS notes, NULL AS skills WHERE 0 UNION ALL VALUES ('1', 91, 'Fits.', '["Rust"]'), ('2', 4, 'Another trade.', '[]'), ('6', 70, 'Fits.', '[]')
)
JOIN jobs USING (external_id);
