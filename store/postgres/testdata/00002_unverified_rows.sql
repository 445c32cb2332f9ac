UPDATE job_match_analysis SET unverified = true WHERE overall_match = 91;
