DROP FUNCTION rely_on;
DROP FUNCTION catalogue_lock;
