UPDATE job_match_analysis SET fingerprint = -5000000000000000000, twin_key = -7;
