-- Distributes the catalogue with the Citus extension. Not run by the project's tests; see docs/scaling.md.
SELECT create_reference_table('jobs');
SELECT create_reference_table('lists');
SELECT create_distributed_table('user_job_map', 'user_id');
SELECT create_distributed_table('job_match_analysis', 'user_id', colocate_with => 'user_job_map');
SELECT create_distributed_table('job_labels', 'user_id', colocate_with => 'user_job_map');
SELECT create_distributed_table('job_extras', 'user_id', colocate_with => 'user_job_map');
SELECT create_distributed_table('list_jobs', 'user_id', colocate_with => 'user_job_map');
