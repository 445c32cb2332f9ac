UPDATE jobs SET listed_by = 'ada', scraped_by = 'ada' WHERE external_id = '1';
UPDATE jobs SET listed_by = 'bob', other_title = 'Engineer', other_company = 'Acme' WHERE external_id = '2';
UPDATE jobs SET closed_by = 'ada' WHERE external_id = '4';
