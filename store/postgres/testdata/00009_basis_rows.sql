UPDATE job_match_analysis SET basis = '3f9a1c.91be7a.30' WHERE overall_match > 90;
UPDATE user_job_map SET keep = true WHERE application_status = 'DISCOVERED';
